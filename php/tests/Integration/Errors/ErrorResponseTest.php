<?php

namespace Draftkeeper\Tests\Integration\Errors;

use Draftkeeper\Tests\Support\JobsTestCase;
use PHPUnit\Framework\Attributes\DataProvider;

/** Every route and everything that can be wrong with a request: the right code, no notice, no row changed, nobody asked. */
final class ErrorResponseTest extends JobsTestCase {
	private const UNKNOWN = '018f6b0a-7c1e-4b8e-9d55-0c4f3f1e2a77';

	private int $editor;

	protected function setUp(): void {
		parent::setUp();
		$this->editor = $this->act_as( 'editor' );
	}

	/** @param array<string, string|null> $headers */
	#[DataProvider( 'bad_requests' )]
	public function test_a_bad_request_gets_its_code_and_changes_nothing( string $who, string $call, string $code, int $status, ?string $body = null, array $headers = array() ): void {
		// Only where the case names one: they take most of the time.
		$names = 1 === preg_match( '/\{[a-z]+\}/', $call . $body ) ? $this->named() : array();
		$this->become( $who );
		list( $method, $route ) = explode( ' ', strtr( $call, $names ), 2 );
		$body                   = null === $body ? null : strtr( $body, $names );
		if ( 'gateway' === $who && null !== $body ) {
			$headers += self::signature( 'msg_bad', (string) time(), $body );
		}
		$before   = self::everything();
		$response = $this->dispatch( $method, "/draftkeeper/v1$route", $body, $headers );
		self::assert_error( $code, $status, $response );
		self::assertMatchesRegularExpression( '/\. \S|^Please | must /u', $response->get_data()['message'], 'It says what can be done.' );
		self::assertSame( $before, self::everything() );
		self::assertSame( array(), $this->gateway->requests );
	}

	public function test_there_are_at_least_150_of_them_over_all_routes(): void {
		$cases = iterator_to_array( self::bad_requests() );
		self::assertGreaterThanOrEqual( 150, count( $cases ) );
		$tried = array_map( static fn( array $case ) => (string) preg_replace( '/\?.*$/', '', explode( ' /', $case[1], 2 )[1] ), array_values( $cases ) );
		foreach ( array_keys( rest_get_server()->get_routes( 'draftkeeper/v1' ) ) as $route ) {
			$pattern = '@^' . str_replace( '/draftkeeper/v1/', '', $route ) . '$@';
			self::assertTrue( '/draftkeeper/v1' === $route || array() !== preg_grep( $pattern, $tried ), "$route is not tried" );
		}
	}

	/** @return \Generator<string, array{0: string, 1: string, 2: string, 3: int, 4?: ?string, 5?: array<string, string|null>}> */
	public static function bad_requests(): \Generator {
		yield from self::strangers();
		yield from self::creations();
		yield from self::jobs();
		yield from self::queries();
		yield from self::others();
		yield from self::deliveries();
	}

