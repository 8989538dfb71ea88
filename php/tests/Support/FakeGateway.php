<?php

namespace Draftkeeper\Tests\Support;

use Closure;
use WP_Error;

/** Stands in for the gateway: answers WordPress's HTTP requests to it and remembers them. */
final class FakeGateway {
	public const URL = 'http://127.0.0.1:48123/gateway';

	/** @var list<array{method: string, path: string, headers: array<string, string>, body: string, arguments: array<string, mixed>}> */
	public array $requests = array();

	/** @var list<array{int, string}|Closure(): array{int, string}> answers for the next requests; after them, everything is taken. */
	private array $answers = array();

	/** @var array<string, array<string, mixed>|null> what GET says of a uuid; null: unknown. Others are running. */
	private array $states = array();

	/** @var array<string, array{int, array<string, mixed>|null}> what is answered when a uuid is offered; others are taken. */
	private array $refusals = array();

	/** @var list<string> the uuids of jobs that are put off. */
	private array $put_off = array();

	private bool $is_down = false;

	/** Whether it is one of before there were offers of several jobs. */
	private bool $is_old = false;

	public function register(): void {
		add_filter( 'pre_http_request', $this->answer( ... ), 10, 3 );
	}

	/** @param array<string, mixed>|string $body */
	public function answer_next( int $status, array|string $body = '' ): void {
		$this->answers[] = array( $status, is_string( $body ) ? $body : (string) wp_json_encode( $body ) );
	}

	/** Lets something happen while the next request is under way, then accepts it. */
	public function during_next( Closure $event ): void {
		$this->answers[] = $event;
	}

	/** @param array<string, mixed>|null $finished a `finished_job`, null for a job that the gateway does not know. */
	public function say_of( string $uuid, ?array $finished ): void {
		$this->states[ $uuid ] = $finished;
	}

	public function put_off( string ...$uuids ): void {
		$this->put_off = array_values( $uuids );
	}

	/** Refuses a job whenever it is offered, alone or among others; with 500 it breaks whatever request it is in. */
	public function refuse( string $uuid, int $status, ?string $code = null ): void {
		$this->refusals[ $uuid ] = array( $status, null === $code ? null : self::problem( $status, $code ) );
	}

	public function become_old(): void {
		$this->is_old = true;
	}

	public function go_down( bool $is_down = true ): void {
		$this->is_down = $is_down;
	}

	/** @return list<string> the ids that were offered, in order. */
	public function offered(): array {
		return array_merge( ...$this->batches() );
	}

	/** @return list<list<string>> the same by request. */
	public function batches(): array {
		$offers = array_filter( $this->requests, static fn( array $request ) => 'POST' === $request['method'] );
		return array_values( array_map( static fn( array $request ) => array_column( self::offers_in( $request['body'] ), 'uuid' ), $offers ) );
	}

	/** @return list<\stdClass> */
	private static function offers_in( string $body ): array {
		$value = json_decode( $body );
		return $value->offers ?? array( $value );
	}

	/** @return list<string> e.g. `GET /v1/jobs?ids=…`. */
	public function calls(): array {
		return array_map( static fn( array $request ) => "{$request['method']} {$request['path']}", $this->requests );
	}

	/**
	 * @param array<string, mixed> $arguments
	 * @return mixed
	 */
	private function answer( mixed $earlier, array $arguments, string $url ): mixed {
		if ( ! str_starts_with( $url, self::URL ) ) {
			return $earlier;
		}
		$request          = array(
			'method'    => $arguments['method'],
			'path'      => substr( $url, strlen( self::URL ) ),
			'headers'   => $arguments['headers'],
			'body'      => (string) $arguments['body'],
			'arguments' => $arguments,
		);
		$this->requests[] = $request;
		if ( $this->is_down ) {
			return new WP_Error( 'http_request_failed', 'cURL error 7: Connection refused' );
		}
		$answer = array_shift( $this->answers );
		if ( $answer instanceof Closure ) {
			$answer();
			$answer = null;
		}
		list( $status, $body ) = $answer ?? $this->usual_answer( $request );
		return array(
			'headers'  => array(),
			'body'     => $body,
			'response' => array( 'code' => $status, 'message' => '' ),
			'cookies'  => array(),
			'filename' => null,
		);
	}

	/**
	 * @param array{method: string, path: string, body: string} $request
	 * @return array{int, string}
	 */
	private function usual_answer( array $request ): array {
		if ( '/v1/jobs/batch' === $request['path'] && $this->is_old ) {
			return array( 404, self::json( self::problem( 404, 'not_found' ) ) );
		}
		if ( 'POST' === $request['method'] ) {
			$answers = array_map( fn( \stdClass $offer ) => $this->answer_to( $offer->uuid ), self::offers_in( $request['body'] ) );
			if ( in_array( 500, array_column( $answers, 'status' ), true ) ) {
				return array( 500, '' );
			}
			return '/v1/jobs/batch' === $request['path']
				? array( 200, self::json( array( 'contract_version' => 1, 'answers' => $answers ) ) )
				: array( $answers[0]['status'], self::json( $answers[0]['job'] ?? $answers[0]['problem'] ?? array() ) );
		}
		if ( 'DELETE' === $request['method'] ) {
			return array( 200, self::json( self::job( basename( $request['path'] ), 'canceled', null ) ) );
		}
		if ( ! str_starts_with( $request['path'], '/v1/jobs' ) ) {
			return array( 404, '' );
		}
		$jobs    = array();
		$unknown = array();
		parse_str( (string) wp_parse_url( $request['path'], PHP_URL_QUERY ), $query );
		foreach ( explode( ',', $query['ids'] ) as $uuid ) {
			if ( ! array_key_exists( $uuid, $this->states ) ) {
				$jobs[] = in_array( $uuid, $this->put_off, true ) ? array( 'put_off' => true ) + self::job( $uuid, 'queued', null ) : self::job( $uuid, 'running', null );
			} elseif ( null === $this->states[ $uuid ] ) {
				$unknown[] = $uuid;
			} else {
				$jobs[] = self::job( $uuid, $this->states[ $uuid ]['outcome']['status'], $this->states[ $uuid ] );
			}
		}
		return array( 200, self::json( array( 'contract_version' => 1, 'jobs' => $jobs, 'unknown' => $unknown ) ) );
	}

	/** @return array{uuid: string, status: int, job: array<string, mixed>|null, problem: array<string, mixed>|null} */
	private function answer_to( string $uuid ): array {
		list( $status, $problem ) = $this->refusals[ $uuid ] ?? array( 202, null );
		return array( 'uuid' => $uuid, 'status' => $status, 'job' => 202 === $status ? self::job( $uuid, 'queued', null ) : null, 'problem' => $problem );
	}

	/** @return array<string, mixed> */
	public static function problem( int $status, string $code ): array {
		return array( 'type' => "urn:draftkeeper:problem:$code", 'title' => 'No', 'status' => $status, 'detail' => "Refused: $code.", 'instance' => '1', 'code' => $code, 'retryable' => false );
	}

	/**
	 * @param array<string, mixed>|null $finished
	 * @return array<string, mixed>
	 */
	public static function job( string $uuid, string $state, ?array $finished ): array {
		return array( 'contract_version' => 1, 'uuid' => $uuid, 'state' => $state, 'finished' => $finished );
	}

	/** @param array<string, mixed> $value */
	private static function json( array $value ): string {
		return (string) wp_json_encode( $value );
	}
}
