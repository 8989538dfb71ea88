<?php

namespace Draftkeeper\Tests\Parallel;

use Draftkeeper\Tests\Support\IntegrationTestCase;
use Draftkeeper\Tests\Support\ParallelProcesses;

/** The first requests of a site at the same moment, on MySQL or MariaDB: SQLite lets one process write at a time. */
final class InstallerTest extends IntegrationTestCase {
	protected function setUp(): void {
		parent::setUp();
		if ( 'mysql' !== ( require dirname( __DIR__ ) . '/settings.php' )['DB'] || ! function_exists( 'proc_open' ) ) {
			self::markTestSkipped( 'Needs MySQL or MariaDB, and processes.' );
		}
	}

	public function test_eight_first_requests_make_the_tables_without_an_error(): void {
		$processes = new ParallelProcesses();
		$errors    = $processes->run( 8, 'install', 'init' );
		self::assertSame( array( 4, array( true ) ), $processes->run( 1, 'installed' )[0] );
		self::assertSame( array(), array_merge( ...$errors ) );
	}

	public function test_two_activations_at_once_end_with_whole_tables(): void {
		$processes = new ParallelProcesses();
		$errors    = $processes->run( 2, 'install', 'activate' );
		self::assertSame( array( 4, array( true ) ), $processes->run( 1, 'installed' )[0] );
		// The later one may be told that a table is there by now, and nothing else.
		self::assertSame( array(), preg_grep( '/already exists/', array_merge( ...$errors ), PREG_GREP_INVERT ) );
	}
}
