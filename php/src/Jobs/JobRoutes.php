<?php

namespace Draftkeeper\Jobs;

use Closure;
use Draftkeeper\Contract\Contract;
use Draftkeeper\Contract\RequestBody;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Errors\ErrorResponse;
use Draftkeeper\Gateway\AfterResponse;
use Draftkeeper\Gateway\GatewayClient;
use Draftkeeper\Gateway\GatewayHealth;
use Draftkeeper\Settings\Capability;
use Draftkeeper\Settings\RequestId;
use Draftkeeper\Streams\StreamTickets;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `POST /jobs`, `/jobs/{uuid}` and `/jobs/{uuid}/retry`. No route declares arguments for its body: the contract checks the raw one. */
final class JobRoutes {
	public function __construct(
		private readonly JobStore $jobs,
		private readonly LeaseStore $leases,
		private readonly JobAccess $access,
		private readonly JobAnswer $answer,
		private readonly JobCreation $creation,
		private readonly JobRetry $retry,
		private readonly JobCancellation $cancellation,
		private readonly JobOffers $offers,
		private readonly GatewayHealth $health,
		private readonly AfterResponse $after_response,
		private readonly StreamTickets $tickets,
	) {}

	public function register(): void {
		add_action( 'rest_api_init', $this->add_routes( ... ) );
	}

	private function add_routes(): void {
		register_rest_route(
			'draftkeeper/v1',
			'/jobs',
			array(
				array(
					'methods'             => 'POST',
					'permission_callback' => fn( WP_REST_Request $request ) => Capability::check( $request, Capability::GENERATE ),
					'callback'            => fn( WP_REST_Request $request ) => ErrorResponse::guard( $request, fn() => $this->create( $request ) ),
					'body'                => 'create_job',
				),
				'schema' => fn() => Contract::schema( 'job' ),
			)
		);
		register_rest_route(
			'draftkeeper/v1',
			'/jobs/(?P<uuid>[^/]+)',
			array(
				array(
					'methods'             => 'GET',
					'permission_callback' => fn( WP_REST_Request $request ) => Capability::check( $request ),
					'callback'            => fn( WP_REST_Request $request ) => ErrorResponse::guard( $request, fn() => $this->read( $request ) ),
				),
				array(
					'methods'             => 'DELETE',
					'permission_callback' => fn( WP_REST_Request $request ) => Capability::check( $request ),
					'callback'            => fn( WP_REST_Request $request ) => ErrorResponse::guard( $request, fn() => $this->cancel( $request ) ),
				),
				'schema' => fn() => Contract::schema( 'job' ),
			)
		);
		register_rest_route(
			'draftkeeper/v1',
			'/jobs/(?P<uuid>[^/]+)/retry',
			array(
				array(
					'methods'             => 'POST',
					'permission_callback' => fn( WP_REST_Request $request ) => Capability::check( $request, Capability::GENERATE ),
					'callback'            => fn( WP_REST_Request $request ) => ErrorResponse::guard( $request, fn() => $this->retry( $request ) ),
				),
				'schema' => fn() => Contract::schema( 'job' ),
			)
		);
	}

	private function create( WP_REST_Request $request ): WP_REST_Response {
		$task = RequestBody::decode( (string) $request->get_body() )->task ?? null;
		if ( is_string( $task ) && ! in_array( $task, Contract::schema( 'create_job' )['properties']['task']['enum'], true ) ) {
			throw new ApiError( ErrorCode::UnknownTask, 400, __( 'Draftkeeper does not know this task. An OPTIONS request to this address lists those that it knows.', 'draftkeeper' ) );
		}
		$body = RequestBody::read( $request, 'create_job' );

		return $this->created( $request, ...$this->creation->create( $body, $request->get_header( 'idempotency_key' ), get_current_user_id(), RequestId::of( $request ) ) );
	}

	private function retry( WP_REST_Request $request ): WP_REST_Response {
		// Everything is taken from the first job: a body that says otherwise must not be passed over.
		if ( ! in_array( trim( (string) $request->get_body() ), array( '', '{}' ), true ) ) {
			throw ApiError::invalid_body( array( array( 'path' => '', 'message' => 'must be empty' ) ) );
		}
		return $this->created( $request, ...$this->retry->retry( $this->visible_job( $request ), $request->get_header( 'idempotency_key' ), get_current_user_id(), RequestId::of( $request ) ) );
	}

	private function created( WP_REST_Request $request, Job $job, bool $is_replay ): WP_REST_Response {
		$response = $this->answer->response( $job, $request, $is_replay ? 200 : 201 );
		$stream   = $this->tickets->issue( $job, $request );
		if ( null !== $stream ) {
			$response->set_data( $response->get_data() + array( 'stream' => $stream ) );
		}
		if ( $is_replay ) {
			$response->header( 'Idempotency-Replayed', 'true' );
		} else {
			// With 201 only: PHP-FPM names no status for 200, and nginx makes a redirect of a Location without one.
			$response->header( 'Location', rest_url( "draftkeeper/v1/jobs/{$job->uuid}" ) );
		}
		return $response;
	}

	private function read( WP_REST_Request $request ): WP_REST_Response {
		// Most polls bring nothing new: they need no text, and no query where the object cache keeps what they need.
		$is_poll = null !== $request->get_header( 'if_none_match' );
		$job     = $this->visible_job( $request, $is_poll ? $this->jobs->summary( ... ) : $this->jobs->find( ... ) );
		if ( $this->access->owns( $job ) && ! $this->health->is_paused() ) {
			$this->wake( $job );
		}
		if ( $is_poll && ! JobAnswer::is_known( $job, $request ) ) {
			$job = $this->visible_job( $request );
		}
		return $this->answer->response( $job, $request );
	}

	private function cancel( WP_REST_Request $request ): WP_REST_Response {
		$job = $this->visible_job( $request );
		if ( ! $this->access->may_cancel( $job ) ) {
			throw ApiError::forbidden();
		}
		return $this->answer->response( $this->cancellation->cancel( $job ), $request );
	}

	/** A sleeping cron must not stop anything: whoever waits for his job moves it himself, after the answer. */
	private function wake( Job $summary ): void {
		if ( ! $this->leases->claim_for_poll( $summary, JobOffers::HOLD_SECONDS ) ) {
			return;
		}
		$this->after_response->add(
			function () use ( $summary ): void {
				$job = $this->jobs->find( $summary->uuid );
				match ( $job?->status ) {
					JobStatus::Pending => $this->offers->offer( $job, GatewayClient::INLINE_TIMEOUT_SECONDS ),
					JobStatus::Running => $this->offers->pull( array( $job ), GatewayClient::INLINE_TIMEOUT_SECONDS ),
					default => null,
				};
			}
		);
	}

	/** @param (Closure( string ): ?Job)|null $find */
	private function visible_job( WP_REST_Request $request, ?Closure $find = null ): Job {
		// From the address only: get_param() would let a body name another job.
		$uuid = (string) ( $request->get_url_params()['uuid'] ?? '' );
		$job  = RequestId::is_uuid( $uuid ) ? ( $find ?? $this->jobs->find( ... ) )( $uuid ) : null;
		if ( null === $job || ! $this->access->may_see( $job ) ) {
			throw ApiError::job_not_found();
		}
		return $job;
	}
}
