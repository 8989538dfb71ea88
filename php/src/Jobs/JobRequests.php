<?php

namespace Draftkeeper\Jobs;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Contract\RequestBody;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorResponse;
use Draftkeeper\Settings\Capability;
use stdClass;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/** What other plugins and the command line may do with jobs: the same checks as the routes, without a request. */
final class JobRequests {
	public function __construct(
		private readonly JobStore $jobs,
		private readonly JobCreation $creation,
		private readonly JobRetry $retry,
		private readonly JobCancellation $cancellation,
		private readonly JobAccess $access,
		private readonly JobAnswer $answer,
	) {}

	/**
	 * Creates a job for the current user.
	 *
	 * @param array<string, mixed> $job a `create_job` of the contract, and `idempotency_key` where one is wanted.
	 * @return array<string, mixed>|WP_Error a `job` of the contract.
	 */
	public function create( array $job ): array|WP_Error {
		return $this->answered(
			function ( string $request_id ) use ( $job ): Job {
				self::require_permission();
				$key  = $job['idempotency_key'] ?? null;
				$body = self::body( array_diff_key( $job, array( 'idempotency_key' => true ) ) );
				if ( null !== $key && ! is_string( $key ) ) {
					throw ApiError::invalid_body( array( array( 'path' => 'idempotency_key', 'message' => 'must be of type string' ) ) );
				}
				return $this->creation->create( $body, $key, get_current_user_id(), $request_id )[0];
			}
		);
	}

	/** @return array<string, mixed>|WP_Error the new job. */
	public function retry( string $uuid ): array|WP_Error {
		return $this->answered(
			function ( string $request_id ) use ( $uuid ): Job {
				self::require_permission();
				$job = $this->jobs->find( $uuid );
				if ( null === $job || ! $this->access->may_see( $job ) ) {
					throw ApiError::job_not_found();
				}
				return $this->retry->retry( $job, null, get_current_user_id(), $request_id )[0];
			}
		);
	}

	/** @return array<string, mixed>|WP_Error the job, for somebody who may cancel any. */
	public function cancel( string $uuid ): array|WP_Error {
		return $this->answered( fn() => $this->cancellation->cancel( $this->jobs->find( $uuid ) ?? throw ApiError::job_not_found() ) );
	}

	/**
	 * @param callable( string ): Job $work gets a request id.
	 * @return array<string, mixed>|WP_Error
	 */
	private function answered( callable $work ): array|WP_Error {
		$request_id = wp_generate_uuid4();
		try {
			$shape = $this->answer->shape_all( array( $work( $request_id ) ) )[0];
			return json_decode( (string) wp_json_encode( $shape ), true );
		} catch ( \Throwable $error ) {
			return ErrorResponse::from( $error, $request_id );
		}
	}

	private static function require_permission(): void {
		if ( ! is_user_logged_in() ) {
			throw ApiError::unauthenticated();
		}
		if ( ! current_user_can( Capability::GENERATE ) ) {
			throw ApiError::forbidden();
		}
	}

	/** @param array<string, mixed> $job */
	private static function body( array $job ): stdClass {
		// PHP writes an empty map like an empty list.
		if ( array() === ( $job['options'] ?? null ) ) {
			unset( $job['options'] );
		}
		$json = wp_json_encode( (object) $job );
		if ( false === $json ) {
			throw RequestBody::malformed();
		}
		$body       = RequestBody::decode( $json );
		$violations = Contract::check( 'create_job', $body );
		if ( array() !== $violations ) {
			throw ApiError::invalid_body( $violations );
		}
		return $body;
	}
}
