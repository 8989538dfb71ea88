<?php

namespace Draftkeeper\Tests\Integration\Streams;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Gateway\GatewayHealth;
use Draftkeeper\Gateway\TokenSigner;
use Draftkeeper\Jobs\JobAccess;
use Draftkeeper\Settings\Connection;
use Draftkeeper\Streams\StreamTickets;
use Draftkeeper\Tests\Support\FakeGateway;
use Draftkeeper\Tests\Support\JobsTestCase;
use PHPUnit\Framework\Attributes\DataProvider;
use WP_REST_Response;

final class StreamRoutesTest extends JobsTestCase {
	private const ROUTE = '/draftkeeper/v1/jobs';

	protected function tearDown(): void {
		putenv( 'DRAFTKEEPER_STREAMING' );
		parent::tearDown();
	}

	public function test_a_job_that_a_browser_creates_brings_a_ticket_for_its_stream(): void {
		$this->act_as( 'author' );
		$job = self::body( $this->create_from( $this->origin() ) );
		self::assertSame( array(), Contract::check( 'job', $job ) );
		self::assertSame( FakeGateway::URL . "/v1/jobs/{$job->uuid}/events", $job->stream->url );
		self::assertEqualsWithDelta( time() + 60, strtotime( $job->stream->expires_at ), 2 );

		$claims = $this->verified( $job->stream->ticket );
		self::assertSame( array(), Contract::check( 'ticket_claims', $claims ) );
		self::assertSame(
			array( 'site-1', 1, home_url(), 'http://127.0.0.1:48123', $job->uuid, $this->origin() ),
			array( $claims->iss, $claims->bid, $claims->home, $claims->aud, $claims->job, $claims->origin )
		);
		self::assertSame( 60, $claims->exp - $claims->iat );
		self::assertObjectNotHasProperty( 'sub', $claims );
	}

	public function test_every_ticket_works_once(): void {
		$this->act_as( 'author' );
		$uuid = $this->created();
		$ids  = array_map( fn() => $this->verified( self::body( $this->ask( $uuid ) )->ticket )->jti, range( 1, 20 ) );
		self::assertCount( 20, array_unique( $ids ) );
	}

	public function test_the_ticket_is_dated_by_the_gateways_clock(): void {
		$this->act_as( 'author' );
		$uuid = $this->created();
		update_option( 'draftkeeper_gateway_health', array( 'clock_offset' => 600 ) );
		self::assertEqualsWithDelta( time() + 600, $this->verified( self::body( $this->ask( $uuid ) )->ticket )->iat, 2 );
	}

	public function test_a_repeated_request_and_a_retry_bring_a_ticket_too_while_there_is_something_to_watch(): void {
		$this->act_as( 'author' );
		$first = self::body( $this->create_from( $this->origin(), 'key-1' ) );
		$again = $this->create_from( $this->origin(), 'key-1' );
		self::assertSame( 200, $again->get_status() );
		self::assertObjectHasProperty( 'stream', self::body( $again ) );
		$this->deliver( self::finished( $first->uuid ) );
		self::assertObjectNotHasProperty( 'stream', self::body( $this->create_from( $this->origin(), 'key-1' ) ) );
		$retry = self::body( $this->dispatch( 'POST', self::ROUTE . "/{$first->uuid}/retry", null, array( 'Origin' => $this->origin() ) ) );
		self::assertStringContainsString( $retry->uuid, $retry->stream->url );
	}

	public function test_polls_and_lists_bring_none(): void {
		$this->act_as( 'author' );
		$post = $this->post();
		$uuid = $this->created( array( 'post_id' => $post ) );
		foreach ( array( "/$uuid", "?open_for=$post", "?ids=$uuid" ) as $path ) {
			self::assertStringNotContainsString( '"stream"', (string) wp_json_encode( $this->dispatch( 'GET', self::ROUTE . $path, null, array( 'Origin' => $this->origin() ) )->get_data() ) );
		}
	}

