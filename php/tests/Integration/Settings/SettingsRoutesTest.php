<?php

namespace Draftkeeper\Tests\Integration\Settings;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Settings\Connection;
use Draftkeeper\Settings\GatewayAddress;
use Draftkeeper\Settings\KeyAge;
use Draftkeeper\Settings\NewKeys;
use Draftkeeper\Streams\StreamTickets;
use Draftkeeper\Tests\Support\JobsTestCase;
use PHPUnit\Framework\Attributes\DataProvider;

final class SettingsRoutesTest extends JobsTestCase {
	private const ROUTE = '/draftkeeper/v1/settings';

	private const SETTINGS = array(
		'gateway_url'  => 'https://gateway.example',
		'site_id'      => 'shop',
		'key_id'       => '2026-11',
		'text_days'    => 7,
		'row_days'     => 0,
		'redaction'    => false,
		'streaming'    => false,
		'on_uninstall' => 'delete',
	);

	protected function setUp(): void {
		parent::setUp();
		// The rules of a site in the open.
		add_filter( 'home_url', static fn( string $url ) => str_replace( 'http://', 'https://', $url ) );
	}

	protected function tearDown(): void {
		foreach ( array( 'TEXT_DAYS', 'ON_UNINSTALL', 'REDACTION', 'STREAMING' ) as $name ) {
			putenv( "DRAFTKEEPER_$name" );
		}
		parent::tearDown();
	}

	public function test_what_is_set_here_is_in_force(): void {
		$this->unlock();
		$this->act_as( 'administrator' );
		$before = $this->answer( 'GET', '', 'settings_answer' );
		self::assertSame( array( '', 30, 365, true, 'keep' ), array( $before->settings->gateway_url, $before->settings->text_days, $before->settings->row_days, $before->settings->redaction, $before->settings->on_uninstall ) );
		self::assertSame( array(), $before->locked );

		$after = $this->answer( 'PUT', '', 'settings_answer', array( 'gateway_url' => ' https://gateway.example/ ' ) + self::SETTINGS );
		self::assertEquals( (object) self::SETTINGS, $after->settings );
		self::assertEquals( $after, $this->answer( 'GET', '', 'settings_answer' ) );
		self::assertSame( 'https://gateway.example', ( new Connection() )->gateway_url() );
		self::assertSame( 'ready', ( new Connection() )->state() );

		$none = array( 'gateway_url' => '', 'site_id' => '', 'key_id' => '' ) + self::SETTINGS;
		self::assertEquals( (object) $none, $this->answer( 'PUT', '', 'settings_answer', $none )->settings );
		self::assertSame( 'not_connected', ( new Connection() )->state() );
	}

	public function test_what_a_constant_or_the_environment_sets_is_locked_and_not_stored(): void {
		$this->unlock();
		$this->act_as( 'administrator' );
		putenv( 'DRAFTKEEPER_SITE_ID=from-environment' );
		putenv( 'DRAFTKEEPER_TEXT_DAYS=90' );
		$answer = $this->answer( 'GET', '', 'settings_answer' );
		self::assertEquals( array( (object) array( 'setting' => 'site_id', 'constant' => 'DRAFTKEEPER_SITE_ID' ), (object) array( 'setting' => 'text_days', 'constant' => 'DRAFTKEEPER_TEXT_DAYS' ) ), $answer->locked );

		self::assert_error( 'setting_locked', 409, $this->dispatch( 'PUT', self::ROUTE, self::SETTINGS ), array( 'settings' => array( 'site_id', 'text_days' ) ) );
		self::assertFalse( get_option( 'draftkeeper_gateway_url' ) );

		$this->answer( 'PUT', '', 'settings_answer', array( 'site_id' => 'from-environment', 'text_days' => 90 ) + self::SETTINGS );
		self::assertSame( array( 'https://gateway.example', false, false ), array( get_option( 'draftkeeper_gateway_url' ), get_option( 'draftkeeper_site_id' ), get_option( 'draftkeeper_text_days' ) ) );
	}

