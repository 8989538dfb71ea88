<?php

namespace Draftkeeper\Tests\Integration\Health;

use Draftkeeper\Gateway\GatewayHealth;
use Draftkeeper\Health\Finding;
use Draftkeeper\Health\JobsCheck;
use Draftkeeper\Jobs\JobHealthStore;
use Draftkeeper\Jobs\JobTable;
use Draftkeeper\Jobs\SweepClock;
use Draftkeeper\Plugin;
use Draftkeeper\Settings\Connection;
use Draftkeeper\Tests\Support\JobsTestCase;
use PHPUnit\Framework\Attributes\DataProvider;

final class SiteHealthTest extends JobsTestCase {
	public function test_site_health_lists_every_check_and_runs_the_slow_ones_apart(): void {
		$this->act_as( 'administrator' );
		$tests = apply_filters( 'site_status_tests', array( 'direct' => array(), 'async' => array() ) );
		self::assertSame( array( 'draftkeeper_secrets', 'draftkeeper_tables', 'draftkeeper_waiting', 'draftkeeper_sweep', 'draftkeeper_clock', 'draftkeeper_limits', 'draftkeeper_object_cache', 'draftkeeper_streams', 'draftkeeper_archive' ), array_keys( $tests['direct'] ) );
		self::assertSame( array( 'draftkeeper_gateway', 'draftkeeper_webhook', 'draftkeeper_authorization' ), array_keys( $tests['async'] ) );
		foreach ( $tests['direct'] as $name => $test ) {
			$result = $test['test']();
			self::assertSame( $name, $result['test'] );
			self::assertNotSame( '', $result['label'] );
		}
		self::assertSame( array(), $this->gateway->requests, 'a page asks nobody' );

		$answer = $this->dispatch( 'GET', '/draftkeeper/v1/health/gateway' );
		self::assertSame( array( 200, 'good' ), array( $answer->get_status(), $answer->get_data()['status'] ) );
		self::assert_error( 'invalid_query', 400, $this->dispatch( 'GET', '/draftkeeper/v1/health/weather' ) );
		$this->act_as( 'editor' );
		self::assert_error( 'forbidden', 403, $this->dispatch( 'GET', '/draftkeeper/v1/health/gateway' ) );
		wp_set_current_user( 0 );
		self::assert_error( 'unauthenticated', 401, $this->dispatch( 'GET', '/draftkeeper/v1/health/gateway' ) );
	}

	/** @param array<string, mixed> $body */
	#[DataProvider( 'gateway_answers' )]
	public function test_what_the_gateway_answers_leads_to_a_next_step( int $status, array $body, string $text, string $next ): void {
		$this->gateway->answer_next( $status, $body );
		$this->gateway->answer_next( $status, $body );
		$finding = Plugin::checks()->remote()['gateway']();
		self::assertSame( 'critical', $finding->level->value );
		self::assertStringContainsString( $text, $finding->text );
		self::assertStringContainsString( $next, $finding->next );
	}

	/** @return iterable<string, array{int, array<string, mixed>, string, string}> */
	public static function gateway_answers(): iterable {
		yield 'a moved site' => array( 409, array( 'code' => 'site_moved' ), 'another address', 'rest_url' );
		yield 'another contract' => array( 409, array( 'code' => 'contract_unsupported' ), 'versions', 'Update' );
		yield 'a clock beyond repair' => array( 401, array( 'code' => 'clock_skew', 'server_time' => time() + 7200 ), 'clocks', 'NTP' );
		yield 'an unknown site' => array( 401, array( 'code' => 'unknown_site' ), 'does not know', 'DRAFTKEEPER_SITE_ID' );
		yield 'a wrong key' => array( 401, array( 'code' => 'invalid_token' ), 'signature', 'DRAFTKEEPER_KEY_ID' );
		yield 'a switch' => array( 503, array( 'code' => 'site_disabled' ), 'switched it off', 'sites enable' );
		yield 'too much' => array( 429, array( 'code' => 'rate_limited' ), 'too much', 'Wait' );
		yield 'a stranger' => array( 200, array( 'hello' => 'world' ), 'HTTP 200', 'log' );
		yield 'trouble' => array( 503, array(), 'HTTP 503', 'log' );
	}

