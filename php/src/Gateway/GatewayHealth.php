<?php

namespace Draftkeeper\Gateway;

use Closure;

defined( 'ABSPATH' ) || exit;

/** What this site remembers of its gateway between requests: how far the clocks are apart, and whether it answers. */
final class GatewayHealth {
	private const OPTION = 'draftkeeper_gateway_health';

	private const MAX_CLOCK_OFFSET_SECONDS = 3600;

	/** So many failures in a row pause offers inside requests; the sweep goes on. */
	private const FAILURES_BEFORE_PAUSE = 2;
	private const PAUSE_SECONDS         = 15;

	/** @param Closure(): int $now */
	public function __construct( private readonly Closure $now ) {}

	/** Unix seconds by the gateway's clock. */
	public function gateway_time(): int {
		return ( $this->now )() + $this->read()['clock_offset'];
	}

	/** Takes over what the gateway says its time is; false when that is too far from ours to be believed. */
	public function learn_time( int $gateway_time ): bool {
		$offset = $gateway_time - ( $this->now )();
		if ( abs( $offset ) > self::MAX_CLOCK_OFFSET_SECONDS ) {
			return false;
		}
		$this->write( array( 'clock_offset' => $offset ) );
		return true;
	}

	/** Seconds that the gateway's clock is ahead of ours, as far as it has complained. */
	public function clock_offset(): int {
		return $this->read()['clock_offset'];
	}

	public function is_paused(): bool {
		return $this->read()['paused_until'] > ( $this->now )();
	}

	public function note( bool $is_alive ): void {
		$known = $this->read();
		if ( $is_alive ) {
			$this->write( array( 'failures' => 0, 'paused_until' => 0 ) );
			return;
		}
		$failures = min( $known['failures'] + 1, self::FAILURES_BEFORE_PAUSE );
		$this->write(
			array(
				'failures'     => $failures,
				'paused_until' => $failures >= self::FAILURES_BEFORE_PAUSE ? ( $this->now )() + self::PAUSE_SECONDS : 0,
			)
		);
	}

	/** @return array{clock_offset: int, failures: int, paused_until: int} */
	private function read(): array {
		$stored = get_option( self::OPTION, array() );
		$stored = is_array( $stored ) ? $stored : array();
		return array(
			'clock_offset' => (int) ( $stored['clock_offset'] ?? 0 ),
			'failures'     => (int) ( $stored['failures'] ?? 0 ),
			'paused_until' => (int) ( $stored['paused_until'] ?? 0 ),
		);
	}

	/**
	 * Costs a query only when something changes: `update_option()` compares first, and the option is autoloaded.
	 *
	 * @param array<string, int> $changes
	 */
	private function write( array $changes ): void {
		update_option( self::OPTION, array_merge( $this->read(), $changes ), true );
	}
}
