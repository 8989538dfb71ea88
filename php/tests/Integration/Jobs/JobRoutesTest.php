<?php

namespace Draftkeeper\Tests\Integration\Jobs;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Tests\Support\JobsTestCase;
use PHPUnit\Framework\Attributes\DataProvider;

final class JobRoutesTest extends JobsTestCase {
	private const ROUTE = '/draftkeeper/v1/jobs';

	public function test_a_job_is_created_offered_and_answered_in_the_shape_of_the_contract(): void {
		$user     = $this->act_as( 'author' );
		$post     = $this->post();
		$request  = wp_generate_uuid4();
		$response = $this->dispatch(
			'POST',
			self::ROUTE,
			self::body_of_job( array( 'post_id' => $post, 'target' => 'block:abc', 'client_ref' => 'mine' ) ),
			array( 'Idempotency-Key' => 'click-1', 'X-Request-ID' => $request )
		);

		self::assertSame( 201, $response->get_status() );
		$job = self::body( $response );
		self::assertSame( array(), Contract::check( 'job', $job ) );
		self::assertSame( 'running', $job->status );
		self::assertSame( array( $user, $post, 'block:abc', 'mine', $request ), array( $job->user->id, $job->post_id, $job->target, $job->client_ref, $job->request_id ) );
		self::assertSame( 'Oak side table', $job->request->input->facts->name );
		self::assertSame( 120, $job->request->options->words );

		$headers = $response->get_headers();
		self::assertSame( rest_url( "draftkeeper/v1/jobs/{$job->uuid}" ), $headers['Location'] );
		self::assertSame( "\"{$job->uuid}-{$job->version}\"", $headers['ETag'] );
		self::assertSame( 'private, max-age=0', $headers['Cache-Control'] );
		self::assertSame( $request, $headers['X-Request-ID'] );

		self::assertCount( 1, $this->gateway->requests );
		$offer = json_decode( $this->gateway->requests[0]['body'] );
		self::assertSame( array(), Contract::check( 'offer', $offer ) );
		self::assertSame( array( $job->uuid, $request ), array( $offer->uuid, $offer->request_id ) );
		self::assertSame( $request, $this->gateway->requests[0]['headers']['X-Request-ID'] );
		self::assertStringNotContainsString( 'mine', $this->gateway->requests[0]['body'] );
	}

	/** @param array<string, string> $headers */
	#[DataProvider( 'bad_creations' )]
	public function test_bad_input_gets_its_code_and_leaves_nothing( string $body, string $code, int $status, array $headers = array() ): void {
		$this->act_as( 'editor' );
		self::assert_error( $code, $status, $this->dispatch( 'POST', self::ROUTE, $body, $headers ) );
		self::assertSame( 0, $this->count_rows() );
		self::assertSame( array(), $this->gateway->requests );
	}