	public function test_a_dead_gateway_is_told_and_an_unconnected_site_is_not_scolded(): void {
		$this->gateway->go_down();
		self::assertStringContainsString( 'Nobody answers', Plugin::checks()->remote()['gateway']()->text );
		putenv( 'DRAFTKEEPER_KEY_ID' );
		self::assertNull( Plugin::checks()->remote()['gateway']() );
		$secrets = Plugin::checks()->local()['secrets']();
		self::assertSame( 'recommended', $secrets->level->value );
		self::assertStringContainsString( 'DRAFTKEEPER_KEY_ID', $secrets->text );
		self::assertStringContainsString( 'wp draftkeeper connect', $secrets->next );
	}

	public function test_keys_that_cannot_be_used_are_named_and_not_shown(): void {
		self::assertSame( 'good', Plugin::checks()->local()['secrets']()->level->value );
		foreach ( array( 'DRAFTKEEPER_SIGNING_KEY' => 'no-pem-at-all', 'DRAFTKEEPER_WEBHOOK_SECRET' => 'whsec_c2hvcnQ=' ) as $name => $value ) {
			putenv( "$name=$value" );
			$finding = Plugin::checks()->local()['secrets']();
			self::assertSame( 'critical', $finding->level->value );
			self::assertStringContainsString( $name, $finding->text );
			self::assertStringNotContainsString( $value, $finding->text . $finding->next );
			$this->connect();
		}
	}

	public function test_jobs_that_wait_for_a_person_come_first(): void {
		$this->act_as( 'author' );
		self::assertSame( 'good', $this->check( 'waiting' )->level->value );
		$this->gateway->go_down();
		$old = $this->created();
		$this->set_row( $old, array( 'created_at' => gmdate( 'Y-m-d H:i:s', $this->clock - 3600 ) ) );
		self::assertStringContainsString( 'gateway_unreachable', $this->check( 'waiting' )->text );
		foreach ( array( 'site_moved', 'contract_unsupported', 'gateway_refused_signature', 'gateway_disabled', 'encryption_key_missing' ) as $reason ) {
			$this->set_row( $old, array( 'wait_reason' => $reason ) );
			self::assertSame( 'critical', $this->check( 'waiting' )->level->value, $reason );
			self::assertStringContainsString( '1 job', $this->check( 'waiting' )->text );
		}
	}

	public function test_jobs_that_wait_because_ai_is_switched_off_are_not_laid_at_the_gateways_door(): void {
		if ( ! function_exists( 'wp_supports_ai' ) ) {
			self::assertFalse( function_exists( 'wp_supports_ai' ), 'WordPress before 7.0 has no such switch.' );
			return;
		}
		$this->act_as( 'author' );
		$this->gateway->go_down();
		$this->created();
		add_filter( 'wp_supports_ai', '__return_false' );
		$finding = $this->check( 'waiting' );
		self::assertSame( 'recommended', $finding->level->value );
		self::assertStringContainsString( 'switched off', $finding->text );
		self::assertStringContainsString( 'wp draftkeeper jobs cancel', $finding->next );
	}

	public function test_a_sweep_that_sleeps_is_seen_and_a_run_is_noted(): void {
		$this->act_as( 'author' );
		delete_option( 'draftkeeper_swept_at' );
		self::assertStringContainsString( 'never', $this->check( 'sweep' )->text );
		do_action( 'draftkeeper_sweep' );
		self::assertSame( 'good', $this->check( 'sweep' )->level->value );
		self::assertArrayNotHasKey( 'draftkeeper_swept_at', wp_load_alloptions( true ) );

		$uuid = $this->created();
		$this->set_row( $uuid, array( 'lease_until' => gmdate( 'Y-m-d H:i:s', $this->clock - 301 ) ) );
		self::assertStringContainsString( '1 job is stuck', $this->check( 'sweep' )->text );
		$this->clock += 7200;
		self::assertSame( 'critical', $this->check( 'sweep' )->level->value );
		self::assertStringContainsString( 'wp draftkeeper sweep', $this->check( 'sweep' )->next );
	}

