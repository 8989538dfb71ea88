<?php

namespace Draftkeeper\Jobs;

use Closure;

defined( 'ABSPATH' ) || exit;

/** When the sweep has last come to its end. */
final class SweepClock {
	private const OPTION = 'draftkeeper_swept_at';

	/** After everything else that runs with the sweep. */
	private const LAST = 100;

	/** @param Closure(): int $now */
	public function __construct( private readonly Closure $now ) {}

	public function register(): void {
		add_action( SweepSchedule::HOOK, $this->note( ... ), self::LAST );
	}

	/** Unix seconds; null before the first run. */
	public function last_run(): ?int {
		$time = (int) get_option( self::OPTION, 0 );
		return 0 === $time ? null : $time;
	}

	private function note(): void {
		// Not autoloaded: a write a minute must not empty the cache of all options.
		update_option( self::OPTION, ( $this->now )(), false );
	}
}
