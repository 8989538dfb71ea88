<?php

namespace Draftkeeper\Tests\Integration\Usage;

use Draftkeeper\Tests\Support\Books;
use Draftkeeper\Tests\Support\IntegrationTestCase;
use Draftkeeper\Usage\UsageQuery;

final class UsageRollupTest extends IntegrationTestCase {
	public function test_totals_from_the_sums_are_those_of_the_rows_under_every_filter(): void {
		$this->keep_books();
		foreach ( array( array(), array( 'user_id' => '3' ), array( 'user_id' => '3,4', 'status' => 'failed,canceled' ), array( 'from' => '2026-02-27' ), array( 'to' => '2026-02-27', 'status' => 'succeeded' ), array( 'user_id' => '99' ) ) as $filter ) {
			self::assertSame( self::raw_totals( $filter ), Books::rollup()->totals( UsageQuery::of( $filter ) ), (string) wp_json_encode( $filter ) );
		}
		self::assertGreaterThan( 0, self::raw_totals( array() )['attempts'] );
	}

	public function test_the_first_report_of_an_attempt_counts_and_a_repeated_one_changes_nothing(): void {
		$job   = Books::job( 3 );
		$store = Books::at( '2026-02-28 09:30:00' );
		$store->record( $job, array( Books::attempt( 1, array( 'cost_micros' => 10 ) ) ) );
		$before = self::sums();
		$store->record( $job, array( Books::attempt( 1, array( 'cost_micros' => 99, 'status' => 'failed' ) ), Books::attempt( 1 ) ) );
		self::assertSame( $before, self::sums() );
		$store->record( $job, array( Books::attempt( 1 ), Books::attempt( 2, array( 'cost_micros' => 5 ) ) ) );
		self::assertSame( array( 2, 15 ), array( self::raw_totals( array() )['attempts'], Books::rollup()->totals( UsageQuery::of( array() ) )['cost_micros'] ) );
	}

	public function test_sums_that_were_lost_or_spoilt_are_made_anew_from_the_log(): void {
		global $wpdb;
		$this->keep_books();
		$right = self::sums();
		self::assertSame( 3, Books::rollup()->recompute() );
		self::assertSame( $right, self::sums() );

		$wpdb->query( "UPDATE {$wpdb->prefix}draftkeeper_usage_daily SET attempts = attempts + 7, cost_micros = 0 WHERE user_id = 3" );
		$wpdb->query( "DELETE FROM {$wpdb->prefix}draftkeeper_usage_daily WHERE day = '2026-02-27'" );
		$wpdb->query( "INSERT INTO {$wpdb->prefix}draftkeeper_usage_daily VALUES ('2025-01-01', 5, 'failed', 0, 't', 'p', 'm', 3, 1, 1, 1)" );
		self::assertSame( 4, Books::rollup()->recompute() );
		self::assertSame( $right, self::sums() );
	}

	public function test_only_the_days_asked_for_are_made_anew(): void {
		global $wpdb;
		$this->keep_books();
		$wpdb->query( "UPDATE {$wpdb->prefix}draftkeeper_usage_daily SET attempts = 1000" );
		self::assertSame( 1, Books::rollup()->recompute( '2026-02-27', '2026-02-27' ) );
		$attempts = array_map( 'intval', array_column( $wpdb->get_results( "SELECT day, SUM(attempts) AS attempts FROM {$wpdb->prefix}draftkeeper_usage_daily GROUP BY day ORDER BY day", ARRAY_A ), 'attempts', 'day' ) );
		self::assertLessThan( 1000, $attempts['2026-02-27'] );
		self::assertGreaterThanOrEqual( 1000, min( $attempts['2026-02-26'], $attempts['2026-02-28'] ) );
	}

