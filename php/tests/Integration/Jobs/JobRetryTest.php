<?php

namespace Draftkeeper\Tests\Integration\Jobs;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Tests\Support\JobsTestCase;
use WP_REST_Response;

final class JobRetryTest extends JobsTestCase {
	private const FAILURE = array( 'status' => 'failed', 'code' => 'provider_busy', 'message' => 'Busy.' );

	public function test_a_retry_is_a_new_job_that_asks_for_the_same(): void {
		$this->act_as( 'author' );
		$post  = $this->post();
		$first = $this->created( array( 'post_id' => $post, 'target' => 'block:a', 'client_ref' => 'mine', 'model' => 'small', 'options' => array( 'tone' => 'formal', 'words' => 80 ) ) );
		$this->deliver( self::finished( $first, self::FAILURE ) );
		$before = $this->row( $first );

		$response = $this->retry( $first, 'click-2' );
		self::assertSame( 201, $response->get_status() );
		$job = self::body( $response );
		self::assertSame( array(), Contract::check( 'job', $job ) );
		self::assertSame( array( $first, 'running', $post, 'block:a', 'mine', 'small' ), array( $job->retry_of, $job->status, $job->post_id, $job->target, $job->client_ref, $job->model ) );
		self::assertNotSame( $first, $job->uuid );
		self::assertSame( rest_url( "draftkeeper/v1/jobs/{$job->uuid}" ), $response->get_headers()['Location'] );
		self::assertSame( $before, $this->row( $first ), 'the first job stays as it is' );

		$offers = array_map( static fn( array $request ) => json_decode( $request['body'], true ), $this->gateway->requests );
		$same   = static fn( array $offer ) => array_diff_key( $offer, array_flip( array( 'uuid', 'request_id', 'expires_at', 'cache' ) ) );
		self::assertSame( $same( $offers[0] ), $same( $offers[1] ) );
		self::assertSame( array( null, 'bypass' ), array_map( static fn( array $offer ) => $offer['cache'] ?? null, $offers ), 'whoever asks again wants another text' );
	}

	public function test_a_retry_that_waits_does_not_need_the_first_job_any_more(): void {
		global $wpdb;
		$this->act_as( 'author' );
		$first = $this->created();
		$this->deliver( self::finished( $first, self::FAILURE ) );
		$asked = json_decode( $this->gateway->requests[0]['body'] )->messages;
		$this->gateway->go_down();
		$second = $this->retry( $first )->get_data()['uuid'];
		$wpdb->delete( "{$wpdb->prefix}draftkeeper_jobs", array( 'uuid' => $first ) );
		$this->gateway->go_down( false );
		$this->gateway->requests = array();
		$this->clock            += 600;
		$this->sweep();
		self::assertSame( 'running', $this->row( $second )['status'] );
		self::assertEquals( $asked, json_decode( $this->gateway->requests[0]['body'] )->messages );
	}

	public function test_a_retry_has_its_own_key_and_is_made_once_under_it(): void {
		$this->act_as( 'author' );
		$first = $this->dispatch( 'POST', '/draftkeeper/v1/jobs', self::body_of_job(), array( 'Idempotency-Key' => 'same' ) )->get_data()['uuid'];
		$this->deliver( self::finished( $first, self::FAILURE ) );
		$second = $this->retry( $first, 'same' );
		self::assertSame( 201, $second->get_status() );
		$again = $this->retry( $first, 'same' );
		self::assertSame( array( 200, 'true' ), array( $again->get_status(), $again->get_headers()['Idempotency-Replayed'] ) );
		self::assertSame( $second->get_data()['uuid'], $again->get_data()['uuid'] );
		self::assertSame( 201, $this->retry( $first, 'another' )->get_status() );
		self::assertSame( 3, $this->count_rows() );
	}

	public function test_without_a_key_two_clicks_are_one_retry(): void {
		$this->act_as( 'author' );
		$first = $this->dispatch( 'POST', '/draftkeeper/v1/jobs', self::body_of_job() )->get_data()['uuid'];
		$this->deliver( self::finished( $first, self::FAILURE ) );
		$second = $this->retry( $first, null )->get_data()['uuid'];
		self::assertNotSame( $first, $second );
		self::assertSame( $second, $this->retry( $first, null )->get_data()['uuid'] );
	}

