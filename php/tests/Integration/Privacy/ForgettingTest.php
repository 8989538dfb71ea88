<?php

namespace Draftkeeper\Tests\Integration\Privacy;

use Draftkeeper\Retention\Retention;
use Draftkeeper\Tests\Support\Books;
use Draftkeeper\Tests\Support\JobsTestCase;
use Draftkeeper\Tests\Support\PagePlans;
use Draftkeeper\Usage\UsageQuery;

final class ForgettingTest extends JobsTestCase {
	use PagePlans;

	protected function setUp(): void {
		parent::setUp();
		require_once ABSPATH . 'wp-admin/includes/user.php';
	}

	public function test_who_is_deleted_leaves_drafts_and_books_under_nobody(): void {
		$user = $this->act_as( 'editor' );
		$post = $this->post();
		$uuid = $this->created( array( 'post_id' => $post, 'client_ref' => 'mine' ) );
		$this->deliver( self::finished( $uuid ) );
		$own = $this->created();
		$this->deliver( self::finished( $own ), 'msg_own' );
		wp_delete_user( $user, $this->act_as( 'administrator' ) );

		$job = $this->read( $uuid );
		self::assertNull( $job->user );
		self::assertStringContainsString( 'oak table', $job->draft->html );
		self::assertSame( 'Oak side table', $job->request->input->facts->name );
		// Nobody else could have seen this one.
		self::assertSame( array( '', null ), array( $this->row( $own )['request_json'], $this->row( $own )['result_json'] ) );
		self::assertSame( 2, Books::rollup()->totals( UsageQuery::of( array() ) )['attempts'] );
		self::assertSame( array(), Books::at( '2026-02-28 09:30:00' )->user_ids() );
		$list = $this->dispatch( 'GET', '/draftkeeper/v1/usage' );
		self::assertSame( array( null, null ), array( $list->get_data()['items'][0]['user'], $list->get_data()['items'][0]['role'] ) );
	}

	public function test_a_deletion_that_was_broken_off_is_finished_later_and_nobody_else_is_touched(): void {
		global $wpdb;
		$other = $this->act_as( 'administrator' );
		$kept  = $this->created( array( 'client_ref' => 'mine' ) );
		$gone  = $this->act_as( 'editor' );
		$uuid  = $this->created( array( 'client_ref' => 'theirs' ) );
		$this->deliver( self::finished( $uuid ), 'msg_gone' );
		$this->dispatch( 'POST', "/draftkeeper/v1/jobs/$uuid/review", array( 'decision' => 'discarded', 'version' => $this->read( $uuid )->version ) );
		// The account goes, and the process dies before anybody is told.
		$wpdb->delete( $wpdb->users, array( 'ID' => $gone ) );
		clean_user_cache( $gone );

		do_action( Retention::HOOK );
		$row = $this->row( $uuid );
		self::assertSame( array( '0', '0', null ), array( (string) $row['user_id'], (string) $row['reviewed_by'], $row['client_ref'] ) );
		self::assertSame( array( (string) $other, 'mine' ), array( (string) $this->row( $kept )['user_id'], $this->row( $kept )['client_ref'] ) );
		self::assertSame( array(), Books::rollup()->user_ids() );
		self::assertSame( 1, Books::rollup()->totals( UsageQuery::of( array() ) )['attempts'] );
	}

