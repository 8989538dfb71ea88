<?php

namespace Draftkeeper\Tests\Integration\Usage;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Tests\Support\Books;
use Draftkeeper\Tests\Support\IntegrationTestCase;
use Draftkeeper\Usage\UsageListStore;
use Draftkeeper\Usage\UsageQuery;
use PHPUnit\Framework\Attributes\TestWith;

final class UsageRoutesTest extends IntegrationTestCase {
	public function test_lists_the_newest_first_with_totals_over_the_whole_filter(): void {
		$viewer = $this->act_as( 'administrator' );
		$author = $this->user( 'author', array( 'display_name' => 'Ada Author' ) );
		$post   = $this->post( array( 'post_title' => 'Oak &amp; ash', 'post_author' => $author ) );
		$this->book( $author, $post, '2026-02-01 10:00:00', Books::attempt( 1, array( 'status' => 'failed', 'error_code' => 'provider_timeout', 'cost_micros' => null, 'tokens_out' => null ) ), Books::attempt( 2 ) );
		$this->book( $viewer, null, '2026-02-02 10:00:00', Books::attempt( 1, array( 'cost_micros' => 5000000000 ) ) );
		$this->book( $viewer, null, '2026-02-03 10:00:00', Books::attempt( 1, array( 'status' => 'canceled' ) ) );

		$response = $this->dispatch( 'GET', '/draftkeeper/v1/usage?per_page=2' );
		$body     = self::body( $response );

		self::assertSame( 200, $response->get_status() );
		self::assertSame( array(), Contract::check( 'usage_list', $body ) );
		self::assertSame( array( '2026-02-03', '2026-02-02' ), array_column( $body->items, 'day' ) );
		self::assertEquals( array( 'sortable' => true, 'attempts' => 4, 'succeeded' => 2, 'failed' => 1, 'canceled' => 1, 'tokens_in' => 1200, 'tokens_out' => 450, 'cost_micros' => 5000002500 ), (array) $body->totals );
		self::assertTrue( $body->totals->sortable );

		$further = self::body( $this->dispatch( 'GET', "/draftkeeper/v1/usage?per_page=2&cursor=$body->next_cursor" ) );
		self::assertSame( array(), Contract::check( 'usage_list', $further ) );
		self::assertSame( array( null, null ), array( $further->next_cursor, $further->totals ) );
		$last = $further->items;
		self::assertSame( 'Ada Author', $last[1]->user->name );
		self::assertSame( 'Oak & ash', $last[1]->post->title );
		self::assertStringContainsString( "post=$post&action=edit", $last[1]->post->edit_url );
		self::assertSame( 'provider_timeout', $last[1]->error_code );
	}

	public function test_filters_by_user_outcome_and_day(): void {
		$this->act_as( 'administrator' );
		$one   = $this->user( 'author' );
		$other = $this->user( 'editor' );
		$this->book( $one, null, '2026-02-01 10:00:00', Books::attempt() );
		$this->book( $other, null, '2026-02-02 10:00:00', Books::attempt( 1, array( 'status' => 'failed', 'error_code' => 'empty_result' ) ) );
		$this->book( $other, null, '2026-02-03 10:00:00', Books::attempt() );

		$count = fn( string $query ): int => self::body( $this->dispatch( 'GET', "/draftkeeper/v1/usage?$query" ) )->totals->attempts;
		self::assertSame( 2, $count( "user_id=$other" ) );
		self::assertSame( 3, $count( "user_id=$one,$other" ) );
		self::assertSame( 1, $count( 'status=failed' ) );
		self::assertSame( array( 3, 0 ), array( $count( 'model=sample-writer' ), $count( 'model=other' ) ) );
		self::assertSame( 3, $count( 'status=failed,succeeded' ) );
		self::assertSame( 2, $count( 'from=2026-02-02' ) );
		self::assertSame( 1, $count( 'from=2026-02-02&to=2026-02-02' ) );
		self::assertSame( 0, $count( "user_id=$one&status=failed" ) );
		self::assertSame( 3, $count( '_locale=user' ) );
	}

