<?php

namespace Draftkeeper\Tests\Integration\Usage;

use Draftkeeper\Tests\Support\IntegrationTestCase;
use Draftkeeper\Tests\Support\PagePlans;
use Draftkeeper\Usage\UsageListStore;
use Draftkeeper\Usage\UsageQuery;
use Draftkeeper\Usage\UsageTable;
use PHPUnit\Framework\Attributes\DataProvider;

/** Left alone, MariaDB takes a wide index, or sorts: every page must name the one that holds its rows in order. */
final class UsageListStoreTest extends IntegrationTestCase {
	use PagePlans;

	/** @param array<string, string> $asked */
	#[DataProvider( 'filters' )]
	public function test_the_page_of_every_filter_walks_its_own_index_in_order( array $asked, string $index, int $stretches ): void {
		$this->fill( 3, static fn() => array() );
		$queries = $this->queries( static fn() => self::store()->page( UsageQuery::of( $asked ), 26 ) );
		self::assertSame( $stretches, substr_count( $queries[0], "FORCE INDEX (`$index`)" ), $queries[0] );
		self::assertLessThanOrEqual( 2, count( $queries ), 'ids, then their rows' );
		$this->assert_plan( $queries[0], $index );
	}

	/** @return iterable<string, array{array<string, string>, string, int}> */
	public static function filters(): iterable {
		$cases = array(
			'nothing'                => array( array(), 'day_page', 1 ),
			'status'                 => array( array( 'status' => 'failed' ), 'status_page', 1 ),
			'statuses'               => array( array( 'status' => 'failed,canceled' ), 'status_page', 2 ),
			'user'                   => array( array( 'user_id' => '7' ), 'user_id_page', 3 ),
			'users'                  => array( array( 'user_id' => '7,8,9' ), 'user_id_page', 9 ),
			'model'                  => array( array( 'model' => 'small' ), 'model_page', 3 ),
			'user, status'           => array( array( 'user_id' => '7', 'status' => 'failed' ), 'user_id_page', 1 ),
			'model, status'          => array( array( 'model' => 'small', 'status' => 'failed' ), 'model_page', 1 ),
			'user, model'            => array( array( 'user_id' => '7', 'model' => 'small' ), 'user_id_model_page', 3 ),
			'user, model and status' => array( array( 'user_id' => '7,8', 'model' => 'small', 'status' => 'failed' ), 'user_id_model_page', 2 ),
		);
		$cursor = self::cursor( '2026-02-20' );
		foreach ( $cases as $name => list( $asked, $index, $stretches ) ) {
			yield $name => array( $asked, $index, $stretches );
			yield "$name, the oldest first" => array( $asked + array( 'order' => 'asc' ), $index, $stretches );
			yield "$name, a deep page" => array( $asked + array( 'cursor' => $cursor ), $index, $stretches );
			yield "$name, some days" => array( $asked + array( 'from' => '2026-01-01', 'to' => '2026-02-28' ), $index, $stretches );
			yield "$name, a deep page of some days" => array( $asked + array( 'from' => '2026-01-01', 'to' => '2026-02-28', 'cursor' => $cursor ), $index, $stretches );
		}
	}

	public function test_as_many_users_as_may_be_named_are_read_side_by_side(): void {
		$this->fill( 30, static fn( int $number ) => array( 'user_id' => $number ) );
		$page = self::store()->page( UsageQuery::of( array( 'user_id' => implode( ',', range( 1, 100 ) ), 'model' => 'small' ) ), 26 );
		self::assertSame( range( 30, 5 ), array_map( 'intval', array_column( $page, 'id' ) ) );
	}

	public function test_no_page_reads_more_than_its_rows_however_deep_and_however_little_fits(): void {
		$this->fill( 6000, static fn( int $number ) => array(
			'day'     => 3000 < $number ? '2026-02-02' : '2026-02-01',
			'user_id' => 0 === $number % 2 ? 7 : 8,
			// Much of each, and a handful of both, long ago.
			'model'   => $number < 10 || 0 !== $number % 2 ? 'small' : 'large',
			'status'  => $number < 10 ? 'canceled' : 'succeeded',
		) );
		$middle = self::cursor( '2026-02-02', 4500 );
		foreach ( array( array(), array( 'user_id' => '7' ), array( 'model' => 'small', 'status' => 'canceled' ), array( 'user_id' => '7', 'model' => 'small' ), array( 'from' => '2026-02-01', 'to' => '2026-02-01' ) ) as $asked ) {
			foreach ( array( array(), array( 'cursor' => $middle ), array( 'order' => 'asc' ), array( 'order' => 'asc', 'cursor' => $middle ) ) as $more ) {
				$entries = $this->entries_read( static function () use ( $asked, $more ): void {
					self::store()->page( UsageQuery::of( $asked + $more ), 26 );
				} );
				// Three stretches of 26, put together and sorted, then 26 rows.
				self::assertLessThan( 350, $entries ?? 0, (string) wp_json_encode( $asked + $more ) );
			}
		}
	}