	/** @return iterable<string, array{0: string, 1: string, 2: int, 3?: array<string, string>}> */
	public static function bad_creations(): iterable {
		$good = (string) json_encode( self::body_of_job() );
		yield 'an empty body' => array( '', 'malformed_json', 400 );
		yield 'malformed JSON' => array( '{"task":', 'malformed_json', 400 );
		yield 'bytes that are no text' => array( "{\"task\":\"\xff\"}", 'malformed_json', 400 );
		yield 'malformed JSON under another content type' => array( '{"task":', 'malformed_json', 400, array( 'Content-Type' => 'text/plain' ) );
		yield 'a deep nest' => array( str_repeat( '[', 200 ) . str_repeat( ']', 200 ), 'malformed_json', 400 );
		yield 'a list' => array( '[]', 'invalid_body', 400 );
		yield 'a string' => array( '"task"', 'invalid_body', 400 );
		yield 'an unknown task' => array( '{"task":"write_a_novel"}', 'unknown_task', 400 );
		yield 'a task of a wrong type' => array( '{"task":1,"input":{}}', 'invalid_body', 400 );
		yield 'an unknown key' => array( str_replace( '{"task"', '{"user_id":1,"task"', $good ), 'invalid_body', 400 );
		yield 'a number as a string' => array( str_replace( '{"task"', '{"post_id":"1","task"', $good ), 'invalid_body', 400 );
		yield 'a negative post' => array( str_replace( '{"task"', '{"post_id":-1,"task"', $good ), 'invalid_body', 400 );
		yield 'an empty list instead of a map' => array( str_replace( '{"task"', '{"options":[],"task"', $good ), 'invalid_body', 400 );
		yield 'a control character in the target' => array( str_replace( '{"task"', '{"target":"a\u0000b","task"', $good ), 'invalid_body', 400 );
		yield 'more than 256 kB' => array( str_replace( 'Oak side table', str_repeat( 'x', 262144 ), $good ), 'body_too_large', 413 );
		yield 'a key with a space' => array( $good, 'invalid_idempotency_key', 400, array( 'Idempotency-Key' => 'a b' ) );
		yield 'an empty key' => array( $good, 'invalid_idempotency_key', 400, array( 'Idempotency-Key' => '' ) );
		yield 'a very long key' => array( $good, 'invalid_idempotency_key', 400, array( 'Idempotency-Key' => str_repeat( 'k', 256 ) ) );
		yield 'a post that does not exist' => array( str_replace( '{"task"', '{"post_id":999999,"task"', $good ), 'post_not_found', 404 );
	}

	public function test_a_body_violation_names_the_place(): void {
		$this->act_as( 'editor' );
		$data = $this->create( array( 'model' => 7 ) )->get_data();
		self::assertSame( array( array( 'path' => 'model', 'message' => 'must be of type string' ) ), $data['data']['violations'] );
	}

	public function test_who_may_not_generate_is_told_so_before_anything_else(): void {
		foreach ( array( '{"task":', '{}', (string) wp_json_encode( self::body_of_job() ) ) as $body ) {
			wp_set_current_user( 0 );
			self::assert_error( 'unauthenticated', 401, $this->dispatch( 'POST', self::ROUTE, $body ) );
			$this->act_as( 'contributor' );
			self::assert_error( 'forbidden', 403, $this->dispatch( 'POST', self::ROUTE, $body ) );
		}
		self::assertSame( 0, $this->count_rows() );
	}

	public function test_a_browser_without_a_nonce_is_nobody_and_one_with_a_wrong_nonce_is_refused(): void {
		$this->act_as( 'editor' );
		self::assert_error( 'unauthenticated', 401, $this->dispatch_from_browser( 'POST', self::ROUTE, self::body_of_job() ) );
		$this->act_as( 'editor' );
		self::assertSame( 403, $this->dispatch_from_browser( 'POST', self::ROUTE, self::body_of_job(), 'wrong' )->get_status() );
		$this->act_as( 'editor' );
		self::assertSame( 201, $this->dispatch_from_browser( 'POST', self::ROUTE, self::body_of_job(), wp_create_nonce( 'wp_rest' ) )->get_status() );
		self::assertSame( 1, $this->count_rows() );
	}

	public function test_an_author_who_names_anothers_private_post_gets_404_and_no_row(): void {
		$this->act_as( 'editor' );
		$private = $this->post( array( 'post_status' => 'private' ) );
		$this->act_as( 'author' );
		self::assert_error( 'post_not_found', 404, $this->create( array( 'post_id' => $private ) ) );
		self::assertSame( 0, $this->count_rows() );
		self::assertSame( array(), $this->gateway->requests );
	}

	public function test_the_body_cannot_name_another_job_than_the_address(): void {
		$this->act_as( 'editor' );
		$first  = $this->created();
		$second = $this->created();
		$answer = $this->dispatch( 'DELETE', self::ROUTE . "/$first", array( 'uuid' => $second ) );
		self::assertSame( $first, $answer->get_data()['uuid'] );
		self::assertSame( 'running', $this->row( $second )['status'] );
	}

