<?php

namespace Draftkeeper\Tests\Integration\Jobs;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Tests\Support\JobsTestCase;

final class JobRequestsTest extends JobsTestCase {
	public function test_another_plugin_asks_for_a_draft_as_the_current_user(): void {
		$user = $this->act_as( 'author' );
		$post = $this->post();
		$job  = draftkeeper_create_job( self::body_of_job( array( 'post_id' => $post, 'options' => array(), 'client_ref' => 'import 7', 'idempotency_key' => 'one' ) ) );
		self::assertIsArray( $job );
		self::assertSame( array(), Contract::check( 'job', json_decode( (string) wp_json_encode( $job ) ) ) );
		self::assertSame( array( 'running', $user, $post, 'import 7' ), array( $job['status'], $job['user']['id'], $job['post_id'], $job['client_ref'] ) );
		self::assertSame( array( $job['uuid'] ), $this->gateway->offered() );

		self::assertSame( $job['uuid'], draftkeeper_create_job( self::body_of_job( array( 'post_id' => $post, 'client_ref' => 'import 7', 'idempotency_key' => 'one' ) ) )['uuid'] );
		self::assertSame( 1, $this->count_rows() );
	}

	public function test_every_check_of_the_route_is_made(): void {
		self::assertSame( array( 'unauthenticated', 401 ), self::refusal( self::body_of_job() ) );
		$this->act_as( 'contributor' );
		self::assertSame( array( 'forbidden', 403 ), self::refusal( self::body_of_job() ) );
		$this->act_as( 'author' );
		self::assertSame( array( 'invalid_body', 400 ), self::refusal( array() ) );
		self::assertSame( array( 'invalid_body', 400 ), self::refusal( self::body_of_job( array( 'task' => 'novel' ) ) ) );
		self::assertSame( array( 'invalid_body', 400 ), self::refusal( self::body_of_job( array( 'user_id' => 1 ) ) ) );
		self::assertSame( array( 'invalid_body', 400 ), self::refusal( self::body_of_job( array( 'idempotency_key' => 7 ) ) ) );
		self::assertSame( array( 'malformed_json', 400 ), self::refusal( self::body_of_job( array( 'client_ref' => NAN ) ) ) );
		self::assertSame( array( 'invalid_idempotency_key', 400 ), self::refusal( self::body_of_job( array( 'idempotency_key' => 'a b' ) ) ) );
		self::assertSame( array( 'post_not_found', 404 ), self::refusal( self::body_of_job( array( 'post_id' => 999999 ) ) ) );
		putenv( 'DRAFTKEEPER_SITE_ID' );
		self::assertSame( array( 'not_connected', 409 ), self::refusal( self::body_of_job() ) );
		self::assertSame( 0, $this->count_rows() );
		self::assertSame( array(), $this->gateway->requests );
	}

	/**
	 * @param array<string, mixed> $job
	 * @return array{string|int, int}
	 */
	private static function refusal( array $job ): array {
		$error = draftkeeper_create_job( $job );
		self::assertInstanceOf( \WP_Error::class, $error );
		self::assertNotSame( '', $error->get_error_message() );
		return array( $error->get_error_code(), $error->get_error_data()['status'] );
	}
}
