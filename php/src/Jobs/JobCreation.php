<?php

namespace Draftkeeper\Jobs;

use Closure;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Gateway\GatewayHealth;
use Draftkeeper\Privacy\SealedText;
use Draftkeeper\Prompts\Prompts;
use Draftkeeper\Settings\Connection;
use stdClass;

defined( 'ABSPATH' ) || exit;

/** Makes a job of a request, once per idempotency key, and offers it to the gateway. */
final class JobCreation {
	private const EXPIRES_SECONDS  = 72 * 3600;
	private const KEY_KEPT_SECONDS = 24 * 3600;

	/** Without a key, the same request of the same user within this time is the same job. */
	private const SAME_INPUT_SECONDS = 60;

	/** Visible ASCII, as the Idempotency-Key draft has it. */
	private const KEY = '/^[\x21-\x7e]{1,255}$/D';

	/** @param Closure(): int $now */
	public function __construct(
		private readonly JobStore $jobs,
		private readonly JobAdmission $admission,
		private readonly JobAccess $access,
		private readonly JoinedOffers $offers,
		private readonly Connection $connection,
		private readonly GatewayHealth $health,
		private readonly Closure $now,
	) {}

	/**
	 * Creates the job that a `create_job` body asks for, or returns the earlier one of the same key.
	 *
	 * @param string|null $key      the Idempotency-Key, null where none was sent.
	 * @param string|null $retry_of the id of the job that this one repeats.
	 * @return array{Job, bool} the job, and whether it was there before.
	 */
	public function create( stdClass $body, ?string $key, int $user_id, string $request_id, ?string $retry_of = null ): array {
		$this->check( $body, $key );
		$input_hash = hash( 'sha256', (string) wp_json_encode( self::sorted( $body ) ) );
		$hashes     = $this->hashes( $key, $user_id, $input_hash, $retry_of );

		// The insert says whether a key is new. Without one there are two hashes, of which it knows only one.
		$earlier = null === $key ? $this->earlier( $hashes, $key, $input_hash ) : null;
		if ( null !== $earlier ) {
			return array( $earlier, true );
		}
		try {
			$this->require_connection();
			$will_offer = ! $this->health->is_paused();
			$is_ours    = $will_offer && $this->offers->is_ours();
			$row        = $this->row( $body, $user_id, $request_id ) + $this->claim( $will_offer, $is_ours )
				+ array( 'retry_of' => $retry_of, 'input_hash' => $input_hash, 'idempotency_hash' => $hashes[0] );
			$request    = json_decode( (string) $row['request_json'], false, 64, JSON_THROW_ON_ERROR );
			$job        = $this->admission->insert( $row, $request );
			if ( null === $job ) {
				$earlier = $this->earlier( $hashes, $key, $input_hash );
				// One that has outlived its key has let go of it now.
				$job = null === $earlier ? $this->admission->insert( $row, $request ) : null;
			}
		} catch ( ApiError $refusal ) {
			// A request that is refused may be the repetition of one that was let in.
			return array( $this->earlier( $hashes, $key, $input_hash ) ?? throw $refusal, true );
		}
		if ( null === $job ) {
			return array( $earlier ?? throw new \RuntimeException( 'An idempotency key is taken by no job.' ), true );
		}
		return array( $is_ours ? $this->offers->add( $job ) : $job, false );
	}

	private function check( stdClass $body, ?string $key ): void {
		if ( null !== $key && 1 !== preg_match( self::KEY, $key ) ) {
			throw new ApiError( ErrorCode::InvalidIdempotencyKey, 400, __( 'The Idempotency-Key must have 1 to 255 visible ASCII characters.', 'draftkeeper' ) );
		}
		foreach ( array( 'target', 'client_ref' ) as $name ) {
			if ( 1 === preg_match( '/\p{Cc}/u', $body->$name ?? '' ) ) {
				throw ApiError::invalid_body( array( array( 'path' => $name, 'message' => 'must not contain control characters' ) ) );
			}
		}
		if ( isset( $body->post_id ) && ! $this->access->may_edit_post( $body->post_id ) ) {
			throw ApiError::post_not_found();
		}
	}

