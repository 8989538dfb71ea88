<?php

namespace Draftkeeper\Tests\Integration\Jobs;

use Draftkeeper\Jobs\Job;
use Draftkeeper\Jobs\JobListStore;
use Draftkeeper\Jobs\JobQuery;
use Draftkeeper\Jobs\JobTable;
use Draftkeeper\Tests\Support\JobsTestCase;
use Draftkeeper\Tests\Support\PagePlans;
use PHPUnit\Framework\Attributes\DataProvider;

/** Left alone, MariaDB takes a wide index, or sorts: every page must name the one that holds its rows in order. */
final class JobListStoreTest extends JobsTestCase {
	use PagePlans;

	#[DataProvider( 'filters' )]
	public function test_the_page_of_every_filter_walks_its_own_index_in_order( JobQuery $query, string $index, int $stretches ): void {
		$this->act_as( 'administrator' );
		array_map( fn() => $this->created(), range( 1, 3 ) );
		$queries = $this->queries( static fn() => self::store()->page( $query, 26 ) );
		self::assertSame( $stretches, substr_count( $queries[0], "FORCE INDEX (`$index`)" ), $queries[0] );
		self::assertLessThanOrEqual( 2, count( $queries ), 'ids, then their rows' );
		$this->assert_plan( $queries[0], $index );
	}

	/** @return iterable<string, array{JobQuery, string, int}> */
	public static function filters(): iterable {
		$cases = array(
			'nothing'                => array( array(), 'created_at', 1 ),
			'status'                 => array( array( 'status' => 'running' ), 'status_review_page', 1 ),
			'what has succeeded'     => array( array( 'status' => 'succeeded' ), 'status_review_page', 4 ),
			'user'                   => array( array( 'user_id' => 1 ), 'user_id_page', 8 ),
			'model'                  => array( array( 'model' => 'small' ), 'model_page', 8 ),
			'task'                   => array( array( 'task' => 'product_description' ), 'created_at', 1 ),
			'post'                   => array( array( 'post_id' => 1 ), 'post_id_list', 1 ),
			'post, and much else'    => array( array( 'post_id' => 1, 'user_id' => 1, 'status' => 'succeeded', 'model' => 'small' ), 'post_id_list', 1 ),
			'waiting draft'          => array( array( 'review' => 'waiting' ), 'status_review_page', 1 ),
			'review'                 => array( array( 'review' => 'accepted' ), 'status_review_page', 1 ),
			'review and its status'  => array( array( 'review' => 'accepted', 'status' => 'succeeded' ), 'status_review_page', 1 ),
			'user, model'            => array( array( 'user_id' => 1, 'model' => 'small' ), 'user_id_model_page', 8 ),
			'user, status'           => array( array( 'user_id' => 1, 'status' => 'failed' ), 'user_id_page', 1 ),
			'user, review'           => array( array( 'user_id' => 1, 'review' => 'edited' ), 'user_id_page', 1 ),
			'model, status'          => array( array( 'model' => 'small', 'status' => 'succeeded' ), 'model_page', 4 ),
			'model, review'          => array( array( 'model' => 'small', 'review' => 'discarded' ), 'model_page', 1 ),
			'user, model and status' => array( array( 'user_id' => 1, 'model' => 'small', 'status' => 'canceled' ), 'user_id_model_page', 1 ),
			'user, model and review' => array( array( 'user_id' => 1, 'model' => 'small', 'review' => 'waiting' ), 'user_id_model_page', 1 ),
			'user, task'             => array( array( 'user_id' => 1, 'task' => 'product_description' ), 'user_id_page', 8 ),
		);
		foreach ( $cases as $name => list( $fields, $index, $stretches ) ) {
			yield $name => array( new JobQuery( ...$fields ), $index, $stretches );
			yield "$name, a deep page" => array( new JobQuery( ...$fields, after: array( 'created_at' => '2029-01-01 00:00:00', 'id' => 7 ) ), $index, $stretches );
			yield "$name, some days" => array( new JobQuery( ...$fields, from: '2026-01-01 00:00:00', until: '2029-02-01 00:00:00' ), $index, $stretches );
		}
	}

	public function test_the_only_task_narrows_nothing_down(): void {
		self::assertCount( 1, JobQuery::tasks(), 'A second task must join the keys of pages: docs/decisions/2026-11-25-lists-read-only-their-page.md.' );
	}

	public function test_what_cannot_be_is_not_looked_for(): void {
		self::assertSame( array(), self::store()->page( new JobQuery( status: 'failed', review: 'accepted' ), 26 ) );
	}