	/** @param non-empty-string|null $origin */
	#[DataProvider( 'foreign_origins' )]
	public function test_a_program_and_a_page_of_another_site_get_none( ?string $origin ): void {
		$this->act_as( 'author' );
		$response = $this->create_from( $origin );
		self::assertSame( 201, $response->get_status() );
		self::assertObjectNotHasProperty( 'stream', self::body( $response ) );
		self::assert_error( 'streaming_off', 409, $this->ask( self::body( $response )->uuid, $origin ) );
	}

	/** @return iterable<string, array{?string}> */
	public static function foreign_origins(): iterable {
		yield 'no browser' => array( null );
		yield 'another site' => array( 'https://evil.example' );
		yield 'a sandboxed page' => array( 'null' );
		yield 'another port' => array( 'http://example.org:8081' );
	}

	public function test_the_address_of_wordpress_and_those_it_allows_are_the_sites_own(): void {
		$this->act_as( 'author' );
		$uuid = $this->created();
		add_filter( 'site_url', static fn( string $url ) => str_replace( home_url(), 'https://Admin.example:8443/wp', $url ) );
		self::assertSame( 'https://admin.example:8443', $this->verified( self::body( $this->ask( $uuid, 'https://admin.example:8443' ) )->ticket )->origin );
		add_filter( 'allowed_http_origins', static fn( array $origins ) => array( ...$origins, 'https://app.example' ) );
		self::assertSame( 201, $this->ask( $uuid, 'https://app.example' )->get_status() );
	}

	#[DataProvider( 'gateways' )]
	public function test_a_gateway_where_browsers_cannot_go_gives_no_stream( string $url, string $environment, bool $is_on ): void {
		putenv( "DRAFTKEEPER_GATEWAY_URL=$url" );
		$connection = new Connection();
		$tickets    = new StreamTickets( $connection, new TokenSigner( $connection ), new GatewayHealth( time( ... ) ), new JobAccess(), $environment );
		self::assertSame( $is_on, $tickets->is_on() );
	}

	/** @return iterable<string, array{string, string, bool}> */
	public static function gateways(): iterable {
		yield 'by https' => array( 'https://gateway.example', 'production', true );
		yield 'by https, on this computer' => array( 'https://127.0.0.1:8787', 'production', true );
		yield 'by http, which a page by https may not read' => array( 'http://gateway.example', 'local', false );
		yield 'by http, in the same network' => array( 'http://10.0.0.7:8787', 'local', false );
		yield 'a name that only looks like this computer' => array( 'http://localhost.evil.example', 'local', false );
		yield 'this computer, where somebody tries it out' => array( 'http://127.0.0.1:8787', 'local', true );
		yield 'this computer by name' => array( 'http://LOCALHOST:8787', 'development', true );
		yield 'this computer by its other address' => array( 'http://[::1]:8787', 'local', true );
		yield 'this computer, which is not the one of the site\'s editors' => array( 'http://127.0.0.1:8787', 'production', false );
		yield 'none' => array( '', 'local', false );
	}

	public function test_streaming_can_be_switched_off(): void {
		$this->act_as( 'author' );
		$uuid = $this->created();
		update_option( 'draftkeeper_streaming', 'off' );
		self::assert_error( 'streaming_off', 409, $this->ask( $uuid ) );
		putenv( 'DRAFTKEEPER_STREAMING=on' );
		self::assertSame( 201, $this->ask( $uuid )->get_status() );
		putenv( 'DRAFTKEEPER_STREAMING=off' );
		update_option( 'draftkeeper_streaming', 'on' );
		self::assert_error( 'streaming_off', 409, $this->ask( $uuid ) );
		self::assertObjectNotHasProperty( 'stream', self::body( $this->create_from( $this->origin() ) ) );
	}

