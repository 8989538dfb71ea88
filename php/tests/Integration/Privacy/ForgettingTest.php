<?php

namespace Draftkeeper\Tests\Integration\Privacy;

use Draftkeeper\Tests\Support\Books;
use Draftkeeper\Tests\Support\JobsTestCase;
use Draftkeeper\Usage\UsageQuery;

final class ForgettingTest extends JobsTestCase {
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