	#[TestWith( array( 'cost_micros', 'asc', array( 1, 2, 3 ) ) )]
	#[TestWith( array( 'cost_micros', 'desc', array( 3, 2, 1 ) ) )]
	#[TestWith( array( 'provider_ms', 'asc', array( 3, 2, 1 ) ) )]
	#[TestWith( array( 'created_at', 'asc', array( 1, 2, 3 ) ) )]
	public function test_orders_by_what_is_asked( string $orderby, string $order, array $expected ): void {
		$this->act_as( 'administrator' );
		foreach ( array( 1, 2, 3 ) as $number ) {
			$this->book( 1, null, "2026-02-0$number 10:00:00", Books::attempt( 1, array( 'cost_micros' => $number, 'provider_ms' => 10 - $number ) ) );
		}
		$items = self::body( $this->dispatch( 'GET', "/draftkeeper/v1/usage?orderby=$orderby&order=$order" ) )->items;
		self::assertSame( array_map( fn( int $number ) => "2026-02-0$number", $expected ), array_column( $items, 'day' ) );
	}

	public function test_another_order_than_that_of_time_is_for_what_can_be_read_at_once(): void {
		$this->act_as( 'administrator' );
		$this->book( 1, null, '2026-02-01 10:00:00', Books::attempt() );
		$many = array( 'day' => '2026-02-02', 'user_id' => 2, 'status' => 'failed', 'cached' => 0, 'task' => 'product_description', 'provider' => 'sample', 'model' => 'other', 'attempts' => UsageListStore::MAX_SORTED, 'tokens_in' => 0, 'tokens_out' => 0, 'cost_micros' => 0 );
		$this->insert( 'draftkeeper_usage_daily', array( $many ) );

		self::assertFalse( self::body( $this->dispatch( 'GET', '/draftkeeper/v1/usage' ) )->totals->sortable );
		$refused = $this->dispatch( 'GET', '/draftkeeper/v1/usage?orderby=cost_micros' );
		self::assertSame( array( 400, 'too_many_to_sort' ), array( $refused->get_status(), $refused->get_data()['code'] ) );
		self::assertStringContainsString( '10,000', $refused->get_data()['message'] );
		self::assertSame( 200, $this->dispatch( 'GET', '/draftkeeper/v1/usage?orderby=cost_micros&user_id=1' )->get_status() );
		self::assertSame( 200, $this->dispatch( 'GET', '/draftkeeper/v1/usage?orderby=cost_micros&model=other' )->get_status(), 'as many as can be read' );
	}

	public function test_a_page_by_cost_leads_on_to_the_next_and_calls_of_unknown_cost_come_last(): void {
		$this->act_as( 'administrator' );
		foreach ( array( 5, null, 900, 0, 5 ) as $index => $micros ) {
			$this->book( 1, null, '2026-02-0' . ( $index + 1 ) . ' 10:00:00', Books::attempt( 1, array( 'cost_micros' => $micros ) ) );
		}
		$costs = array();
		$next  = '';
		do {
			$page  = self::body( $this->dispatch( 'GET', "/draftkeeper/v1/usage?orderby=cost_micros&per_page=2$next" ) );
			$costs = array_merge( $costs, array_column( $page->items, 'cost_micros' ) );
			$next  = "&cursor=$page->next_cursor";
		} while ( null !== $page->next_cursor );
		self::assertSame( array( 900, 5, 5, 0, null ), $costs );
	}

	public function test_an_empty_book_has_totals_of_nothing(): void {
		$this->act_as( 'administrator' );
		$body = self::body( $this->dispatch( 'GET', '/draftkeeper/v1/usage' ) );
		self::assertSame( array(), Contract::check( 'usage_list', $body ) );
		self::assertSame( array( 0, 0, null ), array( $body->totals->cost_micros, $body->totals->attempts, $body->next_cursor ) );
	}