	public function test_pages_are_what_reading_everything_would_give(): void {
		mt_srand( 6 );
		$rows = $this->fill( 300, static fn() => array(
			'day'         => '2026-02-0' . mt_rand( 1, 4 ),
			'user_id'     => mt_rand( 7, 9 ),
			'model'       => array( 'small', 'large' )[ mt_rand( 0, 1 ) ],
			'status'      => array( 'succeeded', 'succeeded', 'failed', 'canceled' )[ mt_rand( 0, 3 ) ],
			'cost_micros' => array( null, 0, 5, 1000 )[ mt_rand( 0, 3 ) ],
		) );
		$filters = array(
			array(), array( 'user_id' => '8' ), array( 'user_id' => '7,9' ), array( 'model' => 'small' ), array( 'status' => 'failed' ), array( 'user_id' => '7,8', 'model' => 'large', 'status' => 'canceled,failed' ),
			array( 'from' => '2026-02-02', 'to' => '2026-02-03' ), array( 'user_id' => '7', 'from' => '2026-02-03' ),
		);
		foreach ( $filters as $filter ) {
			foreach ( array( array( 'order' => 'desc' ), array( 'order' => 'asc' ), array( 'orderby' => 'cost_micros', 'order' => 'desc' ), array( 'orderby' => 'cost_micros', 'order' => 'asc' ) ) as $order ) {
				$expected = array_filter( $rows, static fn( array $row ) => self::fits( $row, $filter ) );
				$by       = $order['orderby'] ?? 'day';
				usort( $expected, static fn( array $one, array $other ) => ( 'asc' === $order['order'] ? 1 : -1 ) * ( array( $one[ $by ] ?? -1, $one['id'] ) <=> array( $other[ $by ] ?? -1, $other['id'] ) ) );
				$found = array();
				$asked = $filter + $order;
				do {
					$query = UsageQuery::of( $asked );
					$page  = self::store()->page( $query, 11 );
					$found = array_merge( $found, array_map( 'intval', array_column( $page, 'id' ) ) );
					$asked = array() === $page ? $asked : array( 'cursor' => $query->cursor( $page[ count( $page ) - 1 ] ) ) + $asked;
				} while ( array() !== $page );
				self::assertSame( array_column( $expected, 'id' ), $found, (string) wp_json_encode( $filter + $order ) );
			}
		}
	}

	/**
	 * @param array<string, mixed>  $row
	 * @param array<string, string> $filter
	 */
	private static function fits( array $row, array $filter ): bool {
		foreach ( array( 'user_id', 'model', 'status' ) as $name ) {
			if ( isset( $filter[ $name ] ) && ! in_array( (string) $row[ $name ], explode( ',', $filter[ $name ] ), true ) ) {
				return false;
			}
		}
		return $row['day'] >= ( $filter['from'] ?? '' ) && $row['day'] <= ( $filter['to'] ?? '9' );
	}

	private static function cursor( string $day, int $id = 5 ): string {
		return UsageQuery::of( array() )->cursor( array( 'day' => $day, 'id' => (string) $id ) );
	}

	private static function store(): UsageListStore {
		global $wpdb;
		return new UsageListStore( $wpdb, new UsageTable( $wpdb ) );
	}

	/** @return list<array<string, mixed>> the rows that were made. */
	private function fill( int $count, callable $columns ): array {
		$rows = array();
		foreach ( range( 1, $count ) as $number ) {
			$rows[] = $columns( $number ) + array(
				'id'          => $number,
				'job_id'      => $number,
				'job_uuid'    => '',
				'attempt'     => 1,
				'user_id'     => 7,
				'task'        => 'product_description',
				'provider'    => 'local',
				'model'       => 'small',
				'cost_micros' => 1,
				'status'      => 'succeeded',
				'request_id'  => '',
				'created_at'  => '2026-02-01 00:00:00',
				'day'         => '2026-02-01',
			);
		}
		$this->insert( 'draftkeeper_usage_log', $rows );
		return $rows;
	}
}
