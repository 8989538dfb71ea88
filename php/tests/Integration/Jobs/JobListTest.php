<?php

namespace Draftkeeper\Tests\Integration\Jobs;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Tests\Support\JobsTestCase;
use PHPUnit\Framework\Attributes\DataProvider;
use stdClass;

final class JobListTest extends JobsTestCase {
	private const ROUTE = '/draftkeeper/v1/jobs';

	public function test_a_filtered_list_names_each_post_as_far_as_the_reader_may_know_it(): void {
		$this->act_as( 'author' );
		$post = $this->post( array( 'post_title' => 'Oak & ash', 'post_status' => 'private' ) );
		$this->created( array( 'post_id' => $post ) );
		$item = self::body( $this->dispatch( 'GET', self::ROUTE . '?status=running' ) )->items[0];
		self::assertSame( array( $post, 'Oak & ash' ), array( $item->post->id, $item->post->title ) );
		self::assertStringContainsString( "post=$post", $item->post->edit_url );
		$this->created();
		self::assertNull( self::body( $this->dispatch( 'GET', self::ROUTE ) )->items[0]->post );
		self::assertObjectNotHasProperty( 'post', self::body( $this->dispatch( 'GET', self::ROUTE . "?open_for=$post" ) )->items[0] );

		$viewer = $this->act_as( 'subscriber' );
		get_userdata( $viewer )->add_cap( 'draftkeeper_view_usage' );
		wp_set_current_user( 0 );
		wp_set_current_user( $viewer );
		$item = self::body( $this->dispatch( 'GET', self::ROUTE . "?post_id=$post" ) )->items[0];
		self::assertEquals( (object) array( 'id' => $post, 'title' => null, 'edit_url' => null ), $item->post );
	}

	public function test_every_filter_finds_its_jobs_and_no_others(): void {
		$author  = $this->act_as( 'author' );
		$post    = $this->post( array( 'post_title' => 'Oak side table' ) );
		$on_post = $this->created( array( 'post_id' => $post, 'client_ref' => 'order 7' ) );
		$done    = $this->created( array( 'model' => 'large' ) );
		$this->deliver( self::finished( $done ) );
		$failed = $this->created();
		$this->deliver( self::finished( $failed, array( 'status' => 'failed', 'code' => 'provider_busy', 'message' => '' ) ), 'msg_2' );
		$this->act_as( 'administrator' );
		$old      = $this->created();
		$reviewed = $this->created();
		$this->deliver( self::finished( $reviewed ), 'msg_3' );
		$this->dispatch( 'POST', self::ROUTE . "/$reviewed/review", array( 'decision' => 'discarded', 'version' => (int) $this->row( $reviewed )['version'] ) );
		$this->set_row( $old, array( 'created_at' => '2026-02-28 23:30:00' ) );

		$all = array( $reviewed, $failed, $done, $on_post, $old );
		self::assertSame( $all, $this->uuids( '' ) );
		self::assertSame( array( $on_post, $old ), $this->uuids( 'status=running' ) );
		self::assertSame( array( $failed ), $this->uuids( 'status=failed' ) );
		self::assertSame( array( $failed, $done, $on_post ), $this->uuids( "user_id=$author" ) );
		self::assertSame( array( $done ), $this->uuids( 'model=large' ) );
		self::assertSame( $all, $this->uuids( 'task=product_description' ) );
		self::assertSame( array( $on_post ), $this->uuids( "post_id=$post" ) );
		self::assertSame( array( $done ), $this->uuids( 'review=waiting' ) );
		self::assertSame( array( $reviewed ), $this->uuids( 'review=discarded' ) );
		self::assertSame( array(), $this->uuids( 'review=accepted' ) );
		self::assertSame( array( $done ), $this->uuids( "user_id=$author&status=succeeded&review=waiting&model=large" ) );
		self::assertSame( array(), $this->uuids( "user_id=$author&status=pending" ) );
		self::assertSame( array( $old ), $this->uuids( 'to=2026-02-28' ) );
		self::assertSame( array( $reviewed, $failed, $done, $on_post ), $this->uuids( 'from=2026-03-01' ) );

		update_option( 'timezone_string', 'Europe/Berlin' );
		self::assertSame( array(), $this->uuids( 'to=2026-02-28' ), 'the day of the site, not of UTC' );
		self::assertSame( array( $old ), $this->uuids( 'from=2026-03-01&to=2026-03-01' ) );

		self::assertSame( array( $done ), $this->uuids( "search=$done" ) );
		self::assertSame( array( $done ), $this->uuids( 'search=' . strtoupper( $done ) ) );
		self::assertSame( array( $failed ), $this->uuids( 'search=' . $this->row( $failed )['request_id'] ) );
		self::assertSame( array( $on_post ), $this->uuids( 'search=order+7' ) );
		self::assertSame( array( $on_post ), $this->uuids( 'search=side+table' ) );
		self::assertSame( array(), $this->uuids( 'search=side+table&status=failed' ) );
		self::assertSame( array(), $this->uuids( 'search=nothing' ) );
		self::assertSame( array(), $this->uuids( 'search=%25' ) );
	}

