<?php

namespace Draftkeeper\Tests\Integration\Jobs;

use Draftkeeper\Jobs\SweepSchedule;
use Draftkeeper\Tests\Support\IntegrationTestCase;
use PHPUnit\Framework\Attributes\Group;

/** On a site without Action Scheduler. */
#[Group( 'wp-cron' )]
final class SweepScheduleTest extends IntegrationTestCase {
	protected function setUp(): void {
		parent::setUp();
		wp_clear_scheduled_hook( SweepSchedule::HOOK );
	}

	public function test_wp_cron_holds_one_event_a_minute_however_often_pages_are_loaded(): void {
		self::assertSame( 60, wp_get_schedules()['draftkeeper_minute']['interval'] );
		for ( $page = 0; $page < 5; $page++ ) {
			do_action( 'wp_loaded' );
		}
		$events = array_filter( _get_cron_array(), static fn( array $hooks ) => isset( $hooks[ SweepSchedule::HOOK ] ) );
		self::assertSame( array( 1 ), array_map( static fn( array $hooks ) => count( $hooks[ SweepSchedule::HOOK ] ), array_values( $events ) ) );
		self::assertSame( 'draftkeeper_minute', wp_get_schedule( SweepSchedule::HOOK ) );
		self::assertSame( 'WP-Cron', SweepSchedule::runner() );
	}

	public function test_deactivating_ends_it(): void {
		do_action( 'wp_loaded' );
		do_action( 'deactivate_' . plugin_basename( DRAFTKEEPER_FILE ) );
		self::assertFalse( wp_next_scheduled( SweepSchedule::HOOK ) );
	}
}