	public function test_succeeded_and_canceled_jobs_can_be_repeated_and_open_ones_cannot(): void {
		$this->act_as( 'author' );
		$done = $this->created();
		$this->deliver( self::finished( $done ) );
		$canceled = $this->created();
		$this->dispatch( 'DELETE', "/draftkeeper/v1/jobs/$canceled" );
		self::assertSame( 201, $this->retry( $done )->get_status() );
		self::assertSame( 201, $this->retry( $canceled )->get_status() );
		$open = $this->created();
		$rows = $this->count_rows();
		self::assert_error( 'job_not_finished', 409, $this->retry( $open ), array( 'job_status' => 'running' ) );
		$this->set_row( $open, array( 'status' => 'pending' ) );
		self::assert_error( 'job_not_finished', 409, $this->retry( $open ), array( 'job_status' => 'pending' ) );
		self::assertSame( $rows, $this->count_rows() );
	}

	public function test_a_job_whose_texts_have_been_removed_cannot_be_repeated(): void {
		$this->act_as( 'author' );
		$uuid = $this->created();
		$this->deliver( self::finished( $uuid, self::FAILURE ) );
		foreach ( array( '', '{}', 'null' ) as $removed ) {
			$this->set_row( $uuid, array( 'request_json' => $removed ) );
			self::assert_error( 'request_gone', 409, $this->retry( $uuid ) );
			self::assertNull( $this->read( $uuid )->request );
		}
	}

	public function test_the_post_must_still_be_in_the_callers_hands(): void {
		$this->act_as( 'author' );
		$post = $this->post();
		$uuid = $this->created( array( 'post_id' => $post ) );
		$this->deliver( self::finished( $uuid, self::FAILURE ) );
		$owner = get_current_user_id();

		$this->act_as( 'author' );
		self::assert_error( 'job_not_found', 404, $this->retry( $uuid ) );
		$editor = $this->act_as( 'editor' );
		$copy   = $this->retry( $uuid );
		self::assertSame( array( 201, $editor ), array( $copy->get_status(), $copy->get_data()['user']['id'] ) );

		wp_set_current_user( $owner );
		wp_update_post( array( 'ID' => $post, 'post_author' => $editor ) );
		self::assert_error( 'forbidden', 403, $this->retry( $uuid ) );
		wp_delete_post( $post, true );
		self::assertContains( $this->retry( $uuid )->get_status(), array( 403, 409 ) );
		$this->act_as( 'administrator' );
		self::assertContains( $this->retry( $uuid )->get_status(), array( 403, 409 ) );
		wp_set_current_user( 0 );
		self::assert_error( 'unauthenticated', 401, $this->retry( $uuid ) );
		self::assertSame( 2, $this->count_rows() );
	}

	public function test_a_body_or_a_bad_key_is_refused(): void {
		$this->act_as( 'author' );
		$uuid = $this->created();
		$this->deliver( self::finished( $uuid, self::FAILURE ) );
		self::assert_error( 'invalid_body', 400, $this->dispatch( 'POST', "/draftkeeper/v1/jobs/$uuid/retry", array( 'model' => 'large' ) ) );
		self::assert_error( 'malformed_json', 400, $this->dispatch( 'POST', "/draftkeeper/v1/jobs/$uuid/retry", '{' ) );
		self::assert_error( 'invalid_idempotency_key', 400, $this->retry( $uuid, 'a b' ) );
		self::assert_error( 'job_not_found', 404, $this->retry( wp_generate_uuid4() ) );
		self::assertSame( 201, $this->dispatch( 'POST', "/draftkeeper/v1/jobs/$uuid/retry", '{}' )->get_status() );
	}

	public function test_a_task_that_is_gone_is_told_by_name(): void {
		$this->act_as( 'author' );
		$uuid = $this->created();
		$this->deliver( self::finished( $uuid, self::FAILURE ) );
		$this->set_row( $uuid, array( 'task' => 'write_a_novel' ) );
		self::assertSame( 'task', $this->retry( $uuid )->get_data()['data']['violations'][0]['path'] );
	}

	private function retry( string $uuid, ?string $key = '' ): WP_REST_Response {
		return $this->dispatch( 'POST', "/draftkeeper/v1/jobs/$uuid/retry", null, array( 'Idempotency-Key' => '' === $key ? wp_generate_uuid4() : $key ) );
	}
}