	public function test_clocks_that_differ_by_half_a_minute_are_a_warning(): void {
		$health = new GatewayHealth( fn() => $this->clock );
		$health->learn_time( $this->clock + 29 );
		self::assertSame( 'good', $this->check( 'clock' )->level->value );
		$health->learn_time( $this->clock - 31 );
		self::assertSame( 'recommended', $this->check( 'clock' )->level->value );
		self::assertStringContainsString( '-31 seconds', $this->check( 'clock' )->text );
	}

	public function test_limits_and_budgets_that_cannot_be_understood_are_named(): void {
		self::assertSame( 'good', $this->check( 'limits' )->level->value );
		foreach ( array( 'DRAFTKEEPER_JOB_LIMIT' => 'sixty', 'DRAFTKEEPER_WARN_PERCENT' => '80%', 'DRAFTKEEPER_BUDGETS' => '[{"scope":"site"' ) as $name => $value ) {
			putenv( "$name=$value" );
			$finding = $this->check( 'limits' );
			putenv( $name );
			self::assertSame( 'critical', $finding->level->value );
			self::assertStringContainsString( $name, $finding->text );
		}
	}

	/** @param array<string, mixed>|\WP_Error $reply */
	#[DataProvider( 'loop_answers' )]
	public function test_what_becomes_of_a_webhook_to_oneself_is_explained( array|\WP_Error $reply, string $level, string $text ): void {
		add_filter( 'pre_http_request', static fn( mixed $earlier, array $arguments, string $url ) => str_contains( $url, 'webhooks/gateway' ) ? $reply : $earlier, 20, 3 );
		$finding = Plugin::checks()->remote()['webhook']();
		self::assertSame( $level, $finding->level->value );
		self::assertStringContainsString( $text, $finding->text . $finding->next );
	}

	/** @return iterable<string, array{array<string, mixed>|\WP_Error, string, string}> */
	public static function loop_answers(): iterable {
		$reply = static fn( int $status, string $body ) => array( 'headers' => array(), 'body' => $body, 'response' => array( 'code' => $status, 'message' => '' ), 'cookies' => array(), 'filename' => null );
		yield 'headers were lost' => array( $reply( 401, '{"code":"stale_signature"}' ), 'critical', 'webhook-signature' );
		yield 'a body was changed' => array( $reply( 401, '{"code":"bad_signature"}' ), 'critical', 'webhook-signature' );
		yield 'an address that is not listed' => array( $reply( 403, '{"code":"forbidden"}' ), 'recommended', 'DRAFTKEEPER_WEBHOOK_ALLOW' );
		yield 'a firewall' => array( $reply( 403, '<html>' ), 'recommended', 'HTTP 403' );
		yield 'nobody' => array( new \WP_Error( 'http_request_failed', 'Connection refused' ), 'recommended', 'Connection refused' );
	}

	public function test_results_that_only_come_when_they_are_asked_for_show_that_the_gateway_cannot_bring_them(): void {
		add_filter( 'pre_http_request', static fn( mixed $earlier, array $arguments, string $url ) => str_contains( $url, 'webhooks/gateway' ) ? array( 'headers' => array(), 'body' => '{"code":"unknown_job"}', 'response' => array( 'code' => 404, 'message' => '' ), 'cookies' => array(), 'filename' => null ) : $earlier, 20, 3 );
		$this->act_as( 'author' );
		foreach ( array( 'good', 'good', 'recommended' ) as $level ) {
			$uuid = $this->created();
			$this->results->apply( json_decode( (string) wp_json_encode( self::finished( $uuid ) ) ) );
			self::assertSame( $level, Plugin::checks()->remote()['webhook']()->level->value );
		}
		self::assertStringContainsString( 'rest_url', Plugin::checks()->remote()['webhook']()->next );
		$this->deliver( self::finished( $this->created() ) );
		self::assertStringContainsString( 'so do the gateway', Plugin::checks()->remote()['webhook']()->text );
	}

