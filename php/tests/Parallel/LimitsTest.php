<?php

namespace Draftkeeper\Tests\Parallel;

use Draftkeeper\Tests\Support\IntegrationTestCase;
use Draftkeeper\Tests\Support\ParallelProcesses;
use Draftkeeper\Tests\Support\RedisServer;

/** Limits and budgets under 32 processes at once, on MySQL or MariaDB: SQLite lets one process write at a time. */
final class LimitsTest extends IntegrationTestCase {
	private const PROCESSES = 32;

	protected function setUp(): void {
		parent::setUp();
		if ( 'mysql' !== ( require dirname( __DIR__ ) . '/settings.php' )['DB'] || ! function_exists( 'proc_open' ) ) {
			self::markTestSkipped( 'Needs MySQL or MariaDB, and processes.' );
		}
	}

	public function test_exactly_60_of_640_tries_are_let_in_by_the_rows_of_transients(): void {
		$allowed = ( new ParallelProcesses() )->run( self::PROCESSES, 'limit', 'parallel', '20' );
		( new ParallelProcesses() )->run( 1, 'report' );
		self::assertSame( 60, array_sum( $allowed ) );
	}

	public function test_exactly_60_of_640_tries_are_let_in_by_the_object_cache(): void {
		$redis   = RedisServer::start() ?? self::markTestSkipped( 'Needs redis-server and PHP\'s redis.' );
		$content = sys_get_temp_dir() . '/draftkeeper-redis-' . bin2hex( random_bytes( 6 ) );
		mkdir( "$content/themes", 0700, true );
		copy( dirname( __DIR__ ) . '/Support/parallel/object-cache.php', "$content/object-cache.php" );
		try {
			$processes = new ParallelProcesses( array( 'DRAFTKEEPER_TEST_CONTENT' => $content, 'BENCH_REDIS_SOCKET' => $redis->socket ) );
			self::assertSame( 60, array_sum( $processes->run( self::PROCESSES, 'limit', 'parallel', '20' ) ) );
		} finally {
			$redis->stop();
			( require dirname( __DIR__ ) . '/remove-folder.php' )( $content );
		}
	}

	public function test_of_100_jobs_against_a_budget_for_10_there_are_10(): void {
		$outcomes = self::sum( self::processes( 'requests', 10 )->run( 20, 'ask', '5', '', 'false' ) );
		$report   = ( new ParallelProcesses() )->run( 1, 'report' )[0];
		self::assertEquals( array( 'stored' => 10, 'budget_exhausted' => 90 ), $outcomes );
		self::assertSame( 10, $report['jobs'] );
		self::assertSame( array_fill( 0, 6, 10 ), $report['reserved'] );
		// Who was refused by the budget has not used up his limit either.
		self::assertSame( '000010', $report['limit'] );
	}

	public function test_jobs_that_end_while_others_begin_leave_nothing_reserved(): void {
		$outcomes = self::sum( self::processes( 'requests', 5 )->run( 8, 'ask', '24', '', 'true' ) );
		$report   = ( new ParallelProcesses() )->run( 1, 'report' )[0];
		self::assertSame( 192, array_sum( $outcomes ) );
		self::assertGreaterThan( 5, $outcomes['stored'] );
		self::assertSame( array( 'stored' ), array_values( array_diff( array_keys( $outcomes ), array( 'budget_exhausted' ) ) ) );
		self::assertSame( array_fill( 0, 6, 0 ), $report['reserved'] );
	}

	public function test_50_requests_with_one_key_reserve_once(): void {
		$outcomes = self::sum( self::processes( 'requests', 50 )->run( 25, 'ask', '2', 'one-key', 'false' ) );
		$report   = ( new ParallelProcesses() )->run( 1, 'report' )[0];
		self::assertEquals( array( 'stored' => 1, 'taken' => 49 ), $outcomes );
		self::assertSame( array( 1, array_fill( 0, 6, 1 ), '000001' ), array( $report['jobs'], $report['reserved'], $report['limit'] ) );
	}

	private static function processes( string $unit, int $limit ): ParallelProcesses {
		$budget = array( $unit => $limit ) + array( 'scope' => 'site', 'period' => 'day', 'requests' => null, 'tokens' => null, 'micros' => null );
		return new ParallelProcesses( array( 'DRAFTKEEPER_BUDGETS' => (string) wp_json_encode( array( $budget ) ), 'DRAFTKEEPER_JOB_LIMIT' => '1000/600' ) );
	}

	/**
	 * @param list<array<string, int>> $outcomes
	 * @return array<string, int>
	 */
	private static function sum( array $outcomes ): array {
		$sums = array();
		foreach ( $outcomes as $counts ) {
			foreach ( $counts as $outcome => $count ) {
				$sums[ $outcome ] = ( $sums[ $outcome ] ?? 0 ) + $count;
			}
		}
		return $sums;
	}
}