	public function test_streaming_is_a_switch_that_the_environment_locks(): void {
		$this->unlock();
		$this->act_as( 'administrator' );
		self::assertTrue( $this->answer( 'GET', '', 'settings_answer' )->settings->streaming );
		self::assertFalse( $this->answer( 'PUT', '', 'settings_answer', self::SETTINGS )->settings->streaming );
		self::assertFalse( StreamTickets::is_wanted() );
		self::assertTrue( $this->answer( 'PUT', '', 'settings_answer', array( 'streaming' => true ) + self::SETTINGS )->settings->streaming );
		putenv( 'DRAFTKEEPER_STREAMING=off' );
		$answer = $this->answer( 'GET', '', 'settings_answer' );
		self::assertFalse( $answer->settings->streaming );
		self::assertEquals( array( (object) array( 'setting' => 'streaming', 'constant' => 'DRAFTKEEPER_STREAMING' ) ), $answer->locked );
		self::assert_error( 'setting_locked', 409, $this->dispatch( 'PUT', self::ROUTE, array( 'streaming' => true ) + self::SETTINGS ), array( 'settings' => array( 'streaming' ) ) );
	}

	public function test_every_wrong_field_is_named_with_a_sentence_and_nothing_is_stored(): void {
		$this->unlock();
		$this->act_as( 'administrator' );
		$response = $this->dispatch( 'PUT', self::ROUTE, array( 'gateway_url' => 'http://gateway.example', 'site_id' => 'a b', 'key_id' => '-' ) + self::SETTINGS );
		self::assert_error( 'invalid_body', 400, $response );
		$violations = self::body( $response )->data->violations;
		self::assertSame( array( 'gateway_url', 'site_id', 'key_id' ), array_column( $violations, 'path' ) );
		self::assertStringContainsString( 'must begin with https://', $violations[0]->message );
		self::assert_error( 'invalid_body', 400, $this->dispatch( 'PUT', self::ROUTE, array( 'text_days' => '7' ) + self::SETTINGS ) );
		self::assertFalse( get_option( 'draftkeeper_gateway_url' ) );
		self::assertFalse( get_option( 'draftkeeper_text_days' ) );
	}

	#[DataProvider( 'addresses' )]
	public function test_an_address_is_https_unless_the_gateway_is_on_this_server( string $url, bool $is_fine ): void {
		$this->unlock();
		$this->act_as( 'administrator' );
		self::assertSame( $is_fine ? 200 : 400, $this->dispatch( 'PUT', self::ROUTE, array( 'gateway_url' => $url ) + self::SETTINGS )->get_status(), $url );
	}

	/** @return iterable<string, array{string, bool}> */
	public static function addresses(): iterable {
		foreach ( array( 'https://g.example', 'https://g.example:8443/drafts', 'http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080' ) as $url ) {
			yield $url => array( $url, true );
		}
		foreach ( array( 'http://g.example', 'http://127.0.0.1.evil.example', 'ftp://g.example', 'g.example', 'https://', 'https://user@g.example', 'https://user:pass@g.example', 'https://g.example?x=1', 'https://g.example#x', "https://g.example/\nx", 'javascript:alert(1)', 'https://g.example/<script>' ) as $url ) {
			yield $url => array( $url, false );
		}
	}

	public function test_a_local_site_may_have_its_gateway_beside_it(): void {
		remove_all_filters( 'home_url' );
		self::assertSame( 'local', wp_get_environment_type() );
		self::assertNull( GatewayAddress::problem( 'http://gateway:8080' ) );
		self::assertNotNull( GatewayAddress::problem( 'http://user:pass@gateway:8080' ) );
	}