	public function test_only_who_may_read_a_draft_may_watch_it(): void {
		$this->act_as( 'author' );
		$post = $this->post();
		$uuid = $this->created( array( 'post_id' => $post ) );
		self::assertSame( 201, $this->ask( $uuid )->get_status() );
		$owner = get_current_user_id();

		wp_set_current_user( 0 );
		self::assert_error( 'unauthenticated', 401, $this->ask( $uuid ) );
		$this->act_as( 'author' );
		self::assert_error( 'job_not_found', 404, $this->ask( $uuid ) );
		self::assert_error( 'job_not_found', 404, $this->ask( wp_generate_uuid4() ) );
		self::assert_error( 'job_not_found', 404, $this->ask( 'x' ) );

		$editor = $this->act_as( 'editor' );
		self::assertSame( 201, $this->ask( $uuid )->get_status() );
		wp_update_post( array( 'ID' => $post, 'post_author' => $editor ) );
		wp_set_current_user( $owner );
		self::assert_error( 'forbidden', 403, $this->ask( $uuid ) );
	}

	public function test_there_is_nothing_to_watch_of_a_job_that_has_ended(): void {
		$this->act_as( 'author' );
		$uuid = $this->created();
		$this->deliver( self::finished( $uuid ) );
		self::assert_error( 'job_finished', 409, $this->ask( $uuid ), array( 'job_status' => 'succeeded' ) );
	}

	public function test_a_ticket_is_kept_by_no_cache(): void {
		$this->act_as( 'author' );
		$response = $this->ask( $this->created() );
		self::assertSame( array(), Contract::check( 'stream', self::body( $response ) ) );
		self::assertSame( 'no-store', $response->get_headers()['Cache-Control'] );
	}

	public function test_a_key_that_cannot_sign_takes_no_job_down(): void {
		$this->act_as( 'author' );
		putenv( 'DRAFTKEEPER_SIGNING_KEY=no key' );
		$log  = (string) tempnam( sys_get_temp_dir(), 'log' );
		$kept = ini_set( 'error_log', $log );
		try {
			$response = $this->create_from( $this->origin() );
		} finally {
			ini_set( 'error_log', (string) $kept );
		}
		self::assertSame( 201, $response->get_status() );
		self::assertObjectNotHasProperty( 'stream', self::body( $response ) );
		self::assertStringContainsString( 'DRAFTKEEPER_SIGNING_KEY', (string) file_get_contents( $log ) );
		unlink( $log );
	}

	private function origin(): string {
		return Connection::origin( home_url() );
	}

	private function create_from( ?string $origin, ?string $key = null ): WP_REST_Response {
		return $this->dispatch( 'POST', self::ROUTE, self::body_of_job(), array( 'Origin' => $origin, 'Idempotency-Key' => $key ?? wp_generate_uuid4() ) );
	}

	private function ask( string $uuid, ?string $origin = '' ): WP_REST_Response {
		return $this->dispatch( 'POST', self::ROUTE . "/$uuid/ticket", null, array( 'Origin' => '' === $origin ? $this->origin() : $origin ) );
	}

	/** The claims of a ticket whose signature holds. */
	private function verified( string $ticket ): object {
		list( $header, $claims, $signature ) = explode( '.', $ticket );
		$decode = static fn( string $part ) => (string) base64_decode( strtr( $part, '-_', '+/' ), true );
		$raw    = $decode( $signature );
		$der    = implode( '', array_map( self::der_integer( ... ), str_split( $raw, 32 ) ) );
		$public = openssl_pkey_get_details( openssl_pkey_get_private( self::signing_key() ) ?: throw new \LogicException() )['key'];
		self::assertSame( 1, openssl_verify( "$header.$claims", "\x30" . chr( strlen( $der ) ) . $der, $public, OPENSSL_ALGO_SHA256 ) );
		self::assertSame( array( 'alg' => 'ES256', 'typ' => 'draftkeeper-ticket+jwt', 'kid' => 'key-1' ), json_decode( $decode( $header ), true ) );
		return json_decode( $decode( $claims ), false, 8, JSON_THROW_ON_ERROR );
	}

	private static function der_integer( string $coordinate ): string {
		$bytes = ltrim( $coordinate, "\0" );
		$bytes = ord( $bytes[0] ) > 127 ? "\0$bytes" : $bytes;
		return "\x02" . chr( strlen( $bytes ) ) . $bytes;
	}
}