	public function test_the_signed_loop_ends_at_our_own_route(): void {
		add_filter( 'pre_http_request', function ( mixed $earlier, array $arguments, string $url ): mixed {
			if ( ! str_contains( $url, 'webhooks/gateway' ) ) {
				return $earlier;
			}
			$response = $this->dispatch( 'POST', '/draftkeeper/v1/webhooks/gateway', $arguments['body'], $arguments['headers'] );
			return array( 'headers' => array(), 'body' => (string) wp_json_encode( $response->get_data() ), 'response' => array( 'code' => $response->get_status(), 'message' => '' ), 'cookies' => array(), 'filename' => null );
		}, 20, 3 );
		self::assertSame( 'good', Plugin::checks()->remote()['webhook']()->level->value );
		self::assertSame( 0, $this->count_rows() );
	}

	public function test_an_authorization_header_that_is_lost_is_found_out(): void {
		$reply = (object) array( 'status' => 200, 'arrives' => true );
		add_filter( 'wp_is_application_passwords_available', '__return_true' );
		add_filter( 'pre_http_request', static function ( mixed $earlier, array $arguments ) use ( $reply ): mixed {
			list( $user ) = explode( ':', (string) base64_decode( substr( $arguments['headers']['Authorization'], strlen( 'Basic ' ) ), true ) );
			if ( $reply->arrives ) {
				$_SERVER['PHP_AUTH_USER'] = $user;
			}
			$error = apply_filters( 'rest_authentication_errors', null );
			unset( $_SERVER['PHP_AUTH_USER'] );
			$body = is_wp_error( $error ) ? array( 'code' => $error->get_error_code() ) : array();
			$code = is_wp_error( $error ) ? $error->get_error_data()['status'] : $reply->status;
			return array( 'headers' => array(), 'body' => (string) wp_json_encode( $body ), 'response' => array( 'code' => $code, 'message' => '' ), 'cookies' => array(), 'filename' => null );
		}, 20, 2 );
		self::assertSame( 'good', Plugin::checks()->remote()['authorization']()->level->value );
		$reply->arrives = false;
		self::assertStringContainsString( 'CGIPassAuth', Plugin::checks()->remote()['authorization']()->next );
		$reply->status = 503;
		self::assertNull( Plugin::checks()->remote()['authorization'](), 'a site that cannot call itself tells nothing' );
	}

	public function test_a_site_without_a_gateway_is_told_of_no_sweep_and_no_clock(): void {
		delete_option( 'draftkeeper_swept_at' );
		self::assertNotNull( $this->check( 'clock' ) );
		putenv( 'DRAFTKEEPER_SIGNING_KEY' );
		self::assertNull( $this->check( 'clock' ) );
		self::assertNull( $this->check( 'sweep' ) );
	}

	public function test_the_debug_information_holds_no_secret(): void {
		$this->act_as( 'administrator' );
		$information = apply_filters( 'debug_information', array() )['draftkeeper'];
		$text        = (string) wp_json_encode( $information );
		self::assertStringContainsString( 'site-1', $text );
		self::assertStringNotContainsString( 'PRIVATE KEY', $text );
		self::assertStringNotContainsString( substr( self::SECRET, 6, 12 ), $text );
	}

	private function check( string $name ): ?Finding {
		global $wpdb;
		$now   = fn() => $this->clock;
		$check = new JobsCheck( new JobHealthStore( $wpdb, new JobTable( $wpdb ), $now ), new SweepClock( $now ), new GatewayHealth( $now ), new Connection(), $now );
		return $check->$name();
	}
}