	public function test_without_a_gateway_nothing_is_created(): void {
		$this->act_as( 'editor' );
		putenv( 'DRAFTKEEPER_SIGNING_KEY' );
		self::assert_error( 'not_connected', 409, $this->create() );
		self::assertSame( 0, $this->count_rows() );
	}

	public function test_a_site_that_switched_ai_off_is_respected(): void {
		if ( ! function_exists( 'wp_supports_ai' ) ) {
			self::assertFalse( function_exists( 'wp_supports_ai' ), 'WordPress before 7.0 has no such switch.' );
			return;
		}
		$this->act_as( 'editor' );
		add_filter( 'wp_supports_ai', '__return_false' );
		self::assert_error( 'ai_disabled', 409, $this->create() );
	}

	public function test_a_prompt_that_is_too_long_is_refused_and_pins_no_key(): void {
		$this->act_as( 'editor' );
		$facts = self::body_of_job()['input']['facts'];
		$long  = array( 'facts' => array( 'existing_text' => str_repeat( 'x', 4000 ), 'attributes' => array_fill( 0, 50, array( 'name' => 'Width', 'value' => str_repeat( 'y', 300 ), 'unit' => null ) ) ) + $facts );
		self::assert_error( 'prompt_too_long', 422, $this->create( array( 'input' => $long ), 'same' ) );
		self::assertSame( 201, $this->create( array(), 'same' )->get_status() );
	}

	public function test_a_poll_that_has_the_version_gets_304_without_a_body(): void {
		$this->act_as( 'author' );
		$uuid = $this->created();
		$etag = $this->dispatch( 'GET', self::ROUTE . "/$uuid" )->get_headers()['ETag'];
		self::assertStringStartsWith( '"', $etag );

		foreach ( array( $etag, "W/$etag", "\"x\", $etag", str_replace( '"', '', $etag ) === $etag ? $etag : substr( $etag, 0, -1 ) . '-gzip"' ) as $known ) {
			$response = $this->dispatch( 'GET', self::ROUTE . "/$uuid", null, array( 'If-None-Match' => $known ) );
			self::assertSame( 304, $response->get_status(), $known );
			self::assertNull( $response->get_data() );
			self::assertSame( $etag, $response->get_headers()['ETag'] );
		}

		$this->deliver( self::finished( $uuid ) );
		$response = $this->dispatch( 'GET', self::ROUTE . "/$uuid", null, array( 'If-None-Match' => $etag ) );
		self::assertSame( 200, $response->get_status() );
		self::assertNotSame( $etag, $response->get_headers()['ETag'] );
		self::assertSame( 'queue;dur=12, provider;dur=3100', $response->get_headers()['Server-Timing'] );
	}

	public function test_the_answer_may_be_kept_by_the_browser_and_errors_may_not(): void {
		$this->act_as( 'author' );
		$uuid = $this->created();
		$this->dispatch( 'GET', self::ROUTE . "/$uuid" );
		self::assertFalse( apply_filters( 'rest_send_nocache_headers', true ) );
		$this->dispatch( 'GET', self::ROUTE . '/nothing' );
		self::assertTrue( apply_filters( 'rest_send_nocache_headers', true ) );
	}

	public function test_jobs_of_others_do_not_exist(): void {
		$this->act_as( 'editor' );
		$uuid = $this->created();
		$this->act_as( 'author' );
		foreach ( array( $uuid, wp_generate_uuid4(), 'nonsense', strtoupper( $uuid ), "$uuid%0A" ) as $id ) {
			self::assert_error( 'job_not_found', 404, $this->dispatch( 'GET', self::ROUTE . "/$id" ) );
			self::assert_error( 'job_not_found', 404, $this->dispatch( 'DELETE', self::ROUTE . "/$id" ) );
		}
		wp_set_current_user( 0 );
		self::assert_error( 'unauthenticated', 401, $this->dispatch( 'GET', self::ROUTE . "/$uuid" ) );
		self::assertSame( 'running', $this->row( $uuid )['status'] );
	}

