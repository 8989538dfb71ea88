<?php

namespace Draftkeeper\Tests\Integration\Limits;

use Draftkeeper\Jobs\Transactions;
use Draftkeeper\Limits\CachedTransientStore;
use Draftkeeper\Limits\TransientRowStore;
use Draftkeeper\Limits\WindowStore;
use Draftkeeper\Tests\Support\IntegrationTestCase;
use PHPUnit\Framework\Attributes\DataProvider;
use Random\Engine\Mt19937;
use Random\Randomizer;

/** Both places where tries are counted keep the same promises. `ParallelTest` holds them to it with processes. */
final class WindowStoreTest extends IntegrationTestCase {
	private const LIMIT   = 60;
	private const SECONDS = 600;

	/** A moment in the middle of a bucket. */
	private const NOW = 1_800_000_000 + 250;

	/** @return array<string, array{string}> */
	public static function stores(): array {
		return array( 'rows of transients' => array( 'rows' ), 'object cache' => array( 'cache' ) );
	}

	#[DataProvider( 'stores' )]
	public function test_as_many_tries_as_the_limit_are_let_in_and_a_refused_one_does_not_count( string $kind ): void {
		$store = self::store( $kind );
		for ( $try = 1; $try <= self::LIMIT; ++$try ) {
			$taken = $store->take( 'a', self::LIMIT, self::SECONDS, self::NOW + $try );
			self::assertTrue( $taken->is_allowed );
			self::assertSame( self::LIMIT - $try, ( $taken->window ?? $store->read( 'a', self::SECONDS, self::NOW + $try ) )->remaining( self::LIMIT ) );
		}
		for ( $try = 1; $try <= 5; ++$try ) {
			$taken = $store->take( 'a', self::LIMIT, self::SECONDS, self::NOW + 100 );
			self::assertFalse( $taken->is_allowed );
			self::assertSame( self::NOW + self::LIMIT + self::SECONDS, $taken->window->opens_at( self::LIMIT, self::SECONDS ) );
		}
		self::assertSame( self::LIMIT, $store->read( 'a', self::SECONDS, self::NOW + 100 )->count );
		self::assertTrue( $store->take( 'b', self::LIMIT, self::SECONDS, self::NOW + 100 )->is_allowed );
	}

	#[DataProvider( 'stores' )]
	public function test_no_window_wherever_it_begins_holds_more_than_the_limit_and_one_opens_when_it_says( string $kind ): void {
		$random = new Randomizer( new Mt19937( 20260228 ) );
		$store  = self::store( $kind );
		foreach ( array( 1, 3, 7, 60 ) as $limit ) {
			$now     = self::NOW;
			$allowed = array();
			$refused = 0;
			for ( $try = 0; $try < 250; ++$try ) {
				// Hasty, then idle for a while, as people are.
				$now  += 0 === $random->getInt( 0, 3 * $limit ) ? $random->getInt( 0, 900 ) : $random->getInt( 0, (int) ( 600 / $limit ) );
				$taken = $store->take( "p$limit", $limit, self::SECONDS, $now );
				if ( $taken->is_allowed ) {
					$allowed[] = $now;
					continue;
				}
				++$refused;
				$opens = $taken->window->opens_at( $limit, self::SECONDS );
				self::assertGreaterThan( $now, $opens );
				self::assertLessThanOrEqual( $now + 2 * self::SECONDS, $opens );
				// Who does as he is told is let in.
				if ( 0 === $random->getInt( 0, 3 ) ) {
					$now = $opens;
					self::assertTrue( $store->take( "p$limit", $limit, self::SECONDS, $now )->is_allowed, "limit $limit, try $try" );
					$allowed[] = $now;
				}
			}
			self::assertGreaterThan( 5, $refused );
			foreach ( $allowed as $index => $time ) {
				$inside = count( array_filter( array_slice( $allowed, $index ), static fn( int $other ) => $other < $time + self::SECONDS ) );
				self::assertLessThanOrEqual( $limit, $inside, "$inside tries in the window that begins at $time" );
			}
		}
	}

	#[DataProvider( 'stores' )]
	public function test_half_the_rate_is_never_refused( string $kind ): void {
		$store = self::store( $kind );
		for ( $try = 0; $try < 120; ++$try ) {
			self::assertTrue( $store->take( 'steady', self::LIMIT, self::SECONDS, self::NOW + 20 * $try )->is_allowed );
		}
	}

	#[DataProvider( 'stores' )]
	public function test_what_is_given_back_can_be_taken_again( string $kind ): void {
		$store = self::store( $kind );
		$store->take( 'a', 1, self::SECONDS, self::NOW );
		self::assertFalse( $store->take( 'a', 1, self::SECONDS, self::NOW )->is_allowed );
		$store->give_back( 'a', self::SECONDS, self::NOW );
		self::assertTrue( $store->take( 'a', 1, self::SECONDS, self::NOW )->is_allowed );
		self::assertFalse( $store->take( 'a', 1, self::SECONDS, self::NOW )->is_allowed );
		$store->give_back( 'nobody', self::SECONDS, self::NOW );
	}