	/** @return iterable<string, array{0: string, 1: string, 2: string, 3: int, 4?: ?string}> */
	private static function strangers(): iterable {
		$calls = array(
			'POST /jobs'                => array( '{}', 'contributor' ),
			'GET /jobs'                 => array( null, null ),
			'GET /jobs/{open}'          => array( null, null ),
			'DELETE /jobs/{open}'       => array( null, null ),
			'POST /jobs/{failed}/retry' => array( null, 'contributor' ),
			'POST /jobs/{draft}/review' => array( '{}', 'contributor' ),
			'POST /jobs/{open}/ticket'  => array( null, null ),
			'GET /facts?post_id={post}' => array( null, 'contributor' ),
			'POST /facts/check'         => array( '{}', 'contributor' ),
			'GET /usage'                => array( null, 'editor' ),
			'GET /usage/choices'          => array( null, 'editor' ),
			'GET /usage/export'         => array( null, 'editor' ),
			'GET /limits'               => array( null, 'editor' ),
			'PUT /limits'               => array( '{}', 'editor' ),
			'GET /limits/mine'          => array( null, null ),
			'GET /limits/users'         => array( null, 'editor' ),
			'GET /settings'             => array( null, 'editor' ),
			'PUT /settings'             => array( '{}', 'editor' ),
			'POST /settings/keys'       => array( '{}', 'editor' ),
			'GET /settings/test'        => array( null, 'editor' ),
			'GET /health/gateway'       => array( null, 'editor' ),
			'POST /token'               => array( '{}', 'editor' ),
		);
		foreach ( $calls as $call => list( $body, $powerless ) ) {
			yield "$call by nobody" => array( 'nobody', $call, 'unauthenticated', 401, $body );
			if ( null !== $body ) {
				yield "$call by nobody, malformed" => array( 'nobody', $call, 'unauthenticated', 401, '{' );
			}
			if ( null !== $powerless ) {
				yield "$call by a $powerless" => array( $powerless, $call, 'forbidden', 403, $body );
			}
		}
		yield 'the job of another post' => array( 'author', 'GET /jobs/{open}', 'job_not_found', 404 );
		yield 'canceling the job of another post' => array( 'author', 'DELETE /jobs/{open}', 'job_not_found', 404 );
		yield 'repeating the job of another post' => array( 'author', 'POST /jobs/{failed}/retry', 'job_not_found', 404 );
		yield 'reviewing the draft of another post' => array( 'author', 'POST /jobs/{draft}/review', 'job_not_found', 404, '{"decision":"accepted","version":1}' );
		yield 'watching the job of another post' => array( 'author', 'POST /jobs/{open}/ticket', 'job_not_found', 404 );
		yield 'a viewer who watches' => array( 'viewer', 'POST /jobs/{open}/ticket', 'forbidden', 403 );
		yield 'watching a job that has ended' => array( 'editor', 'POST /jobs/{failed}/ticket', 'job_finished', 409 );
		yield 'a program that watches' => array( 'editor', 'POST /jobs/{open}/ticket', 'streaming_off', 409 );
		yield 'the facts of another post' => array( 'author', 'GET /facts?post_id={private}', 'post_not_found', 404 );
		yield 'a job for another post' => array( 'author', 'POST /jobs', 'post_not_found', 404, self::good_body( '"post_id":{private},' ) );
		yield 'a viewer who cancels' => array( 'viewer', 'DELETE /jobs/{open}', 'forbidden', 403 );
	}

	/** @return iterable<string, array{0: string, 1: string, 2: string, 3: int, 4?: ?string, 5?: array<string, string|null>}> */
	private static function creations(): iterable {
		foreach ( self::invalid( 'create_job' ) as $name => $body ) {
			yield "a job: $name" => array( 'editor', 'POST /jobs', 'an unknown task' === $name ? 'unknown_task' : 'invalid_body', 400, $body );
		}
		$broken = array(
			'nothing'               => '',
			'an open brace'         => '{',
			'a comma too much'      => '{"task":"product_description",}',
			'single quotes'         => "{'task':1}",
			'bytes that are no text' => "{\"task\":\"\xff\"}",
			'half a surrogate'      => '{"task":"\ud83e"}',
			'a deep nest'           => str_repeat( '[', 200 ) . str_repeat( ']', 200 ),
			'a number beyond words' => '{"task":1e}',
		);
		foreach ( $broken as $name => $body ) {
			yield "a job: $name" => array( 'editor', 'POST /jobs', 'malformed_json', 400, $body );
		}
		yield 'a job: too large' => array( 'editor', 'POST /jobs', 'body_too_large', 413, '"' . str_repeat( 'x', 262144 ) . '"' );
		yield 'a job: a control character in its target' => array( 'editor', 'POST /jobs', 'invalid_body', 400, self::good_body( '"target":"a\u0007b",' ) );
		yield 'a job: a control character in its reference' => array( 'editor', 'POST /jobs', 'invalid_body', 400, self::good_body( '"client_ref":"a\nb",' ) );
		yield 'a job: no such post' => array( 'editor', 'POST /jobs', 'post_not_found', 404, self::good_body( '"post_id":99999999,' ) );
		yield 'a job: a post beyond 64 bits' => array( 'editor', 'POST /jobs', 'invalid_body', 400, self::good_body( '"post_id":99999999999999999999,' ) );
		foreach ( array( 'empty' => '', 'a space' => 'a b', 'an umlaut' => 'schlüssel', 'too long' => str_repeat( 'k', 256 ), 'a line feed' => "a\nb" ) as $name => $key ) {
			yield "a key: $name" => array( 'editor', 'POST /jobs', 'invalid_idempotency_key', 400, self::good_body(), array( 'Idempotency-Key' => $key ) );
		}
	}