	public function test_who_may_edit_the_post_sees_its_jobs_with_texts(): void {
		$author = $this->act_as( 'author' );
		$post   = $this->post();
		$uuid   = $this->created( array( 'post_id' => $post ) );
		$this->deliver( self::finished( $uuid ) );
		$this->act_as( 'editor' );
		$job = $this->read( $uuid );
		self::assertSame( $author, $job->user->id );
		self::assertStringContainsString( 'oak table', $job->draft->html );
		self::assertNotNull( $job->request );
	}

	public function test_a_viewer_of_usage_sees_status_and_cost_but_no_text(): void {
		$this->act_as( 'author' );
		$post = $this->post();
		$uuid = $this->created( array( 'post_id' => $post ) );
		$this->deliver( self::finished( $uuid ) );

		$viewer = $this->user( 'subscriber' );
		get_user_by( 'id', $viewer )->add_cap( 'draftkeeper_view_usage' );
		wp_set_current_user( $viewer );
		$job = $this->read( $uuid );
		self::assertSame( array( 'succeeded', 160, 1, null, null ), array( $job->status, $job->cost_micros, $job->attempts, $job->request, $job->draft ) );
		$raw = (string) wp_json_encode( $this->dispatch( 'GET', self::ROUTE . "?open_for=$post" )->get_data() );
		self::assertStringContainsString( $uuid, $raw );
		self::assertStringNotContainsString( 'oak', strtolower( $raw ) );
		self::assert_error( 'forbidden', 403, $this->dispatch( 'DELETE', self::ROUTE . "/$uuid" ) );
	}

	public function test_an_owner_who_lost_the_post_keeps_the_status_and_loses_the_texts(): void {
		$owner = $this->act_as( 'author' );
		$post  = $this->post();
		$uuid  = $this->created( array( 'post_id' => $post ) );
		$this->deliver( self::finished( $uuid ) );
		self::assertNotNull( $this->read( $uuid )->draft );
		wp_update_post( array( 'ID' => $post, 'post_author' => $this->user( 'editor' ) ) );
		$job = $this->read( $uuid );
		self::assertSame( array( $owner, null, null ), array( $job->user->id, $job->draft, $job->request ) );
	}

	public function test_a_post_type_that_is_gone_hides_its_texts_without_a_complaint(): void {
		register_post_type( 'dk_gone', array( 'public' => true ) );
		$this->act_as( 'author' );
		$uuid = $this->created( array( 'post_id' => $this->post( array( 'post_type' => 'dk_gone' ) ) ) );
		unregister_post_type( 'dk_gone' );
		self::assertNull( $this->read( $uuid )->request );
	}

	public function test_the_list_of_a_post_holds_what_an_editor_has_to_know(): void {
		$this->act_as( 'author' );
		$post     = $this->post();
		$here     = array( 'post_id' => $post );
		$waiting  = $this->created( $here );
		$reviewed = $this->created( $here );
		$finished = $this->created( $here );
		$failed   = $this->created( $here );
		$old      = $this->created( $here );
		$canceled = $this->created( $here );
		$this->created();
		foreach ( array( $reviewed, $finished ) as $uuid ) {
			$this->deliver( self::finished( $uuid ), "msg_$uuid" );
		}
		foreach ( array( $failed, $old ) as $uuid ) {
			$this->deliver( self::finished( $uuid, array( 'status' => 'failed', 'code' => 'provider_busy', 'message' => 'Busy.' ) ), "msg_$uuid" );
		}
		$this->set_row( $old, array( 'finished_at' => gmdate( 'Y-m-d H:i:s', time() - 73 * 3600 ) ) );
		$this->dispatch( 'DELETE', self::ROUTE . "/$canceled" );
		$this->dispatch( 'POST', self::ROUTE . "/$reviewed/review", array( 'decision' => 'discarded', 'version' => (int) $this->row( $reviewed )['version'] ) );

		$response = $this->dispatch( 'GET', self::ROUTE . "?open_for=$post" );
		$list     = self::body( $response );
		self::assertSame( 200, $response->get_status() );
		self::assertSame( array(), Contract::check( 'job_list', $list ) );
		self::assertSame( array( $failed, $finished, $waiting ), array_column( $list->items, 'uuid' ) );

		$this->act_as( 'author' );
		self::assertSame( array(), self::body( $this->dispatch( 'GET', self::ROUTE . "?open_for=$post" ) )->items );
	}

