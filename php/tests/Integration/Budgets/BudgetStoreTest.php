<?php

namespace Draftkeeper\Tests\Integration\Budgets;

use Draftkeeper\Tests\Support\JobsTestCase;

final class BudgetStoreTest extends JobsTestCase {
	public function test_an_update_begins_the_counters_with_what_the_books_say_of_this_month(): void {
		global $wpdb;
		$user = $this->act_as( 'author' );
		$this->deliver( self::finished( $this->created() ), 'msg_1' );
		$this->deliver( self::finished( $this->created() ), 'msg_2' );
		$wpdb->query( "UPDATE {$wpdb->prefix}draftkeeper_usage_log SET day = '2020-01-01' ORDER BY id LIMIT 1" );
		$wpdb->query( "DELETE FROM {$wpdb->prefix}draftkeeper_budget" );

		$this->upgrade_from( 'jobs 2, usage 1, daily 1' );
		$keys = array( array( 'site', wp_date( 'Y-m-d' ) ), array( 'site', wp_date( 'Y-m' ) ), array( 'role:author', wp_date( 'Y-m' ) ), array( "user:$user", wp_date( 'Y-m-d' ) ), array( 'site', '2020-01' ) );
		self::assertSame( array( '1 530 160', '1 530 160', '1 530 160', '1 530 160', null ), array_map( $this->used( ... ), $keys ) );

		// Once only: a later update of something else must not count again.
		$wpdb->query( "UPDATE {$wpdb->prefix}draftkeeper_budget SET used_tokens = 7 WHERE scope = 'site'" );
		$this->upgrade_from( 'jobs 0, usage 1, daily 1, budget 1' );
		self::assertSame( '1 7 160', $this->used( $keys[0] ) );
	}

	public function test_old_counters_are_forgotten(): void {
		global $wpdb;
		$wpdb->query( "INSERT INTO {$wpdb->prefix}draftkeeper_budget (scope, period, used_tokens) VALUES ('site', '2020-01', 1), ('site', '2020-01-05', 1), ('site', '" . wp_date( 'Y-m' ) . "', 1)" );
		$this->sweep();
		self::assertSame( array( wp_date( 'Y-m' ) ), $wpdb->get_col( "SELECT period FROM {$wpdb->prefix}draftkeeper_budget" ) );
	}

	/** @param array{string, string} $key */
	private function used( array $key ): ?string {
		global $wpdb;
		$row = $wpdb->get_row( $wpdb->prepare( "SELECT used_requests, used_tokens, used_micros FROM {$wpdb->prefix}draftkeeper_budget WHERE scope = %s AND period = %s", ...$key ), ARRAY_A );
		return null === $row ? null : implode( ' ', $row );
	}

	private function upgrade_from( string $version ): void {
		update_option( 'draftkeeper_schema', $version );
		foreach ( $GLOBALS['wp_filter']['init'][1] as $callback ) {
			call_user_func( $callback['function'] );
		}
	}
}