	public function test_pages_follow_each_other_without_gaps_while_new_jobs_come_in(): void {
		$this->act_as( 'administrator' );
		$uuids = array_map( fn() => $this->created(), range( 1, 7 ) );
		// Several within one second, and an id that is newer than its time.
		foreach ( array( 0 => '10:00:00', 1 => '10:00:01', 2 => '10:00:01', 3 => '10:00:01', 4 => '10:00:00', 5 => '10:00:02', 6 => '10:00:02' ) as $index => $time ) {
			$this->set_row( $uuids[ $index ], array( 'created_at' => "2026-02-28 $time" ) );
		}
		$expected = array_map( static fn( int $index ) => $uuids[ $index ], array( 6, 5, 3, 2, 1, 4, 0 ) );
		foreach ( $uuids as $uuid ) {
			$this->set_row( $uuid, array( 'client_ref' => 'same' ) );
		}
		foreach ( array( 'per_page=2', 'per_page=2&status=running', 'per_page=2&search=same' ) as $query ) {
			$page  = $this->page( $query );
			$found = array_column( $page->items, 'uuid' );
			$this->created( array( 'client_ref' => 'same' ) );
			while ( null !== $page->next_cursor ) {
				$page  = $this->page( "$query&cursor={$page->next_cursor}" );
				$found = array_merge( $found, array_column( $page->items, 'uuid' ) );
			}
			self::assertSame( $expected, array_values( array_intersect( $found, $uuids ) ), $query );
			self::assertSame( $found, array_unique( $found ) );
		}
	}

	public function test_a_list_has_the_shape_of_the_contract_and_no_texts(): void {
		$this->act_as( 'administrator' );
		$uuid = $this->created();
		$this->deliver( self::finished( $uuid ) );
		$page = $this->page( '' );
		self::assertSame( array( null, null, 160, 'succeeded' ), array( $page->items[0]->request, $page->items[0]->draft, $page->items[0]->cost_micros, $page->items[0]->status ) );
		self::assertSame( 'private, max-age=0', $this->dispatch( 'GET', self::ROUTE )->get_headers()['Cache-Control'] );
	}