	#[TestWith( array( 'page=1', 'page' ) )]
	#[TestWith( array( 'cursor=1', 'cursor' ) )]
	#[TestWith( array( 'cursor=Y3JlYXRlZF9hdHwyMDI2LTAyLTMwfDE', 'cursor' ) )]
	#[TestWith( array( 'cursor=Y3JlYXRlZF9hdHwyMDI2LTAyLTI4fDE&orderby=cost_micros', 'cursor' ) )]
	#[TestWith( array( 'model=%00', 'model' ) )]
	#[TestWith( array( 'per_page=101', 'per_page' ) )]
	#[TestWith( array( 'user_id=one', 'user_id' ) )]
	#[TestWith( array( 'user_id[]=1', 'user_id' ) )]
	#[TestWith( array( 'user_id=1,', 'user_id' ) )]
	#[TestWith( array( 'status=done', 'status' ) )]
	#[TestWith( array( 'status=', null ) )]
	#[TestWith( array( 'from=2026-02-30', 'from' ) )]
	#[TestWith( array( 'from=2026-03-02&to=2026-03-01', 'to' ) )]
	#[TestWith( array( 'to=yesterday', 'to' ) )]
	#[TestWith( array( 'orderby=id;DROP', 'orderby' ) )]
	#[TestWith( array( 'order=DESC', 'order' ) )]
	#[TestWith( array( 'post=1', 'post' ) )]
	public function test_names_the_parameter_that_is_wrong( string $query, ?string $path ): void {
		$this->act_as( 'administrator' );
		$response = $this->dispatch( 'GET', "/draftkeeper/v1/usage?$query" );
		$export   = $this->dispatch( 'GET', "/draftkeeper/v1/usage/export?$query" );
		self::assertSame( null === $path ? 200 : 400, $response->get_status() );
		self::assertSame( $response->get_status(), $export->get_status() );
		if ( null !== $path ) {
			self::assertSame( 'invalid_query', $response->get_data()['code'] );
			self::assertSame( array( $path ), array_column( $response->get_data()['data']['violations'], 'path' ) );
		}
	}

	#[TestWith( array( '/draftkeeper/v1/usage' ) )]
	#[TestWith( array( '/draftkeeper/v1/usage/choices' ) )]
	#[TestWith( array( '/draftkeeper/v1/usage/export' ) )]
	public function test_only_who_may_view_usage_gets_it( string $route ): void {
		$anonymous = $this->dispatch( 'GET', $route );
		self::assertSame( array( 401, 'unauthenticated' ), array( $anonymous->get_status(), $anonymous->get_data()['code'] ) );

		$user   = $this->act_as( 'editor' );
		$editor = $this->dispatch( 'GET', $route );
		self::assertSame( array( 403, 'forbidden' ), array( $editor->get_status(), $editor->get_data()['code'] ) );

		get_userdata( $user )->add_cap( 'draftkeeper_view_usage' );
		wp_set_current_user( 0 );
		wp_set_current_user( $user );
		self::assertSame( 200, $this->dispatch( 'GET', $route )->get_status() );
	}

	public function test_options_tells_every_parameter_that_the_routes_take(): void {
		$this->act_as( 'administrator' );
		$filters = array( 'user_id' => '1,2', 'status' => 'failed,canceled', 'model' => 'small', 'from' => '2026-02-28', 'to' => '2026-02-28' );
		$list    = array( 'cursor' => UsageQuery::of( array() )->cursor( array( 'day' => '2026-02-28', 'id' => '1' ) ), 'per_page' => '5', 'orderby' => 'cost_micros', 'order' => 'asc' );
		foreach ( array( '/draftkeeper/v1/usage' => $filters + $list, '/draftkeeper/v1/usage/export' => $filters ) as $route => $values ) {
			$told = $this->dispatch( 'OPTIONS', $route )->get_data()['endpoints'][0]['args'];
			self::assertSame( array_keys( $values ), array_keys( $told ) );
			foreach ( $values as $name => $value ) {
				self::assertSame( 200, $this->dispatch( 'GET', "$route?$name=" . rawurlencode( $value ) )->get_status(), $name );
				self::assertNotSame( '', $told[ $name ]['description'] );
				foreach ( $told[ $name ]['enum'] ?? array() as $allowed ) {
					self::assertSame( 200, $this->dispatch( 'GET', "$route?$name=$allowed" )->get_status(), "$name=$allowed" );
				}
			}
		}
	}