	public function test_filters_that_fit_much_each_and_little_together_read_no_more_than_their_page(): void {
		$this->fill( 4000, static fn( int $number ) => array(
			'user_id' => 0 === $number % 2 ? 7 : 8,
			'model'   => 0 === intdiv( $number, 2 ) % 2 && $number > 8 ? 'large' : 'small',
			'status'  => 'succeeded',
			// Of the small model's, a handful long ago.
			'review'  => 0 === intdiv( $number, 2 ) % 2 && $number > 8 ? 'discarded' : ( $number < 8 ? 'discarded' : 'accepted' ),
		) );
		foreach ( array( array( 'model' => 'small', 'review' => 'discarded' ), array( 'user_id' => 7, 'model' => 'small', 'review' => 'discarded' ), array( 'user_id' => 7, 'model' => 'large' ), array( 'user_id' => 8 ) ) as $fields ) {
			$entries = $this->entries_read( function () use ( $fields, &$jobs ): void {
				$jobs = self::store()->page( new JobQuery( ...$fields ), 26 );
			} );
			self::assertGreaterThan( 0, count( $jobs ) );
			// Eight stretches of 26, put together and sorted, then 26 rows.
			self::assertLessThan( 800, $entries ?? 0, (string) wp_json_encode( $fields ) );
		}
	}

	public function test_pages_are_what_reading_everything_would_give(): void {
		mt_srand( 5 );
		$rows  = $this->fill( 300, static fn() => array(
			'user_id'    => mt_rand( 7, 9 ),
			'model'      => array( null, 'small', 'large' )[ mt_rand( 0, 2 ) ],
			'status'     => $status = array( 'succeeded', 'succeeded', 'failed', 'canceled', 'running', 'pending' )[ mt_rand( 0, 5 ) ],
			'review'     => 'succeeded' === $status ? array( null, 'accepted', 'edited', 'discarded' )[ mt_rand( 0, 3 ) ] : null,
			'created_at' => '2026-02-0' . mt_rand( 1, 3 ) . ' 10:00:0' . mt_rand( 0, 3 ),
		) );
		$fits  = static fn( array $row, string $name, string|int $value ): bool => 'review' === $name
			? 'succeeded' === $row['status'] && ( $row['review'] ?? 'waiting' ) === $value
			: $row[ $name ] === $value;
		$sets  = array( array(), array( 'user_id' => 8 ), array( 'model' => 'small' ), array( 'user_id' => 7, 'model' => 'large' ) );
		$state = array( array(), array( 'status' => 'succeeded' ), array( 'status' => 'failed' ), array( 'review' => 'waiting' ), array( 'review' => 'edited' ) );
		foreach ( $sets as $set ) {
			foreach ( $state as $narrowed ) {
				$fields   = $set + $narrowed;
				$expected = array_filter( $rows, static fn( array $row ) => array() === array_filter( array_keys( $fields ), static fn( string $name ) => ! $fits( $row, $name, $fields[ $name ] ) ) );
				usort( $expected, static fn( array $one, array $other ) => array( $other['created_at'], $other['id'] ) <=> array( $one['created_at'], $one['id'] ) );
				$found = array();
				$after = null;
				do {
					$page  = self::store()->page( new JobQuery( ...$fields, after: $after ), 11 );
					$found = array_merge( $found, array_map( static fn( Job $job ) => $job->id, $page ) );
					$last  = $page[ count( $page ) - 1 ] ?? null;
					$after = null === $last ? null : array( 'created_at' => $last->created_at, 'id' => $last->id );
				} while ( null !== $after );
				self::assertSame( array_column( $expected, 'id' ), $found, (string) wp_json_encode( $fields ) );
			}
		}
	}

	public function test_a_search_asks_one_index_for_each_thing_it_may_mean(): void {
		$uuid    = wp_generate_uuid4();
		$queries = $this->queries( static fn() => self::store()->found( new JobQuery(), $uuid, array( 1, 2 ), 26 ) );
		self::assertCount( 4, $queries );
		foreach ( array( 'client_ref_created_at', 'uuid', 'request_id', 'post_id_list' ) as $position => $index ) {
			self::assertStringContainsString( "FORCE INDEX (`$index`)", $queries[ $position ] );
			$this->assert_plan( $queries[ $position ], $index, may_sort: in_array( $index, array( 'request_id', 'post_id_list' ), true ), must_read_rows: true );
		}
	}

	private static function store(): JobListStore {
		global $wpdb;
		return new JobListStore( $wpdb, new JobTable( $wpdb ) );
	}

	/** @return list<array<string, mixed>> the rows that were made. */
	private function fill( int $count, callable $columns ): array {
		$rows = array();
		foreach ( range( 1, $count ) as $number ) {
			$row    = $columns( $number ) + array( 'created_at' => gmdate( 'Y-m-d H:i:s', 1772236800 + $number ) );
			$rows[] = $row + array( 'id' => $number, 'uuid' => wp_generate_uuid4(), 'task' => 'product_description', 'input_hash' => '', 'request_json' => '{}', 'request_id' => '', 'expires_at' => '2030-01-01 00:00:00', 'updated_at' => $row['created_at'] );
		}
		$this->insert( 'draftkeeper_jobs', $rows );
		return $rows;
	}
}
