<?php

namespace Draftkeeper\Tests\Parallel;

use Draftkeeper\Tests\Support\ParallelProcesses;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\TestCase;
use ReflectionFunction;

/** One schedule, whoever brings Action Scheduler, when, and however many requests notice at once: real processes, on MySQL or MariaDB. */
#[Group( 'action-scheduler' )]
final class SweepScheduleTest extends TestCase {
	private const PROCESSES = 16;

	private const BY_WP_CRON          = array( 'wp_cron' => true, 'runner' => 'WP-Cron' );
	private const BY_ACTION_SCHEDULER = array( 'wp_cron' => false, 'actions' => 1, 'runner' => 'Action Scheduler' );

	protected function setUp(): void {
		self::processes()->run( 1, 'clear' );
	}

	protected function tearDown(): void {
		self::processes()->run( 1, 'clear' );
	}

	public function test_requests_at_the_same_moment_make_one_action(): void {
		self::processes()->run( self::PROCESSES, 'loaded' );
		if ( ( new ReflectionFunction( 'as_schedule_recurring_action' ) )->getNumberOfParameters() < 6 ) {
			// A version that cannot make unique actions: the next request cancels what is too many.
			self::processes()->run( 1, 'loaded' );
		}
		self::assertSame( self::BY_ACTION_SCHEDULER, self::schedules() );
	}

	public function test_there_is_one_schedule_when_action_scheduler_comes_goes_and_comes_back(): void {
		self::assertSame( self::BY_WP_CRON, self::in_charge( self::schedules( '' ) ) );
		self::assertSame( self::BY_ACTION_SCHEDULER, self::schedules() );
		// What it left in its tables is nothing without it.
		self::assertSame( self::BY_WP_CRON, self::in_charge( self::schedules( '' ) ) );
		self::assertSame( self::BY_ACTION_SCHEDULER, self::schedules() );
	}

	public function test_an_action_scheduler_that_is_loaded_late_is_used(): void {
		self::assertSame( self::BY_ACTION_SCHEDULER, self::schedules( null, 'init 20' ) );
	}

	public function test_an_action_scheduler_that_is_loaded_too_late_leaves_it_to_wp_cron(): void {
		$processes = self::processes( null, 'wp_loaded 50' );
		$processes->run( 1, 'load' );
		self::assertSame( array( 'wp_cron' => true, 'actions' => 0, 'runner' => 'WP-Cron' ), $processes->run( 1, 'schedules' )[0] );
	}

	/** Versions before 3.5 end every page of a site that lacks their tables, whoever asks. */
	#[Group( 'action-scheduler-tables' )]
	public function test_without_its_tables_wp_cron_is_in_charge_until_they_are_back(): void {
		self::processes()->run( 1, 'drop' );
		try {
			$processes = self::processes( null, '', array( 'DRAFTKEEPER_TEST_QUIET' => '1' ) );
			self::assertSame( self::BY_WP_CRON, self::in_charge( $processes->run( 1, 'schedules' )[0] ) );
		} finally {
			self::processes( null, '', array( 'DRAFTKEEPER_TEST_QUIET' => '1' ) )->run( 1, 'forget' );
		}
		self::assertSame( self::BY_ACTION_SCHEDULER, self::schedules() );
	}

	/** @return array{wp_cron: bool, actions: int, runner: string} what is planned after a request that may ask. */
	private static function schedules( ?string $action_scheduler = null, string $at = '' ): array {
		return self::processes( $action_scheduler, $at )->run( 1, 'schedules' )[0];
	}

	/**
	 * @param array{wp_cron: bool, actions: int, runner: string} $schedules
	 * @return array{wp_cron: bool, runner: string}
	 */
	private static function in_charge( array $schedules ): array {
		unset( $schedules['actions'] );
		return $schedules;
	}

	/** @param array<string, string> $environment */
	private static function processes( ?string $action_scheduler = null, string $at = '', array $environment = array() ): ParallelProcesses {
		return new ParallelProcesses(
			$environment + array( 'DRAFTKEEPER_TEST_DOING_CRON' => '1', 'DRAFTKEEPER_TEST_ACTION_SCHEDULER_AT' => $at )
			+ ( null === $action_scheduler ? array() : array( 'DRAFTKEEPER_TEST_ACTION_SCHEDULER' => $action_scheduler ) )
		);
	}
}
