<?php

namespace Draftkeeper\Tests\Parallel;

use Draftkeeper\Tests\Support\IntegrationTestCase;
use Draftkeeper\Tests\Support\ParallelProcesses;

/** Sweeps at once, on MySQL or MariaDB: SQLite lets one process write at a time. */
final class ClaimsTest extends IntegrationTestCase {
	protected function setUp(): void {
		parent::setUp();
		if ( 'mysql' !== ( require dirname( __DIR__ ) . '/settings.php' )['DB'] || ! function_exists( 'proc_open' ) ) {
			self::markTestSkipped( 'Needs MySQL or MariaDB, and processes.' );
		}
	}

	public function test_eight_sweeps_at_once_take_every_job_once_and_never_wait_in_a_circle(): void {
		$processes = new ParallelProcesses();
		$before    = $processes->run( 1, 'deadlocks' )[0];
		$processes->run( 1, 'wait', '600' );
		try {
			$claimed = array_merge( ...$processes->run( 8, 'claim' ) );
		} finally {
			$processes->run( 1, 'report' );
		}
		self::assertCount( 600, $claimed );
		self::assertCount( 600, array_unique( $claimed ) );
		self::assertSame( $before, $processes->run( 1, 'deadlocks' )[0] );
	}
}
