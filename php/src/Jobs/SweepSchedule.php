<?php

namespace Draftkeeper\Jobs;

use ActionScheduler;
use ActionScheduler_Store;
use Exception;

defined( 'ABSPATH' ) || exit;

/** Keeps one recurring action for the sweep: Action Scheduler's where that is loaded and works, WP-Cron's else. */
final class SweepSchedule {
	public const HOOK = 'draftkeeper_sweep';

	private const EVERY_SECONDS = 60;
	private const RECURRENCE    = 'draftkeeper_minute';
	private const GROUP         = 'draftkeeper';

	/** Before the sweep itself. */
	private const FIRST = -10;

	/** More than this in one go is another run's work. */
	private const MAX_CANCELED = 100;

	private bool $is_run_by_action_scheduler = false;

	public function register(): void {
		add_filter( 'cron_schedules', $this->add_recurrence( ... ) ); // phpcs:ignore WordPress.WP.CronInterval.CronSchedulesInterval -- one bounded run a minute is what keeps a job moving.
		// After `init`, at which an Action Scheduler that another plugin or the theme has loaded late makes itself ready.
		add_action( 'wp_loaded', $this->ensure( ... ) );
		add_action( 'action_scheduler_begin_execute', fn() => $this->is_run_by_action_scheduler = true );
		add_action( 'action_scheduler_after_execute', fn() => $this->is_run_by_action_scheduler = false );
		add_action( 'action_scheduler_failed_execution', fn() => $this->is_run_by_action_scheduler = false );
		add_action( self::HOOK, $this->cancel_pile( ... ), self::FIRST );
	}

	/** Removes both kinds; for deactivation. */
	public static function clear(): void {
		wp_clear_scheduled_hook( self::HOOK );
		if ( self::is_action_scheduler_ready() ) {
			as_unschedule_all_actions( self::HOOK );
		}
	}

	/** For Site Health: what brings the sweep on. */
	public static function runner(): string {
		return self::is_action_scheduler_ready() && false === wp_next_scheduled( self::HOOK ) ? 'Action Scheduler' : 'WP-Cron';
	}

	/**
	 * @param array<string, array{interval: int, display: string}> $schedules
	 * @return array<string, array{interval: int, display: string}>
	 */
	private function add_recurrence( array $schedules ): array {
		// Without a translation before `init`: WordPress complains about those.
		$schedules[ self::RECURRENCE ] = array(
			'interval' => self::EVERY_SECONDS,
			'display'  => did_action( 'init' ) ? __( 'Every minute (Draftkeeper)', 'draftkeeper' ) : 'Every minute (Draftkeeper)',
		);
		return $schedules;
	}

	private function ensure(): void {
		if ( self::is_action_scheduler_ready() ) {
			// Asking Action Scheduler costs a query: not on every page. WP-Cron keeps its event until then.
			if ( ! is_admin() && ! wp_doing_cron() ) {
				return;
			}
			if ( $this->is_in_action_scheduler() ) {
				wp_clear_scheduled_hook( self::HOOK );
				return;
			}
		}
		if ( false === wp_next_scheduled( self::HOOK ) ) {
			wp_schedule_event( time(), self::RECURRENCE, self::HOOK );
		}
	}

	/** Makes sure that Action Scheduler holds exactly one action; false where it cannot, as without its tables. */
	private function is_in_action_scheduler(): bool {
		try {
			$pending = $this->pending();
			if ( array() !== $pending ) {
				$this->cancel( array_slice( $pending, 1 ) );
				return true;
			}
			if ( false !== as_next_scheduled_action( self::HOOK, array(), self::GROUP ) ) {
				return true; // It is running just now, and will be repeated.
			}
			// The last argument, `unique`, keeps out a second request at the same moment; versions before 3.5 pay it no heed.
			as_schedule_recurring_action( time(), self::EVERY_SECONDS, self::HOOK, array(), self::GROUP, true );
			return array() !== $this->pending();
		} catch ( Exception ) {
			return false;
		}
	}

	/**
	 * One sweep is as good as many in a row: what else is due is canceled when Action Scheduler runs the first, which it then repeats.
	 */
	private function cancel_pile(): void {
		if ( $this->is_run_by_action_scheduler ) {
			try {
				$this->cancel( $this->pending() );
			} catch ( Exception ) {
				return; // Whatever cannot be canceled runs, and does no harm.
			}
		}
	}

	/** @return list<int> from the earliest. */
	private function pending(): array {
		return array_map(
			intval( ... ),
			array_values( as_get_scheduled_actions( array( 'hook' => self::HOOK, 'group' => self::GROUP, 'status' => 'pending', 'per_page' => self::MAX_CANCELED, 'orderby' => 'date', 'order' => 'ASC' ), 'ids' ) )
		);
	}

	/** @param list<int> $action_ids */
	private function cancel( array $action_ids ): void {
		foreach ( $action_ids as $id ) {
			ActionScheduler_Store::instance()->cancel_action( $id );
		}
	}

	/** Versions before 3.1.6 cannot tell whether they are ready: beside those it is WP-Cron. */
	private static function is_action_scheduler_ready(): bool {
		// @phpstan-ignore function.alreadyNarrowedType (the versions that the stub does not tell of)
		return function_exists( 'as_get_scheduled_actions' ) && method_exists( ActionScheduler::class, 'is_initialized' ) && ActionScheduler::is_initialized();
	}
}
