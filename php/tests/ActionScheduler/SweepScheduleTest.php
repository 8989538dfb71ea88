<?php

namespace Draftkeeper\Tests\ActionScheduler;

use ActionScheduler_QueueRunner;
use Draftkeeper\Jobs\SweepSchedule;
use Draftkeeper\Tests\Support\JobsTestCase;
use PHPUnit\Framework\Attributes\Group;

/** With the real Action Scheduler (DRAFTKEEPER_TEST_ACTION_SCHEDULER), which another plugin has brought along. */
#[Group( 'action-scheduler' )]
final class SweepScheduleTest extends JobsTestCase {
	private int $sweeps = 0;

	protected function setUp(): void {
		parent::setUp();
		self::assertTrue( class_exists( 'ActionScheduler' ), 'Set DRAFTKEEPER_TEST_ACTION_SCHEDULER to a folder with action-scheduler.php.' );
		SweepSchedule::clear();
		add_filter( 'wp_doing_cron', '__return_true' );
		add_action( SweepSchedule::HOOK, fn() => ++$this->sweeps );
	}

	public function test_there_is_one_recurring_action_however_often_pages_are_loaded(): void {
		for ( $page = 0; $page < 5; $page++ ) {
			do_action( 'wp_loaded' );
		}
		self::assertSame( array( 'draftkeeper' ), array_column( $this->actions( 'pending' ), 'group_slug' ) );
		self::assertFalse( wp_next_scheduled( SweepSchedule::HOOK ) );
		self::assertSame( 'Action Scheduler', SweepSchedule::runner() );
	}

	public function test_a_second_action_is_canceled(): void {
		$this->add_past_due( 3 );
		do_action( 'wp_loaded' );
		self::assertCount( 1, $this->actions( 'pending' ) );
	}

	public function test_a_page_of_the_site_asks_nothing_and_leaves_wp_cron_in_charge(): void {
		wp_schedule_event( time(), 'draftkeeper_minute', SweepSchedule::HOOK );
		add_filter( 'wp_doing_cron', '__return_false', 20 );
		// Action Scheduler has questions of its own at this hook.
		add_filter( 'query', static fn( string $query ) => str_contains( $query, SweepSchedule::HOOK ) ? self::fail( $query ) : $query );
		do_action( 'wp_loaded' );
		remove_all_filters( 'query' );
		self::assertSame( array( 'draftkeeper_minute', 'WP-Cron' ), array( wp_get_schedule( SweepSchedule::HOOK ), SweepSchedule::runner() ) );
		self::assertSame( array(), $this->actions( 'pending' ) );
	}

	public function test_action_scheduler_takes_over_from_wp_cron(): void {
		wp_schedule_event( time(), 'draftkeeper_minute', SweepSchedule::HOOK );
		do_action( 'wp_loaded' );
		self::assertFalse( wp_next_scheduled( SweepSchedule::HOOK ) );
		self::assertCount( 1, $this->actions( 'pending' ) );
	}

	public function test_a_run_of_its_queue_sweeps_and_plans_the_next_sweep(): void {
		$this->act_as( 'editor' );
		$this->gateway->go_down();
		$uuid = $this->created();
		$this->finish_request();
		self::assertSame( 'pending', $this->row( $uuid )['status'] );
		$this->set_row( $uuid, array( 'lease_until' => gmdate( 'Y-m-d H:i:s', time() - 60 ) ) );
		$this->gateway->go_down( false );
		do_action( 'wp_loaded' );

		self::run_queue();
		self::assertSame( 'running', $this->row( $uuid )['status'] );
		self::assertSame( 1, $this->sweeps );
		self::assertCount( 1, $this->actions( 'complete' ) );
		$next = $this->actions( 'pending' );
		self::assertCount( 1, $next );
		self::assertEqualsWithDelta( time() + 60, strtotime( "{$next[0]['scheduled_date_gmt']} UTC" ), 5 );
	}

	public function test_a_pile_of_past_due_actions_sweeps_once(): void {
		$this->add_past_due( 12 );
		self::run_queue();
		self::assertSame( 1, $this->sweeps );
		self::assertCount( 1, $this->actions( 'pending' ) );
	}

	public function test_jobs_add_no_actions_of_their_own(): void {
		global $wpdb;
		$this->act_as( 'editor' );
		do_action( 'wp_loaded' );
		$before = $wpdb->get_var( "SELECT COUNT(*) FROM {$wpdb->prefix}actionscheduler_actions" );
		for ( $job = 0; $job < 3; $job++ ) {
			$this->created();
			$this->finish_request();
		}
		self::assertSame( $before, $wpdb->get_var( "SELECT COUNT(*) FROM {$wpdb->prefix}actionscheduler_actions" ) );
	}

	public function test_a_sweep_by_hand_leaves_the_next_one_planned(): void {
		do_action( 'wp_loaded' );
		do_action( SweepSchedule::HOOK );
		self::assertCount( 1, $this->actions( 'pending' ) );
	}

	public function test_a_sweep_that_fails_is_repeated(): void {
		add_action( SweepSchedule::HOOK, static fn() => throw new \RuntimeException( 'The database went away.' ), 50 );
		do_action( 'wp_loaded' );
		self::run_queue();
		self::assertCount( 1, $this->actions( 'failed' ) );
		do_action( 'wp_loaded' );
		self::assertCount( 1, $this->actions( 'pending' ) );
	}

	public function test_deactivating_clears_both_schedules_and_no_others(): void {
		as_schedule_recurring_action( time(), 60, 'another_plugins_hook', array(), 'another' );
		do_action( 'wp_loaded' );
		wp_schedule_event( time(), 'draftkeeper_minute', SweepSchedule::HOOK );
		do_action( 'deactivate_' . plugin_basename( DRAFTKEEPER_FILE ) );
		self::assertSame( array(), $this->actions( 'pending' ) );
		self::assertFalse( wp_next_scheduled( SweepSchedule::HOOK ) );
		self::assertCount( 1, $this->actions( 'pending', 'another_plugins_hook' ) );
	}

	private static function run_queue(): void {
		// Its runner counts from the beginning of the process, and leaves off after half a minute.
		add_filter( 'action_scheduler_queue_runner_time_limit', static fn() => HOUR_IN_SECONDS );
		ActionScheduler_QueueRunner::instance()->run();
	}

	private function add_past_due( int $count ): void {
		for ( $action = 0; $action < $count; $action++ ) {
			as_schedule_recurring_action( time() - 3600 + $action, 60, SweepSchedule::HOOK, array(), 'draftkeeper' );
		}
	}

	/** @return list<array<string, string>> */
	private function actions( string $status, string $hook = SweepSchedule::HOOK ): array {
		global $wpdb;
		return $wpdb->get_results(
			$wpdb->prepare(
				"SELECT a.*, g.slug AS group_slug FROM {$wpdb->prefix}actionscheduler_actions a LEFT JOIN {$wpdb->prefix}actionscheduler_groups g ON g.group_id = a.group_id WHERE a.status = %s AND a.hook = %s",
				$status,
				$hook
			),
			ARRAY_A
		);
	}
}