	public function test_secrets_are_told_by_state_and_age_and_never_shown(): void {
		$this->act_as( 'administrator' );
		( new KeyAge( new Connection(), static fn() => 1000 ) )->note();
		putenv( 'DRAFTKEEPER_WEBHOOK_SECRET=' . self::SECRET . ' whsec_c2hvcnQ=' );
		$response = $this->dispatch( 'GET', self::ROUTE );
		$secrets  = self::body( $response )->secrets;
		self::assertSame( array( 'usable', 'unusable', 'missing' ), array_column( $secrets, 'state' ) );
		self::assertSame( array( 1, 2, 0 ), array_column( $secrets, 'count' ) );
		self::assertSame( array( '1970-01-01T00:16:40Z', '1970-01-01T00:16:40Z', null ), array_column( $secrets, 'since' ) );
		$stored = (string) wp_json_encode( array( $response->get_data(), wp_load_alloptions() ) );
		foreach ( array( substr( self::SECRET, 6 ), substr( self::signing_key(), 40, 30 ), 'c2hvcnQ' ) as $secret ) {
			self::assertStringNotContainsString( $secret, $stored );
		}
	}

	public function test_an_age_begins_anew_with_a_new_key_and_is_forgotten_with_an_old_one(): void {
		$age = static fn( int $now ) => new KeyAge( new Connection(), static fn() => $now );
		$age( 1000 )->note();
		putenv( 'DRAFTKEEPER_WEBHOOK_SECRET=whsec_another' );
		self::assertNull( $age( 2000 )->since( array( 'whsec_another' ) ) );
		do_action( 'draftkeeper_sweep' );
		self::assertNotNull( $age( 2000 )->since( array( 'whsec_another' ) ) );
		self::assertNull( $age( 2000 )->since( array( self::SECRET ) ) );
		self::assertSame( 1000, $age( 2000 )->since( array( 'whsec_another', trim( self::signing_key() ) ) ) );
	}

	public function test_a_gateway_of_many_sites_keeps_their_secrets_apart(): void {
		$variable = static fn( string $site_id ) => explode( '=', NewKeys::make( $site_id )->gateway_environment() )[0];
		self::assertSame( array( 'MY_SHOP_EXAMPLE_WEBHOOK_SECRET', 'SITE_24_7_WEBHOOK_SECRET' ), array_map( $variable, array( 'my-shop.example', '24-7' ) ) );
	}

	public function test_a_gateway_may_call_a_site_whose_address_is_private_and_no_other(): void {
		$networks = static function ( string $url ): ?array {
			$there = static fn() => "$url/wp-json/";
			add_filter( 'rest_url', $there );
			$site = json_decode( NewKeys::make( 'shop' )->gateway_site(), true );
			remove_filter( 'rest_url', $there );
			return $site['private_networks'] ?? null;
		};
		self::assertSame( array( '127.0.0.0/8', '::1/128' ), $networks( 'http://localhost:8080' ) );
		self::assertSame( array( '127.0.0.0/8', '::1/128' ), $networks( 'http://[::1]' ) );
		self::assertSame( array( '10.1.2.3/32' ), $networks( 'http://10.1.2.3' ) );
		self::assertSame( array( 'fd00::7/128' ), $networks( 'http://[fd00::7]' ) );
		self::assertNull( $networks( 'https://93.184.215.14' ) );
		self::assertNull( $networks( 'https://shop.example' ) );
	}

	public function test_new_keys_connect_a_site_and_are_kept_nowhere(): void {
		$this->act_as( 'administrator' );
		$options = wp_load_alloptions( true );
		$keys    = $this->answer( 'POST', '/keys', 'new_keys', array( 'gateway_url' => 'https://gateway.example/', 'site_id' => 'shop' ) );
		self::assertSame( $options, wp_load_alloptions( true ) );
		self::assertStringContainsString( "define( 'DRAFTKEEPER_GATEWAY_URL', 'https://gateway.example' );", $keys->config_lines );
		self::assertSame( array( 'shop', $keys->key_id ), array( json_decode( $keys->gateway_site )->site_id, json_decode( $keys->gateway_site )->keys[0]->kid ) );
		self::assertSame( 'SHOP_WEBHOOK_SECRET', json_decode( $keys->gateway_site )->webhook_secret_env );
		self::assertStringStartsWith( 'SHOP_WEBHOOK_SECRET=whsec_', $keys->gateway_environment );
		self::assertStringContainsString( explode( '=', $keys->gateway_environment, 2 )[1], $keys->config_lines );
		self::assertStringNotContainsString( 'PRIVATE', $keys->gateway_site );
		self::assertNotSame( $keys->config_lines, $this->answer( 'POST', '/keys', 'new_keys', array( 'gateway_url' => 'https://gateway.example', 'site_id' => 'shop' ) )->config_lines );

		$response = $this->dispatch( 'POST', self::ROUTE . '/keys', array( 'gateway_url' => 'http://gateway.example', 'site_id' => '' ) );
		self::assert_error( 'invalid_body', 400, $response );
		self::assertSame( array( 'gateway_url', 'site_id' ), array_column( self::body( $response )->data->violations, 'path' ) );
	}