	public function test_a_list_for_no_post_is_refused(): void {
		$this->act_as( 'author' );
		foreach ( array( '?open_for=', '?open_for=0', '?open_for=-1', '?open_for=1x', '?open_for[]=1', '?open_for=99999999999999999999', '?open_for=1&status=failed' ) as $query ) {
			self::assert_error( 'invalid_query', 400, $this->dispatch( 'GET', self::ROUTE . $query ) );
		}
		wp_set_current_user( 0 );
		self::assert_error( 'unauthenticated', 401, $this->dispatch( 'GET', self::ROUTE . '?open_for=1' ) );
	}

	public function test_a_running_job_is_canceled_here_and_at_the_gateway(): void {
		$this->act_as( 'author' );
		$uuid   = $this->created();
		$answer = $this->dispatch( 'DELETE', self::ROUTE . "/$uuid" );
		self::assertSame( 200, $answer->get_status() );
		self::assertSame( array(), Contract::check( 'job', self::body( $answer ) ) );
		self::assertSame( array( 'canceled', false ), array( $answer->get_data()['status'], $answer->get_data()['cancel_pending'] ) );
		self::assertSame( array( 'POST /v1/jobs', "DELETE /v1/jobs/$uuid" ), $this->gateway->calls() );

		self::assertSame( 200, $this->dispatch( 'DELETE', self::ROUTE . "/$uuid" )->get_status() );
		self::assertCount( 2, $this->gateway->requests );
	}

	public function test_a_cancel_that_the_gateway_did_not_hear_stays_pending(): void {
		$this->act_as( 'author' );
		$uuid = $this->created();
		$this->gateway->go_down();
		$job = self::body( $this->dispatch( 'DELETE', self::ROUTE . "/$uuid" ) );
		self::assertSame( array( 'canceled', true ), array( $job->status, $job->cancel_pending ) );
	}

	public function test_a_finished_job_cannot_be_canceled(): void {
		$this->act_as( 'author' );
		$uuid = $this->created();
		$this->deliver( self::finished( $uuid ) );
		self::assert_error( 'job_finished', 409, $this->dispatch( 'DELETE', self::ROUTE . "/$uuid" ), array( 'job_status' => 'succeeded' ) );
	}

	public function test_a_job_that_no_gateway_knows_is_canceled_without_asking_one(): void {
		$this->act_as( 'author' );
		$this->gateway->go_down();
		$this->created();
		$this->created();
		$uuid = $this->created();
		self::assertCount( 2, $this->gateway->requests, 'two failures in a row pause the offers' );
		$job = self::body( $this->dispatch( 'DELETE', self::ROUTE . "/$uuid" ) );
		self::assertSame( array( 'canceled', false ), array( $job->status, $job->cancel_pending ) );
		self::assertCount( 2, $this->gateway->requests );
	}