	/** @return iterable<string, array{0: string, 1: string, 2: string, 3: int, 4?: ?string, 5?: array<string, string|null>}> */
	private static function jobs(): iterable {
		foreach ( array( 'unknown' => self::UNKNOWN, 'nonsense' => 'nonsense', 'a number' => '1', 'upper case' => strtoupper( self::UNKNOWN ), 'with a tail' => self::UNKNOWN . 'x', 'with a line feed' => self::UNKNOWN . '%0A', 'SQL' => "'%20OR%201=1" ) as $name => $id ) {
			yield "reading a job: $name" => array( 'editor', "GET /jobs/$id", 'job_not_found', 404 );
			yield "canceling a job: $name" => array( 'editor', "DELETE /jobs/$id", 'job_not_found', 404 );
			yield "repeating a job: $name" => array( 'editor', "POST /jobs/$id/retry", 'job_not_found', 404 );
			yield "reviewing a job: $name" => array( 'editor', "POST /jobs/$id/review", 'job_not_found', 404, '{"decision":"accepted","version":1}' );
		}
		yield 'canceling an ended job' => array( 'editor', 'DELETE /jobs/{draft}', 'job_finished', 409 );
		yield 'canceling a failed job' => array( 'editor', 'DELETE /jobs/{failed}', 'job_finished', 409 );
		yield 'repeating an open job' => array( 'editor', 'POST /jobs/{open}/retry', 'job_not_finished', 409 );
		yield 'repeating a job without its texts' => array( 'editor', 'POST /jobs/{purged}/retry', 'request_gone', 409 );
		yield 'repeating with a body' => array( 'editor', 'POST /jobs/{failed}/retry', 'invalid_body', 400, '{"model":"large"}' );
		yield 'repeating with a list' => array( 'editor', 'POST /jobs/{failed}/retry', 'invalid_body', 400, '[]' );
		yield 'repeating with half a body' => array( 'editor', 'POST /jobs/{failed}/retry', 'malformed_json', 400, '{' );
		yield 'repeating with a bad key' => array( 'editor', 'POST /jobs/{failed}/retry', 'invalid_idempotency_key', 400, null, array( 'Idempotency-Key' => 'a b' ) );
		foreach ( self::invalid( 'create_review' ) as $name => $body ) {
			yield "a review: $name" => array( 'editor', 'POST /jobs/{draft}/review', 'invalid_body', 400, $body );
		}
		yield 'a review: half' => array( 'editor', 'POST /jobs/{draft}/review', 'malformed_json', 400, '{' );
		yield 'a review: nothing' => array( 'editor', 'POST /jobs/{draft}/review', 'malformed_json', 400, '' );
		yield 'a review: a text that was not edited' => array( 'editor', 'POST /jobs/{draft}/review', 'invalid_body', 400, '{"decision":"accepted","version":3,"final_text":"x"}' );
		yield 'a review: another version' => array( 'editor', 'POST /jobs/{draft}/review', 'version_conflict', 409, '{"decision":"accepted","version":99}' );
		yield 'a review: too large' => array( 'editor', 'POST /jobs/{draft}/review', 'body_too_large', 413, str_repeat( ' ', 262145 ) );
		foreach ( array( 'open', 'failed' ) as $name ) {
			yield "a review of a job that is $name" => array( 'editor', "POST /jobs/{{$name}}/review", 'job_not_finished', 409, '{"decision":"discarded","version":1}' );
		}
	}

