<?php

namespace Draftkeeper\Jobs;

defined( 'ABSPATH' ) || exit;

/** Keeps one recurring action for the sweep: Action Scheduler's where that is loaded, WP-Cron's else. */
final class SweepSchedule {
	public const HOOK = 'draftkeeper_sweep';

	private const EVERY_SECONDS = 60;
	private const RECURRENCE    = 'draftkeeper_minute';
	private const GROUP         = 'draftkeeper';

	public function register(): void {
		add_filter( 'cron_schedules', $this->add_recurrence( ... ) ); // phpcs:ignore WordPress.WP.CronInterval.CronSchedulesInterval -- one bounded run a minute is what keeps a job moving.
		add_action( 'init', $this->ensure( ... ) );
	}

	/** Removes both kinds; for deactivation. */
	public static function clear(): void {
		wp_clear_scheduled_hook( self::HOOK );
		if ( function_exists( 'as_unschedule_all_actions' ) ) {
			as_unschedule_all_actions( self::HOOK );
		}
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
		$next = wp_next_scheduled( self::HOOK );
		if ( ! function_exists( 'as_schedule_recurring_action' ) ) {
			if ( false === $next ) {
				wp_schedule_event( time(), self::RECURRENCE, self::HOOK );
			}
			return;
		}
		if ( false !== $next ) {
			wp_clear_scheduled_hook( self::HOOK );
		}
		// Asking Action Scheduler costs a query: not on every page.
		if ( ( is_admin() || wp_doing_cron() ) && did_action( 'action_scheduler_init' ) && ! as_has_scheduled_action( self::HOOK, array(), self::GROUP ) ) {
			as_schedule_recurring_action( time(), self::EVERY_SECONDS, self::HOOK, array(), self::GROUP );
		}
	}
}
