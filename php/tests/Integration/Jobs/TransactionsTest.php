<?php

namespace Draftkeeper\Tests\Integration\Jobs;

use Draftkeeper\Jobs\Deadlock;
use Draftkeeper\Jobs\Transactions;
use Draftkeeper\Tests\Support\JobsTestCase;
use PHPUnit\Framework\Attributes\TestWith;

final class TransactionsTest extends JobsTestCase {
	#[TestWith( array( 'Deadlock found when trying to get lock; try restarting transaction', 20 ) )]
	#[TestWith( array( 'Lock wait timeout exceeded; try restarting transaction', 3 ) )]
	public function test_a_statement_is_tried_again_after_a_deadlock_but_not_for_ever( string $reason, int $tries ): void {
		foreach ( array( 1 => true, $tries - 1 => true, $tries => false ) as $failures => $is_good ) {
			$database = self::database( $failures, $reason );
			try {
				self::assertSame( 1, ( new Transactions( $database ) )->write( 'UPDATE x' ) );
				self::assertTrue( $is_good );
			} catch ( Deadlock ) {
				self::assertFalse( $is_good );
			}
		}
	}

	public function test_a_deadlock_inside_a_transaction_repeats_the_whole_of_it(): void {
		$database     = self::database( 1, 'Lock wait timeout exceeded; try restarting transaction' );
		$transactions = new Transactions( $database );
		self::assertSame( 'done', $transactions->run( static function () use ( $transactions ): string {
			$transactions->write( 'UPDATE first' );
			$transactions->write( 'UPDATE second' );
			return 'done';
		} ) );
		self::assertSame(
			array( 'START TRANSACTION', 'UPDATE first', 'ROLLBACK', 'START TRANSACTION', 'UPDATE first', 'UPDATE second', 'COMMIT' ),
			$database->statements
		);
	}

	public function test_another_error_is_not_repeated(): void {
		$database = self::database( 1, 'Unknown column' );
		$this->expectExceptionMessage( 'Unknown column' );
		try {
			( new Transactions( $database ) )->write( 'UPDATE x' );
		} finally {
			self::assertSame( array( 'UPDATE x' ), $database->statements );
		}
	}

	public function test_a_refused_statement_is_thrown_and_wordpress_writes_it_nowhere(): void {
		global $wpdb;
		$wpdb->suppress_errors( false );
		$log = ini_set( 'error_log', $file = (string) tempnam( sys_get_temp_dir(), 'draftkeeper' ) );
		foreach ( array( 'write' => 'UPDATE no_such_table SET text = 1', 'rows' => 'SELECT text FROM no_such_table' ) as $method => $sql ) {
			try {
				( new Transactions( $wpdb ) )->$method( $sql );
				self::fail( 'It was not refused.' );
			} catch ( \RuntimeException $error ) {
				self::assertStringContainsString( 'refused', $error->getMessage() );
			}
			self::assertFalse( $wpdb->suppress_errors, 'as it was' );
			self::assertCount( 1, $this->take_database_errors() );
		}
		ini_set( 'error_log', (string) $log );
		self::assertSame( '', (string) file_get_contents( $file ) );
		unlink( $file );
	}

	public function test_what_the_work_throws_rolls_back_and_goes_on_up(): void {
		$database = self::database( 0, '' );
		try {
			( new Transactions( $database ) )->run( static fn() => throw new \DomainException( 'no' ) );
			self::fail();
		} catch ( \DomainException ) {
			self::assertSame( array( 'START TRANSACTION', 'ROLLBACK' ), $database->statements );
		}
	}

	/** A database whose first UPDATEs fail. */
	private static function database( int $failures, string $error ): object {
		return new class( $failures, $error ) extends \wpdb {
			/** @var list<string> */
			public array $statements = array();

			public function __construct( private int $failures, private readonly string $reason ) {}

			public function query( mixed $query ): int|false {
				$this->statements[] = $query;
				$this->last_error   = '';
				if ( str_starts_with( $query, 'UPDATE' ) && $this->failures > 0 ) {
					--$this->failures;
					$this->last_error = $this->reason;
					return false;
				}
				return 1;
			}
		};
	}
}