	public function test_everybody_lists_what_he_may_see(): void {
		$author  = $this->act_as( 'author' );
		$private = $this->post( array( 'post_status' => 'draft' ) );
		$mine    = $this->created();
		$on_post = $this->created( array( 'post_id' => $private ) );
		$editor  = $this->act_as( 'editor' );
		$own     = $this->created();

		self::assertSame( array( $own, $on_post ), $this->uuids( '' ), 'an editor: his own, and those of posts he may edit' );
		self::assertSame( array( $on_post ), $this->uuids( "post_id=$private" ) );
		self::assertSame( array( $on_post ), $this->uuids( "user_id=$author" ) );
		self::assertSame( array( $on_post ), $this->uuids( "ids=$mine,$on_post," . wp_generate_uuid4() ) );
		self::assertSame( array(), $this->uuids( "search=$mine" ) );

		wp_set_current_user( $author );
		self::assertSame( array( $on_post, $mine ), $this->uuids( '' ) );
		self::assertSame( array(), $this->uuids( "user_id=$editor" ) );
		$this->act_as( 'contributor' );
		self::assertSame( array(), $this->uuids( '' ) );
		self::assertSame( array(), $this->uuids( "post_id=$private" ) );
		self::assertSame( array(), $this->uuids( 'search=A+post' ), 'the title of a post that he may not read finds nothing' );

		$viewer = $this->user( 'subscriber' );
		get_user_by( 'id', $viewer )->add_cap( 'draftkeeper_view_usage' );
		wp_set_current_user( $viewer );
		self::assertSame( array( $own, $on_post, $mine ), $this->uuids( '' ) );
		wp_set_current_user( 0 );
		self::assert_error( 'unauthenticated', 401, $this->dispatch( 'GET', self::ROUTE ) );
	}

	public function test_who_may_see_little_gets_short_pages_that_lead_on(): void {
		$author = $this->act_as( 'author' );
		$first  = $this->created();
		$this->act_as( 'editor' );
		$row    = array_diff_key( $this->row( $this->created() ), array( 'id' => 0, 'idempotency_hash' => 0 ) );
		$this->insert( 'draftkeeper_jobs', array_map( static fn() => array( 'uuid' => wp_generate_uuid4() ) + $row, range( 1, 1100 ) ) );

		wp_set_current_user( $author );
		$pages  = 0;
		$found  = array();
		$cursor = '';
		do {
			$page   = $this->page( $cursor );
			$found  = array_merge( $found, array_column( $page->items, 'uuid' ) );
			$cursor = "cursor={$page->next_cursor}";
			++$pages;
		} while ( null !== $page->next_cursor );
		self::assertSame( array( array( $first ), 3 ), array( $found, $pages ) );
		self::assertLessThan( 12, self::queries_of( fn() => $this->page( '' ) ) );
		self::assertSame( array( $first ), $this->uuids( "user_id=$author" ) );
	}

	public function test_ids_bring_the_jobs_with_their_texts(): void {
		$this->act_as( 'author' );
		$uuids = array( $this->created(), $this->created() );
		$this->deliver( self::finished( $uuids[0] ) );
		$page = $this->page( 'ids=' . implode( ',', $uuids ) );
		self::assertSame( array_reverse( $uuids ), array_column( $page->items, 'uuid' ) );
		self::assertStringContainsString( 'oak table', $page->items[1]->draft->html );
		self::assertNotNull( $page->items[0]->request );
		self::assertSame( $this->uuids( "ids=$uuids[0],$uuids[0]" ), array( $uuids[0] ) );
	}

	#[DataProvider( 'bad_queries' )]
	public function test_what_is_not_understood_is_refused_by_name( string $query, string $path ): void {
		$this->act_as( 'administrator' );
		$response = $this->dispatch( 'GET', self::ROUTE . "?$query" );
		self::assert_error( 'invalid_query', 400, $response );
		self::assertSame( $path, $response->get_data()['data']['violations'][0]['path'] );
	}