	/** @return iterable<string, array{string, string, string, int}> */
	private static function queries(): iterable {
		$ids   = implode( ',', array_fill( 0, 1, self::UNKNOWN ) );
		$lists = array(
			'/jobs'         => array( 'status=done', 'status[]=failed', 'user_id=0', 'user_id=-1', 'user_id=1.0', 'user_id[]=1', 'model=a%20b', 'task=novel', 'post_id=x', 'post_id=99999999999999999999', 'review=maybe', 'from=2026-13-01', 'from=20260101', 'to=now', 'from=2026-02-02&to=2026-02-01', 'search=%00', 'search=%ff', 'search=' . str_repeat( 'x', 101 ), 'cursor=x', 'cursor=AAAA', 'per_page=0', 'per_page=1000', 'page=1', 'ids=', 'ids=x', "ids=$ids,x", "ids=$ids&status=failed", 'open_for=', 'open_for=0', 'open_for[]=1', 'open_for=1&per_page=2' ),
			'/usage'        => array( 'status=pending', 'user_id=x', 'user_id=1,', 'from=2026-02-30', 'to=x', 'from=2026-02-02&to=2026-02-01', 'page=0', 'page=x', 'per_page=101', 'orderby=user', 'order=up', 'colour=red', 'user_id[]=1' ),
			'/usage/export' => array( 'status=pending', 'from=x', 'colour=red' ),
			'/facts'        => array( '', 'post_id=', 'post_id=0', 'post_id=x', 'post_id[]=1', 'post_id=1e3' ),
		);
		foreach ( $lists as $route => $queries ) {
			foreach ( $queries as $query ) {
				yield 'GET ' . mb_substr( rawurldecode( "$route?$query" ), 0, 60 ) . ' ' . md5( $query ) => array( 'administrator', "GET $route?$query", 'invalid_query', 400 );
			}
		}
		yield 'facts of a post that is not there' => array( 'administrator', 'GET /facts?post_id=99999999', 'post_not_found', 404 );
		yield 'a check that is not there' => array( 'administrator', 'GET /health/weather', 'invalid_query', 400 );
	}

	/** @return iterable<string, array{string, string, string, int, string}> */
	private static function others(): iterable {
		foreach ( self::invalid( 'facts_check' ) as $name => $body ) {
			yield "a check of facts: $name" => array( 'editor', 'POST /facts/check', 'invalid_body', 400, $body );
		}
		foreach ( self::invalid( 'create_token' ) as $name => $body ) {
			yield "a token: $name" => array( 'editor', 'POST /token', 'invalid_body', 400, $body );
		}
		foreach ( self::invalid( 'limit_settings' ) as $name => $body ) {
			yield "limits: $name" => array( 'administrator', 'PUT /limits', 'invalid_body', 400, $body );
		}
		foreach ( self::invalid( 'settings' ) as $name => $body ) {
			yield "settings: $name" => array( 'administrator', 'PUT /settings', 'invalid_body', 400, $body );
		}
		foreach ( array( 'POST /facts/check' => 'editor', 'PUT /limits' => 'administrator', 'PUT /settings' => 'administrator', 'POST /settings/keys' => 'administrator' ) as $call => $who ) {
			yield "$call, half" => array( $who, $call, 'malformed_json', 400, '{"a":' );
			yield "$call, nothing" => array( $who, $call, 'malformed_json', 400, '' );
			yield "$call, too large" => array( $who, $call, 'body_too_large', 413, str_repeat( ' ', 262145 ) );
		}
	}

	/** @return iterable<string, array{0: string, 1: string, 2: string, 3: int, 4: string, 5?: array<string, string|null>}> */
	private static function deliveries(): iterable {
		$call    = 'POST /webhooks/gateway';
		$headers = array(
			'no header at all'      => array( 'stale_signature', array( 'webhook-id' => null, 'webhook-timestamp' => null, 'webhook-signature' => null ) ),
			'no comma'              => array( 'bad_signature', array( 'webhook-signature' => 'v1' ) ),
			'an empty signature'    => array( 'bad_signature', array( 'webhook-signature' => '' ) ),
			'no base64'             => array( 'bad_signature', array( 'webhook-signature' => 'v1,%%%' ) ),
			'64 kB of signatures'   => array( 'bad_signature', array( 'webhook-signature' => str_repeat( 'v1,AAAA ', 8192 ) ) ),
			'64 kB of id'           => array( 'bad_signature', array( 'webhook-id' => str_repeat( 'm', 65536 ) ) ),
			'two times'             => array( 'stale_signature', array( 'webhook-timestamp' => time() . ',' . time() ) ),
			'a time in words'       => array( 'stale_signature', array( 'webhook-timestamp' => 'now' ) ),
			'a time long ago'       => array( 'stale_signature', array( 'webhook-timestamp' => '1' ) ),
			'a time beyond 64 bits' => array( 'stale_signature', array( 'webhook-timestamp' => '99999999999999999999' ) ),
			'an id with a space'    => array( 'bad_signature', array( 'webhook-id' => 'msg 1' ) ),
			'an id in Greek'        => array( 'bad_signature', array( 'webhook-id' => 'μήνυμα' ) ),
		);
		foreach ( $headers as $name => list( $code, $values ) ) {
			yield "a delivery: $name" => array( 'gateway', $call, $code, 401, '{}', $values );
		}
		foreach ( self::invalid( 'webhook' ) as $name => $body ) {
			yield "a delivery: $name" => array( 'gateway', $call, 'invalid_body', 400, $body );
		}
		yield 'a delivery: half' => array( 'gateway', $call, 'malformed_json', 400, '{' );
		yield 'a delivery: a list' => array( 'gateway', $call, 'invalid_body', 400, '[]' );
		yield 'a delivery: too large' => array( 'gateway', $call, 'body_too_large', 413, str_repeat( ' ', 524289 ) );
		$finished = array( 'type' => 'job.finished', 'timestamp' => '2026-02-28T09:30:00Z', 'contract_version' => 1, 'data' => self::finished( self::UNKNOWN ) );
		yield 'a delivery: an unknown job' => array( 'gateway', $call, 'unknown_job', 404, (string) json_encode( $finished ) );
	}

