<?php

namespace Draftkeeper\Tests\Integration\Gateway;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Tests\Support\FakeGateway;
use Draftkeeper\Tests\Support\JobsTestCase;

final class GatewayClientTest extends JobsTestCase {
	protected function setUp(): void {
		parent::setUp();
		$this->act_as( 'author' );
	}

	public function test_each_request_carries_a_token_that_is_bound_to_it(): void {
		$uuid = $this->created();
		$this->dispatch( 'DELETE', "/draftkeeper/v1/jobs/$uuid" );
		$this->created();
		$this->clock += 60;
		$this->sweep();
		self::assertSame( array( 'POST', 'DELETE', 'POST', 'GET' ), array_column( $this->gateway->requests, 'method' ) );

		$ids = array();
		foreach ( $this->gateway->requests as $request ) {
			$claims = $this->verified_claims( $request );
			self::assertSame( array( 'site-1', 1, home_url(), 'http://127.0.0.1:48123' ), array( $claims->iss, $claims->bid, $claims->home, $claims->aud ) );
			self::assertSame( $request['method'], $claims->htm );
			self::assertSame( FakeGateway::URL . explode( '?', $request['path'] )[0], $claims->htu );
			self::assertSame( rtrim( strtr( base64_encode( hash( 'sha256', $request['body'], true ) ), '+/', '-_' ), '=' ), $claims->bh );
			self::assertLessThanOrEqual( 60, $claims->exp - $claims->iat );
			$ids[] = $claims->jti;
		}
		self::assertCount( 4, array_unique( $ids ) );
	}

	public function test_the_pseudonym_tells_users_apart_and_not_who_they_are(): void {
		$this->created();
		$this->created();
		$this->act_as( 'author' );
		$this->created();
		$subjects = array_map( fn( array $request ) => $this->verified_claims( $request )->sub, $this->gateway->requests );
		self::assertSame( $subjects[0], $subjects[1] );
		self::assertNotSame( $subjects[0], $subjects[2] );
		self::assertMatchesRegularExpression( '/^[A-Za-z0-9_-]{43}$/', $subjects[0] );
	}

	public function test_the_gateway_hears_when_only_a_new_text_is_wanted(): void {
		$this->created();
		$this->created( array( 'cache' => 'bypass' ) );
		$offers = array_map( static fn( array $request ) => json_decode( $request['body'], true ), $this->gateway->requests );
		self::assertSame( array( null, 'bypass' ), array( $offers[0]['cache'] ?? null, $offers[1]['cache'] ?? null ) );
	}

	public function test_requests_are_bounded_and_follow_no_redirect(): void {
		$this->created();
		$arguments = $this->gateway->requests[0]['arguments'];
		self::assertSame( array( 2.0, 0 ), array( $arguments['timeout'], $arguments['redirection'] ) );
		self::assertLessThanOrEqual( 8 * 1024 * 1024, $arguments['limit_response_size'] );
		self::assertTrue( $arguments['sslverify'] );
	}

	public function test_nothing_of_the_keys_leaves_the_site(): void {
		$this->created();
		$sent = (string) wp_json_encode( array( $this->gateway->requests[0]['headers'], $this->gateway->requests[0]['body'] ) );
		self::assertStringNotContainsString( 'PRIVATE', $sent );
		self::assertStringNotContainsString( substr( self::SECRET, 6, 20 ), $sent );
		self::assertStringNotContainsString( wp_get_current_user()->user_email, $sent );
	}

	public function test_a_clock_that_is_wrong_is_corrected_once_and_remembered(): void {
		$this->gateway->answer_next( 401, array( 'code' => 'clock_skew', 'server_time' => time() + 900 ) );
		$uuid = $this->created();
		self::assertSame( 'running', $this->row( $uuid )['status'] );
		self::assertCount( 2, $this->gateway->requests );
		self::assertEqualsWithDelta( time() + 900, $this->verified_claims( $this->gateway->requests[1] )->iat, 2 );
		$this->created();
		self::assertCount( 3, $this->gateway->requests );
		self::assertEqualsWithDelta( time() + 900, $this->verified_claims( $this->gateway->requests[2] )->iat, 2 );

		// The other direction: deliveries bear the gateway's time.
		$body = (string) wp_json_encode( array( 'type' => 'job.finished', 'timestamp' => gmdate( 'Y-m-d\TH:i:s\Z' ), 'contract_version' => 1, 'data' => self::finished( $uuid ) ) );
		self::assert_error( 'stale_signature', 401, $this->deliver_raw( $body ) );
		self::assertSame( 200, $this->deliver_raw( $body, 'msg_1', self::signature( 'msg_1', (string) ( time() + 900 ), $body ) )->get_status() );
	}