	public function test_whoever_reviewed_much_is_forgotten_some_at_a_time_and_no_other_row_is_looked_at(): void {
		$reviewer = $this->act_as( 'editor' );
		$other    = $this->act_as( 'administrator' );
		$row      = array_diff_key( $this->row( $this->created() ), array( 'id' => 0, 'idempotency_hash' => 0 ) );
		$reviewed = static fn( int $by ) => array( 'uuid' => wp_generate_uuid4(), 'status' => 'succeeded', 'review' => 'accepted', 'reviewed_by' => $by ) + $row;
		$this->insert( 'draftkeeper_jobs', array( ...array_map( static fn() => $reviewed( $reviewer ), range( 1, 1200 ) ), ...array_map( static fn() => $reviewed( $other ), range( 1, 1200 ) ) ) );

		$changes = array_filter( $this->queries( static fn() => wp_delete_user( $reviewer, $other ) ), static fn( string $sql ) => str_contains( $sql, 'reviewed_by = ' ) );
		foreach ( array_filter( $changes, static fn( string $sql ) => str_starts_with( $sql, 'SELECT' ) ) as $select ) {
			$this->assert_plan( $select, 'reviewed_by' );
		}
		$written = array_filter( $changes, static fn( string $sql ) => str_starts_with( $sql, 'UPDATE' ) );
		self::assertSame( array( 500, 500, 200 ), array_values( array_map( static fn( string $sql ) => substr_count( strstr( $sql, ' IN (' ), ',' ) + 1, $written ) ) );
		$count = static fn( int $by ): string => (string) $GLOBALS['wpdb']->get_var( "SELECT COUNT(*) FROM {$GLOBALS['wpdb']->prefix}draftkeeper_jobs WHERE reviewed_by = $by" );
		self::assertSame( array( '0', '1200', '1200' ), array( $count( $reviewer ), $count( 0 ), $count( $other ) ) );
	}

	public function test_whoever_spent_much_is_taken_out_of_the_books_day_by_day_and_the_sums_stay_those_of_the_log(): void {
		global $wpdb;
		$user  = $this->act_as( 'editor' );
		$other = $this->act_as( 'administrator' );
		foreach ( array( '2026-01-03', '2026-01-04', '2026-02-28' ) as $day ) {
			Books::at( "$day 09:30:00" )->record( Books::job( $user ), array( Books::attempt( 1, array( 'status' => 'failed' ) ), Books::attempt( 2 ) ) );
			Books::at( "$day 09:30:00" )->record( Books::job( $other ), array( Books::attempt() ) );
		}
		$totals  = Books::rollup()->totals( UsageQuery::of( array() ) );
		$changes = array_values( array_filter( $this->queries( static fn() => wp_delete_user( $user, $other ) ), static fn( string $sql ) => 1 === preg_match( '/^UPDATE .*usage_log/s', $sql ) ) );
		self::assertCount( 6, $changes );
		$this->assert_plan( str_replace( 'SET user_id = 0, role = NULL', '', (string) preg_replace( '/^UPDATE/', 'SELECT id FROM', $changes[0] ) ), 'user_id_page' );
		self::assertSame( $totals, Books::rollup()->totals( UsageQuery::of( array() ) ) );
		self::assertSame( array( $other ), Books::rollup()->user_ids() );
		$select = "SELECT * FROM {$wpdb->prefix}draftkeeper_usage_daily ORDER BY day, user_id, status";
		$sums   = $wpdb->get_results( $select, ARRAY_A );
		Books::rollup()->recompute();
		self::assertSame( $sums, $wpdb->get_results( $select, ARRAY_A ) );
	}

	public function test_a_post_that_is_deleted_takes_its_texts_along_and_stops_what_is_under_way(): void {
		$this->act_as( 'administrator' );
		$post    = $this->post();
		$waiting = $this->created( array( 'post_id' => $post ) );
		$this->deliver( self::finished( $waiting ) );
		$running = $this->created( array( 'post_id' => $post, 'target' => 'field:excerpt' ) );
		$other   = $this->created( array( 'post_id' => $this->post() ) );
		$before  = $this->row( $other );

		wp_trash_post( $post );
		self::assertNotSame( '', $this->row( $waiting )['request_json'] );
		wp_delete_post( $post, true );
		foreach ( array( $waiting => 'succeeded', $running => 'canceled' ) as $uuid => $status ) {
			$row = $this->row( $uuid );
			self::assertSame( array( $status, null, '', null ), array( $row['status'], $row['post_id'], $row['request_json'], $row['result_json'] ) );
			self::assertSame( 'purged', $this->read( $uuid )->texts_missing );
		}
		self::assertSame( $before, $this->row( $other ) );
		self::assertSame( 1, Books::rollup()->totals( UsageQuery::of( array() ) )['attempts'] );
		self::assertSame( 200, $this->deliver( self::finished( $running ), 'msg_late' )->get_status() );
		self::assertNull( $this->row( $running )['result_json'] );
	}
}