	public function test_a_link_without_its_nonce_is_anonymous(): void {
		$this->act_as( 'administrator' );
		self::assertSame( 401, $this->dispatch_from_browser( 'GET', '/draftkeeper/v1/usage/export' )->get_status() );
	}

	public function test_a_viewer_sees_the_id_but_not_the_title_of_a_post_he_may_not_read(): void {
		$author = $this->user( 'author' );
		$post   = $this->post( array( 'post_title' => 'Secret', 'post_status' => 'private', 'post_author' => $author ) );
		$this->book( $author, $post, '2026-02-01 10:00:00', Books::attempt() );
		$this->book( $author, 987654, '2026-02-01 10:00:00', Books::attempt() );
		$viewer = $this->act_as( 'subscriber' );
		get_userdata( $viewer )->add_cap( 'draftkeeper_view_usage' );
		wp_set_current_user( 0 );
		wp_set_current_user( $viewer );

		$items = self::body( $this->dispatch( 'GET', '/draftkeeper/v1/usage?order=asc' ) )->items;
		self::assertEquals( (object) array( 'id' => $post, 'title' => null, 'edit_url' => null ), $items[0]->post );
		self::assertEquals( (object) array( 'id' => 987654, 'title' => null, 'edit_url' => null ), $items[1]->post );
	}

	public function test_a_page_costs_the_same_number_of_queries_however_many_rows_it_has(): void {
		$this->act_as( 'administrator' );
		for ( $number = 0; $number < 20; $number++ ) {
			$user = $this->user( 'author' );
			$this->book( $user, $this->post( array( 'post_author' => $user ) ), '2026-02-01 10:00:00', Books::attempt() );
		}
		$queries = function ( int $per_page ): int {
			wp_cache_flush();
			get_userdata( get_current_user_id() );
			wp_load_alloptions();
			$before = $GLOBALS['wpdb']->num_queries;
			self::assertSame( 200, $this->dispatch( 'GET', "/draftkeeper/v1/usage?per_page=$per_page" )->get_status() );
			return $GLOBALS['wpdb']->num_queries - $before;
		};
		$queries( 1 );
		self::assertSame( $queries( 2 ), $queries( 20 ) );
	}

	public function test_the_filters_can_be_set_to_everyone_in_the_books_even_who_is_gone_and_to_every_model(): void {
		$this->act_as( 'administrator' );
		$zoe = $this->user( 'author', array( 'display_name' => 'Zoe' ) );
		$ada = $this->user( 'author', array( 'display_name' => 'ada' ) );
		$this->user( 'author', array( 'display_name' => 'Never asked' ) );
		foreach ( array( $zoe, $zoe, $ada, 987654 ) as $user ) {
			$this->book( $user, null, '2026-02-01 10:00:00', Books::attempt() );
		}
		$body = self::body( $this->dispatch( 'GET', '/draftkeeper/v1/usage/choices' ) );
		self::assertSame( array(), Contract::check( 'usage_choices', $body ) );
		self::assertSame( array( 'ada', 'Deleted user 987654', 'Zoe' ), array_column( $body->users, 'name' ) );
		self::assertSame( array( 'sample-writer' ), $body->models );
	}

	public function test_the_export_is_a_download_that_nobody_stores(): void {
		$this->act_as( 'administrator' );
		$headers = $this->dispatch( 'GET', '/draftkeeper/v1/usage/export?from=2026-02-01&to=2026-02-28' )->get_headers();
		self::assertSame( 'text/csv; charset=utf-8', $headers['Content-Type'] );
		self::assertSame( 'attachment; filename="draftkeeper-usage-example.test-2026-02-01-to-2026-02-28.csv"', $headers['Content-Disposition'] );
		self::assertStringContainsString( 'no-store', $headers['Cache-Control'] );
	}

	private function book( int $user_id, ?int $post_id, string $utc, array ...$attempts ): void {
		Books::at( $utc )->record( Books::job( $user_id, $post_id ), array_values( $attempts ) );
	}
}