	public function test_a_gateway_that_still_complains_is_not_asked_a_third_time(): void {
		$this->gateway->answer_next( 401, array( 'code' => 'clock_skew', 'server_time' => time() + 900 ) );
		$this->gateway->answer_next( 401, array( 'code' => 'clock_skew', 'server_time' => time() + 900 ) );
		$uuid = $this->created();
		self::assertCount( 2, $this->gateway->requests );
		self::assertSame( 'gateway_refused_signature', $this->read( $uuid )->wait_reason );
	}

	public function test_a_time_more_than_an_hour_away_is_not_believed(): void {
		$this->gateway->answer_next( 401, array( 'code' => 'clock_skew', 'server_time' => time() + 3700 ) );
		$this->created();
		self::assertCount( 1, $this->gateway->requests );
		$this->created();
		self::assertEqualsWithDelta( time(), $this->verified_claims( $this->gateway->requests[1] )->iat, 2 );
	}

	public function test_a_key_that_cannot_sign_leaves_the_job_waiting(): void {
		putenv( 'DRAFTKEEPER_SIGNING_KEY=not a key' );
		$log  = ini_set( 'error_log', '/dev/null' );
		$uuid = $this->created();
		ini_set( 'error_log', (string) $log );
		self::assertSame( array(), $this->gateway->requests );
		self::assertSame( 'gateway_refused_signature', $this->read( $uuid )->wait_reason );
	}

	public function test_two_failures_in_a_row_pause_inline_offers_for_fifteen_seconds(): void {
		$this->gateway->go_down();
		$this->created();
		$this->gateway->go_down( false );
		$this->created();
		$this->gateway->go_down();
		$this->created();
		$this->created();
		self::assertCount( 4, $this->gateway->requests );
		$this->gateway->go_down( false );
		$paused = $this->read( $this->created() );
		self::assertCount( 4, $this->gateway->requests );
		self::assertSame( array( 'pending', 'gateway_unreachable' ), array( $paused->status, $paused->wait_reason ) );

		$this->sweep();
		self::assertContains( $paused->uuid, $this->gateway->offered(), 'the sweep does not pause' );
		self::assertSame( 'running', $this->read( $this->created() )->status, 'it has found the gateway alive' );
	}

	public function test_what_the_gateway_refuses_for_good_fails_with_its_code(): void {
		$this->gateway->answer_next( 403, array( 'code' => 'model_not_allowed', 'detail' => 'The model <x> is not on the list.' ) );
		$job = $this->read( $this->created() );
		self::assertSame( array( 'failed', 'model_not_allowed', 'The model is not on the list.' ), array( $job->status, $job->error->code, $job->error->message ) );
		$this->gateway->answer_next( 413, '<html>' );
		self::assertSame( 'gateway_rejected', $this->read( $this->created() )->error->code );
	}

	public function test_what_may_pass_keeps_the_job_waiting(): void {
		foreach ( array( 'contract_unsupported', 'site_moved' ) as $code ) {
			$this->gateway->answer_next( 409, array( 'code' => $code ) );
			$job = $this->read( $this->created() );
			self::assertSame( array( 'pending', $code ), array( $job->status, $job->wait_reason ) );
		}
		$this->gateway->answer_next( 302, '' );
		self::assertSame( 'gateway_error', $this->read( $this->created() )->wait_reason );
	}

	/**
	 * The claims of a request's token, after checking the signature as the gateway does.
	 *
	 * @param array{headers: array<string, string>} $request
	 */
	private function verified_claims( array $request ): \stdClass {
		self::assertMatchesRegularExpression( '/^Bearer [\w-]+\.[\w-]+\.[\w-]{86}$/', $request['headers']['Authorization'] );
		list( $header, $claims, $signature ) = explode( '.', substr( $request['headers']['Authorization'], 7 ) );
		$decode                              = static fn( string $part ): string => (string) base64_decode( strtr( $part, '-_', '+/' ), true );
		self::assertEquals( (object) array( 'alg' => 'ES256', 'typ' => 'draftkeeper+jwt', 'kid' => 'key-1' ), json_decode( $decode( $header ) ) );

		$integer = static function ( string $bytes ): string {
			$bytes = ltrim( $bytes, "\x00" );
			$bytes = ord( $bytes[0] ) > 127 ? "\x00$bytes" : $bytes;
			return "\x02" . chr( strlen( $bytes ) ) . $bytes;
		};
		$raw     = $decode( $signature );
		$der     = $integer( substr( $raw, 0, 32 ) ) . $integer( substr( $raw, 32 ) );
		$public  = openssl_pkey_get_details( openssl_pkey_get_private( self::signing_key() ) )['key'];
		self::assertSame( 1, openssl_verify( "$header.$claims", "\x30" . chr( strlen( $der ) ) . $der, $public, OPENSSL_ALGO_SHA256 ) );

		$claims = json_decode( $decode( $claims ) );
		self::assertSame( array(), Contract::check( 'token_claims', $claims ) );
		return $claims;
	}
}