	public function test_the_connection_is_tried_both_ways(): void {
		$this->act_as( 'administrator' );
		$this->answer_own_requests();
		$findings = $this->answer( 'GET', '/test', 'connection_test' )->findings;
		self::assertSame( array( 'secrets', 'gateway', 'webhook', 'clock' ), array_column( $findings, 'check' ) );
		self::assertSame( array( 'good', 'good', 'good', 'good' ), array_column( $findings, 'level' ) );

		self::assertSame( 'GET /v1/models', array_slice( $this->gateway->calls(), -1 )[0], 'somebody may have changed them' );

		$this->gateway->answer_next( 401, array( 'code' => 'unknown_site' ) );
		$asked    = count( $this->gateway->requests );
		$findings = $this->answer( 'GET', '/test', 'connection_test' )->findings;
		self::assertSame( 'critical', $findings[1]->level );
		self::assertCount( $asked + 1, $this->gateway->requests );
		self::assertStringContainsString( 'DRAFTKEEPER_SITE_ID', $findings[1]->next );
	}

	public function test_a_site_that_is_not_connected_learns_what_is_missing(): void {
		$this->unlock();
		putenv( 'DRAFTKEEPER_WEBHOOK_SECRET' );
		$this->answer_own_requests();
		$this->act_as( 'administrator' );
		$findings = $this->answer( 'GET', '/test', 'connection_test' )->findings;
		self::assertSame( array( 'secrets' ), array_column( $findings, 'check' ) );
		self::assertStringContainsString( 'DRAFTKEEPER_GATEWAY_URL', $findings[0]->text );
	}

	public function test_others_may_not(): void {
		foreach ( array( array( 'GET', '' ), array( 'PUT', '' ), array( 'POST', '/keys' ), array( 'GET', '/test' ) ) as list( $method, $path ) ) {
			wp_set_current_user( 0 );
			self::assert_error( 'unauthenticated', 401, $this->dispatch( $method, self::ROUTE . $path, self::SETTINGS ) );
			$this->act_as( 'editor' );
			self::assert_error( 'forbidden', 403, $this->dispatch( $method, self::ROUTE . $path, self::SETTINGS ) );
		}
	}

	/** Addresses and names only from options; the secrets stay. */
	private function unlock(): void {
		foreach ( array( 'GATEWAY_URL', 'SITE_ID', 'KEY_ID' ) as $name ) {
			putenv( "DRAFTKEEPER_$name" );
		}
	}

	/** A webhook to oneself arrives; application passwords are not asked for. */
	private function answer_own_requests(): void {
		add_filter( 'wp_is_application_passwords_available', '__return_false' );
		add_filter( 'pre_http_request', static function ( mixed $earlier, array $arguments, string $url ): mixed {
			return str_contains( $url, 'webhooks/gateway' ) ? array( 'headers' => array(), 'body' => '{"code":"unknown_job"}', 'response' => array( 'code' => 404, 'message' => '' ), 'cookies' => array(), 'filename' => null ) : $earlier;
		}, 20, 3 );
	}

	/** @param array<string, mixed>|null $body */
	private function answer( string $method, string $path, string $schema, ?array $body = null ): object {
		$response = $this->dispatch( $method, self::ROUTE . $path, $body );
		self::assertSame( 200, $response->get_status(), (string) wp_json_encode( $response->get_data() ) );
		self::assertSame( 'private, no-store', $response->get_headers()['Cache-Control'] );
		$answer = self::body( $response );
		self::assertSame( array(), Contract::check( $schema, $answer ) );
		return $answer;
	}
}
