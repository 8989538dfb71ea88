<?php

namespace Draftkeeper\Tests\Integration\Usage;

use Draftkeeper\Tests\Support\Books;
use Draftkeeper\Tests\Support\IntegrationTestCase;

final class UsageStoreTest extends IntegrationTestCase {
	public function test_each_attempt_is_one_row_and_a_repeated_report_changes_nothing(): void {
		$job   = Books::job( $this->user( 'author' ), 7 );
		$store = Books::at( '2026-02-28 23:30:00' );

		$store->record( $job, array( Books::attempt( 1, array( 'status' => 'failed', 'error_code' => 'provider_busy', 'tokens_in' => null, 'tokens_out' => null, 'cost_micros' => null ) ), Books::attempt( 2 ) ) );
		$store->record( $job, array( Books::attempt( 1, array( 'cost_micros' => 99 ) ), Books::attempt( 2 ), Books::attempt( 3 ) ) );

		$rows = Books::page( array( 'order' => 'asc' ) );
		self::assertSame( array( '1', '2', '3' ), array_column( $rows, 'attempt' ) );
		self::assertSame( array( null, '1250', '1250' ), array_column( $rows, 'cost_micros' ) );
		self::assertSame( 'author', $rows[0]['role'] );
		self::assertSame( '2026-02-28 23:30:00', $rows[0]['created_at'] );
		self::assertSame( $job->uuid, $rows[0]['job_uuid'] );
	}

	public function test_the_day_is_the_sites_day(): void {
		update_option( 'timezone_string', 'Asia/Tokyo' );
		Books::at( '2026-02-28 23:30:00' )->record( Books::job( 1 ), array( Books::attempt() ) );
		$rows = Books::page( array( 'from' => '2026-03-01', 'to' => '2026-03-01' ) );
		self::assertCount( 1, $rows );
	}

	public function test_a_role_is_the_one_at_the_time_and_none_for_somebody_who_is_gone(): void {
		$user  = $this->user( 'editor' );
		$store = Books::at( '2026-02-28 09:30:00' );
		$store->record( Books::job( $user ), array( Books::attempt() ) );
		get_userdata( $user )->set_role( 'subscriber' );
		$store->record( Books::job( $user ), array( Books::attempt() ) );
		$store->record( Books::job( 987654 ), array( Books::attempt() ) );
		self::assertSame( array( 'editor', 'subscriber', null ), array_column( Books::page( array( 'order' => 'asc' ) ), 'role' ) );
	}

	public function test_totals_for_jobs_keep_unknown_apart_from_nothing(): void {
		$store   = Books::at( '2026-02-28 09:30:00' );
		$known   = Books::job( 1 );
		$unknown = Books::job( 1 );
		$without = Books::job( 1 );
		$store->record( $known, array( Books::attempt( 1, array( 'cost_micros' => null ) ), Books::attempt( 2, array( 'cost_micros' => 0 ) ) ) );
		$store->record( $unknown, array( Books::attempt( 1, array( 'tokens_in' => null, 'tokens_out' => null, 'cost_micros' => null ) ) ) );
		$store->record( $without, array() );

		self::assertEquals(
			array(
				$known->id   => array( 'attempts' => 2, 'tokens_in' => 600, 'tokens_out' => 300, 'cost_micros' => 0 ),
				$unknown->id => array( 'attempts' => 1, 'tokens_in' => null, 'tokens_out' => null, 'cost_micros' => null ),
			),
			$store->totals_for_jobs( array( $known->id, $unknown->id, $without->id ) )
		);
		self::assertSame( 0, $store->totals_for_jobs( array( $known->id ) )[ $known->id ]['cost_micros'] );
		self::assertNull( $store->totals_for_jobs( array( $unknown->id ) )[ $unknown->id ]['cost_micros'] );
		self::assertSame( array(), $store->totals_for_jobs( array() ) );
	}

	public function test_a_name_longer_than_its_column_is_cut_not_refused(): void {
		$store = Books::at( '2026-02-28 09:30:00' );
		$store->record( Books::job( 1 ), array( Books::attempt( 1, array( 'model' => str_repeat( 'ü', 300 ) ) ) ) );
		self::assertSame( str_repeat( 'ü', 100 ), Books::page()[0]['model'] );
	}

	public function test_a_refusal_of_the_database_is_thrown(): void {
		$store = Books::at( '2026-02-28 09:30:00' );
		add_filter( 'query', fn( string $query ) => str_contains( $query, 'draftkeeper_usage_log' ) ? 'SELECT no_such_column FROM no_such_table' : $query );
		try {
			$store->record( Books::job( 1 ), array( Books::attempt() ) );
			self::fail( 'No error.' );
		} catch ( \RuntimeException $error ) {
			self::assertStringContainsString( 'no_such_table', $error->getMessage() );
		}
		self::assertCount( 1, $this->take_database_errors() );
	}
}