	#[DataProvider( 'stores' )]
	public function test_a_limit_that_is_lowered_or_raised_counts_at_once( string $kind ): void {
		$store = self::store( $kind );
		foreach ( range( 1, 5 ) as $ignored ) {
			$store->take( 'a', 5, self::SECONDS, self::NOW );
		}
		self::assertFalse( $store->take( 'a', 3, self::SECONDS, self::NOW )->is_allowed );
		self::assertTrue( $store->take( 'a', 6, self::SECONDS, self::NOW )->is_allowed );
	}

	public function test_the_row_is_a_transient_that_wordpress_clears_away_when_it_is_over(): void {
		global $wpdb;
		$now = time();
		self::store( 'rows' )->take( 'draftkeeper_test', 5, self::SECONDS, $now );
		self::assertMatchesRegularExpression( '/^000001 \d{10} \d{10} 000000$/', (string) get_transient( 'draftkeeper_test' ) );
		$expires = (int) $wpdb->get_var( "SELECT option_value FROM $wpdb->options WHERE option_name = '_transient_timeout_draftkeeper_test'" );
		self::assertGreaterThanOrEqual( $now + 2 * self::SECONDS, $expires );
		self::assertSame( array( 'off', 'off' ), $wpdb->get_col( "SELECT autoload FROM $wpdb->options WHERE option_name LIKE '_transient%draftkeeper_test'" ) );

		$wpdb->query( "UPDATE $wpdb->options SET option_value = '1' WHERE option_name = '_transient_timeout_draftkeeper_test'" );
		delete_expired_transients( true );
		self::assertSame( '0', (string) $wpdb->get_var( "SELECT COUNT(*) FROM $wpdb->options WHERE option_name LIKE '_transient%draftkeeper_test'" ) );
	}

	public function test_the_time_out_moves_on_with_the_buckets(): void {
		global $wpdb;
		$store = self::store( 'rows' );
		foreach ( array( 0, 500, 1100, 1700 ) as $later ) {
			$store->take( 'moving', 5, self::SECONDS, self::NOW + $later );
			$expires = (int) $wpdb->get_var( "SELECT option_value FROM $wpdb->options WHERE option_name = '_transient_timeout_moving'" );
			self::assertGreaterThan( self::NOW + $later + self::SECONDS, $expires );
		}
	}

	public function test_a_process_whose_clock_is_behind_counts_in_the_present_bucket(): void {
		$store = self::store( 'rows' );
		$next  = self::NOW + self::SECONDS;
		$store->take( 'a', 2, self::SECONDS, $next );
		self::assertTrue( $store->take( 'a', 2, self::SECONDS, self::NOW )->is_allowed );
		self::assertFalse( $store->take( 'a', 2, self::SECONDS, self::NOW )->is_allowed );
		self::assertFalse( $store->take( 'a', 2, self::SECONDS, $next + 1 )->is_allowed );
	}

	public function test_a_value_of_somebody_else_and_one_from_far_in_the_future_are_written_over(): void {
		global $wpdb;
		foreach ( array( 'nonsense', '000005 9000000000 9000000000 000005', '' ) as $value ) {
			$wpdb->query( $wpdb->prepare( "REPLACE INTO $wpdb->options (option_name, option_value, autoload) VALUES ('_transient_odd', %s, 'off')", $value ) );
			self::assertTrue( self::store( 'rows' )->take( 'odd', 1, self::SECONDS, self::NOW )->is_allowed );
			self::assertFalse( self::store( 'rows' )->take( 'odd', 1, self::SECONDS, self::NOW )->is_allowed );
		}
	}

	public function test_a_usual_try_costs_one_update(): void {
		global $wpdb;
		$store = self::store( 'rows' );
		$store->take( 'a', self::LIMIT, self::SECONDS, self::NOW );
		$before = $wpdb->num_queries;
		$store->take( 'a', self::LIMIT, self::SECONDS, self::NOW + 1 );
		self::assertSame( 1, $wpdb->num_queries - $before );
	}

	public function test_a_cache_that_does_not_count_is_an_error(): void {
		wp_cache_set( 'a:' . ( self::NOW - self::NOW % self::SECONDS ), 'text', 'transient' );
		$cache                      = $GLOBALS['wp_object_cache'];
		$GLOBALS['wp_object_cache'] = new class() extends \WP_Object_Cache {
			public function incr( mixed $key, mixed $offset = 1, mixed $group = 'default' ): bool {
				return false;
			}
		};
		try {
			$this->expectException( \RuntimeException::class );
			self::store( 'cache' )->take( 'a', 1, self::SECONDS, self::NOW );
		} finally {
			$GLOBALS['wp_object_cache'] = $cache;
		}
	}

	private static function store( string $kind ): WindowStore {
		global $wpdb;
		return 'rows' === $kind ? new TransientRowStore( $wpdb, new Transactions( $wpdb ) ) : new CachedTransientStore();
	}
}