	private function require_connection(): void {
		if ( 'invalid' === SealedText::state() ) {
			throw new ApiError( ErrorCode::InternalError, 500, __( 'Texts are to be encrypted on this site, but DRAFTKEEPER_ENCRYPTION_KEY holds no key. An administrator can set it right.', 'draftkeeper' ) );
		}
		match ( $this->connection->state() ) {
			'ready' => null,
			'ai_disabled' => throw new ApiError( ErrorCode::AiDisabled, 409, __( 'AI features are switched off on this site. An administrator can switch them on.', 'draftkeeper' ) ),
			default => throw new ApiError( ErrorCode::NotConnected, 409, __( 'This site is not connected to a gateway yet. An administrator can set the address and the keys.', 'draftkeeper' ) ),
		};
	}

	/** @return array{string, string} the hash that a new row takes, and another one that an earlier job may hold. */
	private function hashes( ?string $key, int $user_id, string $input_hash, ?string $retry_of ): array {
		$scope = "$user_id\nPOST /jobs" . ( null === $retry_of ? '' : "/$retry_of/retry" ) . "\n";
		if ( null !== $key ) {
			$hash = hash( 'sha256', "key\n$scope$key" );
			return array( $hash, $hash );
		}
		$bucket = intdiv( ( $this->now )(), self::SAME_INPUT_SECONDS );
		return array(
			hash( 'sha256', "input\n$scope$input_hash\n$bucket" ),
			hash( 'sha256', "input\n$scope$input_hash\n" . ( $bucket - 1 ) ),
		);
	}

	/** @param array{string, string} $hashes */
	private function earlier( array $hashes, ?string $key, string $input_hash ): ?Job {
		$job = $this->jobs->find_by_hash( ...$hashes );
		if ( null === $job ) {
			return null;
		}
		if ( null === $key ) {
			return $job->created_at > $this->jobs->time( -self::SAME_INPUT_SECONDS ) ? $job : null;
		}
		if ( $job->created_at <= $this->jobs->time( -self::KEY_KEPT_SECONDS ) ) {
			$this->jobs->release_hash( $job );
			return null;
		}
		if ( ! hash_equals( $job->input_hash, $input_hash ) ) {
			throw new ApiError( ErrorCode::IdempotencyKeyReused, 422, __( 'This Idempotency-Key belongs to another request. Please make a new key for each new request.', 'draftkeeper' ) );
		}
		return $job;
	}

	/** @return array<string, string|int|null> */
	private function row( stdClass $body, int $user_id, string $request_id ): array {
		$options  = JobOptions::complete( $body->options ?? new stdClass(), get_bloginfo( 'language' ) );
		$messages = Prompts::messages( $body->task, self::assoc( $body->input ), self::assoc( $options ) );
		$request  = array(
			'input'    => $body->input,
			'options'  => $options,
			'messages' => $messages,
		) + ( isset( $body->cache ) ? array( 'cache' => $body->cache ) : array() );
		return array(
			'uuid'         => wp_generate_uuid4(),
			'user_id'      => $user_id,
			'post_id'      => $body->post_id ?? null,
			'task'         => $body->task,
			'target'       => $body->target ?? null,
			'client_ref'   => $body->client_ref ?? null,
			'model'        => $body->model ?? null,
			'request_json' => (string) wp_json_encode( $request, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION ),
			'request_id'   => $request_id,
			'expires_at'   => $this->jobs->time( self::EXPIRES_SECONDS ),
		);
	}

	/**
	 * Who deals with a new job: this request, one that offers jobs already, or the sweep.
	 *
	 * @return array<string, string|int|null>
	 */
	private function claim( bool $will_offer, bool $is_ours ): array {
		return array(
			// Counted before the gateway hears of it, so that a cancel knows whether it may have.
			'offers'      => $is_ours ? 1 : 0,
			'asked_at'    => $will_offer ? $this->jobs->time() : null,
			'lease_until' => $this->jobs->time( $is_ours ? JobOffers::HOLD_SECONDS : 0 ),
			'wait_reason' => $will_offer ? null : 'gateway_unreachable',
		);
	}

	/** @return array<string, mixed> */
	private static function assoc( stdClass $value ): array {
		return json_decode( (string) wp_json_encode( $value ), true );
	}

	/** The same value with the keys of every map in order, so that equal requests have equal hashes. */
	private static function sorted( mixed $value ): mixed {
		if ( $value instanceof stdClass ) {
			$map = array_map( self::sorted( ... ), get_object_vars( $value ) );
			ksort( $map, SORT_STRING );
			return (object) $map;
		}
		return is_array( $value ) ? array_map( self::sorted( ... ), $value ) : $value;
	}
}