	/** @return iterable<string, string> JSON by name: what the contract calls invalid. */
	private static function invalid( string $schema ): iterable {
		$file = dirname( __DIR__, 4 ) . "/contract/examples/$schema.json";
		foreach ( json_decode( (string) file_get_contents( $file ), false, 64, JSON_THROW_ON_ERROR )->invalid as $example ) {
			yield $example->name => (string) json_encode( $example->value, JSON_PRESERVE_ZERO_FRACTION );
		}
	}

	private static function good_body( string $more = '' ): string {
		return str_replace( '{"task"', "{{$more}\"task\"", (string) json_encode( self::body_of_job() ) );
	}

	/** @return array<string, string> jobs and posts of the editor, by the names that the table uses. */
	private function named(): array {
		$failure = array( 'status' => 'failed', 'code' => 'provider_busy', 'message' => 'Busy.' );
		$post    = $this->post();
		$names   = array(
			'{post}'    => (string) $post,
			'{open}'    => $this->created( array( 'post_id' => $post ) ),
			'{draft}'   => $this->created( array( 'post_id' => $post ) ),
			'{failed}'  => $this->created( array( 'post_id' => $post ) ),
			'{purged}'  => $this->created(),
			'{private}' => (string) $this->post( array( 'post_status' => 'private' ) ),
		);
		$this->deliver( self::finished( $names['{draft}'] ), 'msg_a' );
		$this->deliver( self::finished( $names['{failed}'], $failure ), 'msg_b' );
		$this->deliver( self::finished( $names['{purged}'], $failure ), 'msg_c' );
		$this->set_row( $names['{purged}'], array( 'request_json' => '{}' ) );
		$this->gateway->requests = array();
		return $names;
	}

	private function become( string $who ): void {
		$user = match ( $who ) {
			'nobody', 'gateway' => 0,
			'editor' => $this->editor,
			'viewer' => $this->user( 'subscriber' ),
			default => $this->user( $who ),
		};
		if ( 'viewer' === $who ) {
			get_user_by( 'id', $user )->add_cap( 'draftkeeper_view_usage' );
		}
		wp_set_current_user( $user );
	}

	/** @return array<string, list<array<string, mixed>>> every row that a request could have changed. */
	private static function everything(): array {
		global $wpdb;
		$tables = array( "{$wpdb->prefix}draftkeeper_jobs", "{$wpdb->prefix}draftkeeper_usage_log", "{$wpdb->prefix}draftkeeper_usage_daily", "{$wpdb->prefix}draftkeeper_budget", $wpdb->posts );
		$rows   = array();
		foreach ( $tables as $table ) {
			$rows[ $table ] = $wpdb->get_results( "SELECT * FROM $table", ARRAY_A );
		}
		$rows['options'] = $wpdb->get_results( "SELECT option_name, option_value FROM $wpdb->options WHERE option_name LIKE '%draftkeeper%' ORDER BY option_name", ARRAY_A );
		return $rows;
	}
}