	public function test_a_poll_of_ones_own_waiting_job_offers_it_again_after_the_answer(): void {
		$this->act_as( 'author' );
		$this->gateway->go_down();
		$uuid = $this->created();
		self::assertSame( array( 'pending', 'gateway_unreachable' ), array( $this->read( $uuid )->status, $this->read( $uuid )->wait_reason ) );
		$this->finish_request();
		self::assertCount( 1, $this->gateway->requests, 'not within ten seconds' );

		$this->gateway->go_down( false );
		$this->set_row( $uuid, array( 'asked_at' => gmdate( 'Y-m-d H:i:s', time() - 11 ) ) );
		self::assertSame( 'pending', $this->read( $uuid )->status );
		self::assertSame( 'pending', $this->read( $uuid )->status );
		$this->finish_request();
		self::assertSame( array( $uuid, $uuid ), $this->gateway->offered(), 'once, although two polls came' );
		$job = $this->read( $uuid );
		self::assertSame( 'running', $job->status );
	}

	public function test_a_poll_of_ones_own_silent_job_pulls_its_result(): void {
		$this->act_as( 'author' );
		$uuid = $this->created();
		$this->gateway->say_of( $uuid, self::finished( $uuid ) );
		$this->read( $uuid );
		$this->finish_request();
		self::assertCount( 1, $this->gateway->requests, 'the lease still holds' );

		$past = gmdate( 'Y-m-d H:i:s', time() - 21 );
		$this->set_row( $uuid, array( 'asked_at' => $past, 'lease_until' => $past ) );
		$this->read( $uuid );
		$this->finish_request();
		self::assertSame( 'succeeded', $this->read( $uuid )->status );
	}

	public function test_a_poll_of_somebody_else_moves_nothing(): void {
		$this->act_as( 'author' );
		$this->gateway->go_down();
		$uuid = $this->created();
		$this->set_row( $uuid, array( 'asked_at' => null ) );
		$this->act_as( 'administrator' );
		$this->read( $uuid );
		$this->finish_request();
		self::assertCount( 1, $this->gateway->requests );
	}

	public function test_creating_and_polling_cost_few_queries(): void {
		$this->act_as( 'author' );
		$uuid = $this->created();
		$this->dispatch( 'GET', self::ROUTE . "/$uuid" );

		// By the key; the limit and what is left of it; begin, the budgets' counters, the row, commit; its new status, the row as it is now.
		self::assertLessThanOrEqual( 9, self::queries_of( fn() => $this->created() ) );
		self::assertSame( 1, self::queries_of( fn() => $this->dispatch( 'GET', self::ROUTE . "/$uuid" ) ) );
		$this->deliver( self::finished( $uuid ) );
		// The row, its costs.
		self::assertLessThanOrEqual( 2, self::queries_of( fn() => $this->dispatch( 'GET', self::ROUTE . "/$uuid" ) ) );
		$etag = "\"$uuid-{$this->row( $uuid )['version']}\"";
		self::assertSame( 1, self::queries_of( fn() => $this->dispatch( 'GET', self::ROUTE . "/$uuid", null, array( 'If-None-Match' => $etag ) ) ) );
	}

	public function test_the_same_number_of_queries_lists_one_job_or_ten(): void {
		$this->act_as( 'author' );
		$post = $this->post();
		$this->created( array( 'post_id' => $post ) );
		$list = fn() => $this->dispatch( 'GET', self::ROUTE . "?open_for=$post" );
		$list();
		$one = self::queries_of( $list );
		for ( $number = 0; $number < 9; $number++ ) {
			$this->created( array( 'post_id' => $post ) );
		}
		self::assertSame( $one, self::queries_of( $list ) );
	}

	public function test_routes_describe_themselves(): void {
		$this->act_as( 'author' );
		$response = $this->dispatch( 'OPTIONS', self::ROUTE );
		self::assertSame( 200, $response->get_status() );
		self::assertArrayHasKey( 'post_id', rest_get_server()->get_data_for_route( self::ROUTE, rest_get_server()->get_routes()[ self::ROUTE ], 'help' )['endpoints'][1]['args'] );
	}
}