	public function test_after_a_change_of_the_time_zone_every_call_gets_the_day_that_it_has_now(): void {
		global $wpdb;
		$days = static fn(): array => array_map( static fn( string $day ) => substr( $day, 0, 10 ), $wpdb->get_col( "SELECT day FROM {$wpdb->prefix}draftkeeper_usage_log ORDER BY created_at" ) );
		self::assertSame( 0, Books::rollup()->redate(), 'no books' );
		update_option( 'timezone_string', 'Pacific/Kiritimati' );
		foreach ( array( '2026-02-27 23:00:00', '2026-02-28 09:30:00', '2026-02-28 10:30:00' ) as $time ) {
			Books::at( $time )->record( Books::job( 3 ), array( Books::attempt() ) );
		}
		self::assertSame( array( '2026-02-28', '2026-02-28', '2026-03-01' ), $days() );
		self::assertSame( 0, Books::rollup()->redate() );

		// As far as two time zones can be apart.
		update_option( 'timezone_string', 'Etc/GMT+12' );
		self::assertSame( 3, Books::rollup()->redate() );
		self::assertSame( array( '2026-02-27', '2026-02-27', '2026-02-27' ), $days() );
		$right = self::sums();
		self::assertSame( array( 3, 0 ), array( self::attempts_of( '2026-02-27' ), self::attempts_of( '2026-03-01' ) ) );
		Books::rollup()->recompute();
		self::assertSame( $right, self::sums() );
	}

	private static function attempts_of( string $day ): int {
		return Books::rollup()->totals( UsageQuery::of( array( 'from' => $day, 'to' => $day ) ) )['attempts'];
	}

	public function test_books_from_before_the_sums_are_summed_by_the_upgrade(): void {
		global $wpdb;
		$this->keep_books();
		$right = self::sums();
		$wpdb->query( "DELETE FROM {$wpdb->prefix}draftkeeper_usage_daily" );
		update_option( 'draftkeeper_schema', 'jobs 1, usage 1' );
		foreach ( $GLOBALS['wp_filter']['init'][1] as $callback ) {
			call_user_func( $callback['function'] );
		}
		self::assertSame( $right, self::sums() );
	}

	public function test_a_row_that_cannot_be_counted_is_not_kept_either(): void {
		$store = Books::at( '2026-02-28 09:30:00' );
		add_filter( 'query', static fn( string $query ) => str_contains( $query, 'draftkeeper_usage_daily' ) ? 'SELECT no_such_column FROM no_such_table' : $query );
		try {
			Books::transactions()->run( fn() => $store->record( Books::job( 1 ), array( Books::attempt() ) ) );
			self::fail( 'No error.' );
		} catch ( \RuntimeException $error ) {
			self::assertStringContainsString( 'no_such_table', $error->getMessage() );
		}
		$this->take_database_errors();
		self::assertSame( 0, self::raw_totals( array() )['attempts'] );
	}

	private function keep_books(): void {
		foreach ( array( '2026-02-26', '2026-02-27', '2026-02-28' ) as $index => $day ) {
			$store = Books::at( "$day 09:30:00" );
			foreach ( array( 3, 4, 0 ) as $user_id ) {
				$store->record( Books::job( $user_id ), array(
					Books::attempt( 1, array( 'status' => 'failed', 'error_code' => 'provider_busy', 'tokens_in' => null, 'tokens_out' => null, 'cost_micros' => null ) ),
					Books::attempt( 2, array( 'cost_micros' => 100 + $index + $user_id, 'cached' => 4 === $user_id ) ),
				) );
			}
			$store->record( Books::job( 3 ), array( Books::attempt( 1, array( 'status' => 'canceled', 'model' => 'Other ü' ) ) ) );
		}
	}

	/** @return list<array<string, string>> */
	private static function sums(): array {
		global $wpdb;
		return $wpdb->get_results( "SELECT * FROM {$wpdb->prefix}draftkeeper_usage_daily ORDER BY day, user_id, status, cached, task, provider, model", ARRAY_A );
	}

	/**
	 * @param array<string, string> $filter
	 * @return array<string, int>
	 */
	private static function raw_totals( array $filter ): array {
		$totals = array_fill_keys( array( 'attempts', 'succeeded', 'failed', 'canceled', 'tokens_in', 'tokens_out', 'cost_micros' ), 0 );
		foreach ( Books::at( '2026-02-28 09:30:00' )->before( UsageQuery::of( $filter ), null, 1000 ) as $row ) {
			++$totals['attempts'];
			++$totals[ $row->status ];
			foreach ( array( 'tokens_in', 'tokens_out', 'cost_micros' ) as $name ) {
				$totals[ $name ] += (int) $row->$name;
			}
		}
		return $totals;
	}
}
