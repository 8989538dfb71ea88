<?php

namespace Draftkeeper\Tests\Integration\Jobs;

use Draftkeeper\Jobs\JobListStore;
use Draftkeeper\Jobs\JobQuery;
use Draftkeeper\Jobs\JobTable;
use Draftkeeper\Tests\Support\JobsTestCase;
use PHPUnit\Framework\Attributes\DataProvider;

/** Left alone, MariaDB takes a wide index, or sorts: every page must name the one that holds its rows in order. */
final class JobListStoreTest extends JobsTestCase {
	#[DataProvider( 'filters' )]
	public function test_the_page_of_every_filter_walks_its_own_index_in_order( JobQuery $query, string $index ): void {
		$this->act_as( 'administrator' );
		array_map( fn() => $this->created(), range( 1, 3 ) );
		$queries = $this->queries( static fn( JobListStore $store ) => $store->page( $query, 26 ) );
		$queries = array_filter( $queries, static fn( string $sql ) => ! str_contains( $sql, 'WHERE id IN (' ) );
		$page    = array_pop( $queries );
		self::assertStringContainsString( "FORCE INDEX (`$index`)", $page );
		foreach ( $queries as $count ) {
			self::assertStringContainsString( ' LIMIT 501) AS counted_', $count );
		}
		$this->assert_plan( $page, $index, must_read_rows: null !== $query->task );
	}

	/** @return iterable<string, array{JobQuery, string}> */
	public static function filters(): iterable {
		$after = array( 'created_at' => '2029-01-01 00:00:00', 'id' => 7 );
		$cases = array(
			'nothing'       => array( array(), 'created_at' ),
			'status'        => array( array( 'status' => 'running' ), 'status_list' ),
			'user'          => array( array( 'user_id' => 1 ), 'user_id_list' ),
			'model'         => array( array( 'model' => 'small' ), 'model_list' ),
			'task'          => array( array( 'task' => 'product_description' ), 'task_created_at' ),
			'post'          => array( array( 'post_id' => 1 ), 'post_id_list' ),
			'waiting draft' => array( array( 'review' => 'waiting' ), 'status_review_list' ),
			'review'        => array( array( 'review' => 'accepted' ), 'status_review_list' ),
		);
		foreach ( $cases as $name => list( $fields, $index ) ) {
			yield $name => array( new JobQuery( ...$fields ), $index );
			yield "$name, a deep page" => array( new JobQuery( ...$fields, after: $after ), $index );
			yield "$name, some days" => array( new JobQuery( ...$fields, from: '2026-01-01 00:00:00', until: '2029-02-01 00:00:00' ), $index );
		}
		yield 'a narrow filter beside a wide one' => array( new JobQuery( status: 'pending', task: 'product_description' ), 'status_list' );
		yield 'an even narrower one' => array( new JobQuery( status: 'running', user_id: 999999, task: 'product_description' ), 'user_id_list' );
		yield 'filters that one index holds' => array( new JobQuery( status: 'running', user_id: 999999, model: 'small' ), 'user_id_list' );
		yield 'those of one post' => array( new JobQuery( status: 'running', user_id: 999999, post_id: 5 ), 'post_id_list' );
		yield 'drafts of a model' => array( new JobQuery( review: 'accepted', model: 'small' ), 'status_review_list' );
		yield 'equally wide ones' => array( new JobQuery( status: 'running', task: 'product_description' ), 'status_list' );
	}

	public function test_a_search_asks_one_index_for_each_thing_it_may_mean(): void {
		$uuid    = wp_generate_uuid4();
		$queries = $this->queries( static fn( JobListStore $store ) => $store->found( new JobQuery(), $uuid, array( 1, 2 ), 26 ) );
		self::assertCount( 4, $queries );
		foreach ( array( 'client_ref_created_at', 'uuid', 'request_id', 'post_id_list' ) as $position => $index ) {
			self::assertStringContainsString( "FORCE INDEX (`$index`)", $queries[ $position ] );
			$this->assert_plan( $queries[ $position ], $index, may_sort: in_array( $index, array( 'request_id', 'post_id_list' ), true ) );
		}
	}

	/** @return list<string> the SQL of the work. */
	private function queries( callable $work ): array {
		global $wpdb;
		$queries = array();
		add_filter( 'query', $listen = static function ( string $sql ) use ( &$queries ): string {
			$queries[] = $sql;
			return $sql;
		}, 1 );
		$work( new JobListStore( $wpdb, new JobTable( $wpdb ) ) );
		remove_filter( 'query', $listen, 1 );
		return $queries;
	}

	private function assert_plan( string $sql, string $index, bool $may_sort = false, bool $must_read_rows = true ): void {
		global $wpdb;
		// SQLite has taken the statement, and has no such plan to ask for.
		if ( defined( 'DB_ENGINE' ) && 'sqlite' === DB_ENGINE ) {
			return;
		}
		$plan = $wpdb->get_row( "EXPLAIN $sql", ARRAY_A );
		// A unique key that names no row is answered before any table is read.
		if ( 'uuid' === $index && null === $plan['key'] ) {
			self::assertStringContainsString( 'const table', $plan['Extra'] );
			return;
		}
		self::assertSame( $index, $plan['key'], $sql );
		self::assertTrue( $may_sort || ! str_contains( (string) $plan['Extra'], 'filesort' ), "{$plan['Extra']}\n$sql" );
		self::assertTrue( $must_read_rows || str_contains( (string) $plan['Extra'], 'Using index' ), "{$plan['Extra']}\n$sql" );
	}
}
