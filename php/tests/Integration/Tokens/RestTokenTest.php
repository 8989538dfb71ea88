<?php

namespace Draftkeeper\Tests\Integration\Tokens;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Gateway\TokenSigner;
use Draftkeeper\Tests\Support\JobsTestCase;
use Draftkeeper\Tokens\TokenLogin;
use WP_Application_Passwords;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

/** A program that exchanges its application password, and what it can do with what it gets. */
final class RestTokenTest extends JobsTestCase {
	private const ROUTE = '/draftkeeper/v1/token';

	private string $asked = '/draftkeeper/v1/jobs';

	private string $password_id = '';

	protected function setUp(): void {
		parent::setUp();
		add_filter( 'wp_is_application_passwords_available', '__return_true' );
		( new TokenLogin( fn() => $this->asked, fn() => $this->clock ) )->register();
	}

	protected function tearDown(): void {
		unset( $GLOBALS['wp_rest_application_password_uuid'] );
		parent::tearDown();
	}

	public function test_an_application_password_gets_a_token_for_a_quarter_of_an_hour_and_nothing_else_does(): void {
		$this->act_as( 'editor' );
		self::assert_error( 'forbidden', 403, $this->dispatch( 'POST', self::ROUTE ) );
		$response = $this->token_of( 'editor', array() );
		$body     = self::body( $response );
		self::assertSame( array(), Contract::check( 'rest_token', $body ) );
		self::assertSame( array( 201, array( 'generate' ), 'no-store' ), array( $response->get_status(), $body->scope, $response->get_headers()['Cache-Control'] ) );
		self::assertEqualsWithDelta( time() + 900, strtotime( $body->expires_at ), 2 );
		self::assertEqualsWithDelta( time() + 60, strtotime( self::body( $this->token_of( 'editor', array( 'expires_in' => 60 ) ) )->expires_at ), 2 );
		self::assert_error( 'forbidden', 403, $this->token_of( 'editor', array( 'scope' => array( 'generate', 'manage' ) ) ) );
		self::assert_error( 'forbidden', 403, $this->token_of( 'subscriber', array() ) );
	}

	public function test_its_bearer_asks_for_drafts_as_its_user_on_our_routes_only(): void {
		$text = self::body( $this->token_of( 'author', array() ) )->token;
		$user = get_current_user_id();
		wp_set_current_user( 0 );
		self::assertSame( array( $user, true ), $this->log_in( $text ) );
		wp_set_current_user( $user );
		self::assertSame( 201, $this->create()->get_status() );
		self::assert_error( 'forbidden', 403, $this->dispatch( 'POST', self::ROUTE ) );
		foreach ( array( '/wp/v2/users', '/draftkeeper/v10/jobs', '/draftkeeper/v1', '' ) as $other ) {
			$this->asked = $other;
			self::assertSame( array( 0, null ), $this->log_in( $text ), $other );
		}
	}

	public function test_a_token_that_is_late_changed_or_without_its_password_is_refused(): void {
		$text                        = self::body( $this->token_of( 'author', array() ) )->token;
		list( $head, $claims, $end ) = explode( '.', $text );
		$none                        = TokenSigner::base64url( '{"typ":"draftkeeper-rest+jwt","alg":"none"}' );
		$more                        = TokenSigner::base64url( (string) preg_replace( '/"sub":\d+/', '"sub":1', (string) base64_decode( strtr( $claims, '-_', '+/' ), true ) ) );
		foreach ( array( "$head.$more.$end", "$head.$claims.", "$head.$claims", "$head.$claims.$end.$end", "$head..$end", $text . 'A' ) as $forged ) {
			self::assertSame( array( 0, 'invalid_token' ), $this->log_in( $forged ), $forged );
		}
		// Not one of ours: somebody else may know it.
		foreach ( array( "$none.$claims.$end", "$none.$claims.", 'abc', '' ) as $foreign ) {
			self::assertSame( array( 0, null ), $this->log_in( $foreign ), $foreign );
		}
		$this->clock += 900;
		self::assertSame( array( 0, 'token_expired' ), $this->log_in( $text ) );
		$this->clock -= 900;
		self::assertTrue( $this->log_in( $text )[1] );
		WP_Application_Passwords::delete_application_password( get_current_user_id(), $this->password_id );
		self::assertSame( array( 0, 'invalid_token' ), $this->log_in( $text ) );
	}

	public function test_it_is_good_for_its_scope_only_whatever_its_user_may_do(): void {
		$text = self::body( $this->token_of( 'administrator', array( 'scope' => array( 'view_usage' ) ) ) )->token;
		$this->clock = time();
		$uuid = $this->created();
		$user = get_current_user_id();
		self::assertTrue( $this->log_in( $text )[1] );
		wp_set_current_user( $user );
		self::assertSame( 200, $this->dispatch( 'GET', '/draftkeeper/v1/usage' )->get_status() );
		self::assertSame( 200, $this->dispatch( 'GET', "/draftkeeper/v1/jobs/$uuid" )->get_status() );
		$closed = array( 'POST /jobs', "DELETE /jobs/$uuid", "POST /jobs/$uuid/retry", "POST /jobs/$uuid/ticket", 'POST /facts/check', 'GET /limits', 'PUT /limits', 'GET /settings', 'POST /settings/keys', 'GET /health/gateway' );
		foreach ( $closed as $call ) {
			list( $method, $route ) = explode( ' ', $call );
			self::assert_error( 'forbidden', 403, $this->dispatch( $method, "/draftkeeper/v1$route" ) );
		}
	}

	/** @param array<string, mixed> $body */
	private function token_of( string $role, array $body ): WP_REST_Response {
		$user = $this->act_as( $role );

		list( , $item )    = WP_Application_Passwords::create_new_application_password( $user, array( 'name' => 'A program' ) );
		$this->password_id = $item['uuid'];

		$GLOBALS['wp_rest_application_password_uuid'] = $item['uuid'];
		$response                                     = $this->dispatch( 'POST', self::ROUTE, (object) $body );
		unset( $GLOBALS['wp_rest_application_password_uuid'] );
		return $response;
	}

	/** @return array{int, string|true|null} who that is, and what is said to it: a code of ours, or that it is somebody. */
	private function log_in( string $text ): array {
		// A request has one bearer.
		remove_all_filters( 'map_meta_cap' );
		rest_get_server();
		foreach ( array( 'determine_current_user' => 30, 'rest_authentication_errors' => 50, 'rest_pre_dispatch' => 5 ) as $hook => $priority ) {
			remove_all_filters( $hook, $priority );
		}
		( new TokenLogin( fn() => $this->asked, fn() => $this->clock ) )->register();
		$_SERVER['HTTP_AUTHORIZATION'] = "Bearer $text";
		$user   = apply_filters( 'determine_current_user', false );
		$answer = apply_filters( 'rest_authentication_errors', null );
		$error  = apply_filters( 'rest_pre_dispatch', null, rest_get_server(), new WP_REST_Request( 'GET', $this->asked ) );
		unset( $_SERVER['HTTP_AUTHORIZATION'] );
		return array( (int) $user, $error instanceof WP_Error ? (string) $error->get_error_code() : $answer );
	}
}