	/** @return iterable<array{string, string}> */
	public static function bad_queries(): iterable {
		yield array( 'status=done', 'status' );
		yield array( 'status=failed,canceled', 'status' );
		yield array( 'status[]=failed', 'status' );
		yield array( 'user_id=me', 'user_id' );
		yield array( 'user_id=0', 'user_id' );
		yield array( 'model=a+b', 'model' );
		yield array( 'model=' . str_repeat( 'm', 101 ), 'model' );
		yield array( 'task=novel', 'task' );
		yield array( 'post_id=-1', 'post_id' );
		yield array( 'post_id=1e3', 'post_id' );
		yield array( 'review=open', 'review' );
		yield array( 'from=2026-02-30', 'from' );
		yield array( 'from=yesterday', 'from' );
		yield array( 'to=2026-2-1', 'to' );
		yield array( 'from=2026-03-02&to=2026-03-01', 'to' );
		yield array( 'search=' . str_repeat( 'x', 101 ), 'search' );
		yield array( 'search=%00', 'search' );
		yield array( 'search=%FF', 'search' );
		yield array( 'search=+', 'search' );
		yield array( 'cursor=1', 'cursor' );
		yield array( 'cursor=' . base64_encode( '2026-02-28 10:00:00|0' ), 'cursor' );
		yield array( 'cursor=' . base64_encode( '2026-02-28 10:00:99|1' ), 'cursor' );
		yield array( 'cursor=' . base64_encode( "2026-02-28 10:00:00|1\n" ), 'cursor' );
		yield array( 'per_page=0', 'per_page' );
		yield array( 'per_page=101', 'per_page' );
		yield array( 'per_page=1.5', 'per_page' );
		yield array( 'page=2', 'page' );
		yield array( 'orderby=id', 'orderby' );
		yield array( 'ids=', 'ids' );
		yield array( 'ids=1,2', 'ids' );
		yield array( 'ids[]=018f6b0a-7c1e-4b8e-9d55-0c4f3f1e2a77', 'ids' );
		yield array( 'ids=' . implode( ',', array_map( static fn( int $number ) => sprintf( '018f6b0a-7c1e-4b8e-9d55-%012d', $number ), range( 1, 51 ) ) ), 'ids' );
		yield array( 'ids=018f6b0a-7c1e-4b8e-9d55-0c4f3f1e2a77&status=failed', 'ids' );
		yield array( 'open_for=1&ids=018f6b0a-7c1e-4b8e-9d55-0c4f3f1e2a77', 'open_for' );
	}

	public function test_options_tells_every_parameter_that_the_route_takes(): void {
		$this->act_as( 'administrator' );
		$routes = $this->dispatch( 'OPTIONS', self::ROUTE )->get_data();
		$list   = array_values( array_filter( $routes['endpoints'], static fn( array $endpoint ) => array( 'GET' ) === $endpoint['methods'] ) )[0];
		$values = array(
			'open_for' => '1',
			'ids'      => '018f6b0a-7c1e-4b8e-9d55-0c4f3f1e2a77',
			'status'   => 'failed',
			'user_id'  => '1',
			'model'    => 'small',
			'task'     => 'product_description',
			'post_id'  => '1',
			'review'   => 'waiting',
			'from'     => '2026-02-28',
			'to'       => '2026-02-28',
			'search'   => 'oak',
			'cursor'   => base64_encode( '2026-02-28 10:00:00|7' ),
			'per_page' => '5',
		);
		self::assertSame( array_keys( $values ), array_keys( $list['args'] ) );
		foreach ( $values as $name => $value ) {
			self::assertSame( 200, $this->dispatch( 'GET', self::ROUTE . "?$name=" . rawurlencode( $value ) )->get_status(), $name );
			self::assertNotSame( '', $list['args'][ $name ]['description'] );
			foreach ( $list['args'][ $name ]['enum'] ?? array() as $allowed ) {
				self::assertSame( 200, $this->dispatch( 'GET', self::ROUTE . "?$name=$allowed" )->get_status(), "$name=$allowed" );
			}
		}
	}

	/** @return list<string> */
	private function uuids( string $query ): array {
		return array_column( $this->page( $query )->items, 'uuid' );
	}

	private function page( string $query ): stdClass {
		$response = $this->dispatch( 'GET', self::ROUTE . "?$query" );
		self::assertSame( 200, $response->get_status(), (string) wp_json_encode( $response->get_data() ) );
		$page = self::body( $response );
		self::assertSame( array(), Contract::check( 'job_list', $page ) );
		return $page;
	}
}
