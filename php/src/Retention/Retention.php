<?php

namespace Draftkeeper\Retention;

use Closure;

defined( 'ABSPATH' ) || exit;

/** Takes away what has been kept long enough: once an hour after a sweep, bounded in rows and in time. */
final class Retention {
	/** Runs it by hand, whenever it ran last. */
	public const HOOK = 'draftkeeper_retention';

	private const PAUSE_SECONDS  = 3600;
	private const BUDGET_SECONDS = 15;
	private const BATCH          = 200;
	private const DAY_SECONDS    = 86400;

	/**
	 * @param Closure(): int $forget erases some of what accounts that are gone have left, and says how much.
	 * @param Closure(): int $now
	 */
	public function __construct(
		private readonly RetentionStore $store,
		private readonly RetentionSettings $settings,
		private readonly Archive $archive,
		private readonly Closure $forget,
		private readonly Closure $now,
	) {}

	/** For every sweep. Returns whether it ran. */
	public function run_if_due(): bool {
		if ( ! $this->store->take_turn( ( $this->now )(), self::PAUSE_SECONDS ) ) {
			return false;
		}
		if ( ! $this->run() ) {
			$this->store->return_turn();
		}
		return true;
	}

	/** @return bool whether everything that was due is done. */
	public function run(): bool {
		$until = ( $this->now )() + self::BUDGET_SECONDS;
		$texts = $this->settings->text_days();
		$rows  = $this->settings->row_days();
		$done  = $this->repeat( $until, $this->forget );
		if ( $texts > 0 && $done ) {
			$done = $this->repeat( $until, fn() => $this->store->purge_texts( $this->time( -$texts * self::DAY_SECONDS ), $this->time(), self::BATCH ) );
		}
		if ( $rows > 0 && $done ) {
			$done = $this->repeat( $until, fn() => $this->store->delete_jobs( $this->time( -$rows * self::DAY_SECONDS ), self::BATCH ) );
		}
		if ( $rows > 0 && $done ) {
			$done = $this->repeat( $until, fn() => $this->archive->archive_next( $rows ) ? 1 : 0 );
		}
		return $done;
	}

	/**
	 * @param Closure(): int $batch does some of the work and says how much.
	 * @return bool whether nothing is left.
	 */
	private function repeat( int $until, Closure $batch ): bool {
		do {
			if ( 0 === $batch() ) {
				return true;
			}
		} while ( ( $this->now )() < $until );
		return false;
	}

	private function time( int $offset = 0 ): string {
		return gmdate( 'Y-m-d H:i:s', ( $this->now )() + $offset );
	}
}
