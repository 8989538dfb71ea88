<?php

namespace Draftkeeper\Streams;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Contract\RequestBody;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Errors\ErrorResponse;
use Draftkeeper\Jobs\JobAccess;
use Draftkeeper\Jobs\JobStore;
use Draftkeeper\Settings\Capability;
use Draftkeeper\Settings\RequestId;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `POST /jobs/{uuid}/ticket`: for a page that finds a job under way, and for one whose ticket or token is over. */
final class StreamRoutes {
	public function __construct(
		private readonly JobStore $jobs,
		private readonly JobAccess $access,
		private readonly StreamTickets $tickets,
		private readonly StreamTroubles $troubles,
	) {}

	public function register(): void {
		add_action( 'rest_api_init', $this->add_routes( ... ) );
	}

	private function add_routes(): void {
		register_rest_route(
			'draftkeeper/v1',
			'/jobs/(?P<uuid>[^/]+)/ticket',
			array(
				array(
					'methods'             => 'POST',
					'permission_callback' => fn( WP_REST_Request $request ) => Capability::check( $request ),
					'callback'            => fn( WP_REST_Request $request ) => ErrorResponse::guard( $request, fn() => $this->issue( $request ) ),
					'body'                => 'ask_ticket',
				),
				'schema' => static fn() => Contract::schema( 'stream' ),
			)
		);
	}

	private function issue( WP_REST_Request $request ): WP_REST_Response {
		// From the address only: get_param() would let a body name another job.
		$uuid = (string) ( $request->get_url_params()['uuid'] ?? '' );
		$job  = RequestId::is_uuid( $uuid ) ? $this->jobs->find( $uuid ) : null;
		if ( null === $job || ! $this->access->may_see( $job ) ) {
			throw ApiError::job_not_found();
		}
		if ( ! $this->access->may_read_texts( $job ) ) {
			throw ApiError::forbidden();
		}
		$after = '' === (string) $request->get_body() ? null : ( RequestBody::read( $request, 'ask_ticket' )->after ?? null );
		if ( null !== $after ) {
			$this->troubles->note( get_current_user_id(), $after );
		}
		if ( $job->status->is_final() ) {
			throw new ApiError( ErrorCode::JobFinished, 409, __( 'This job has ended. Its draft, if there is one, comes with the job itself.', 'draftkeeper' ), array( 'job_status' => $job->status->value ) );
		}
		$stream = $this->tickets->issue( $job, $request );
		if ( null === $stream ) {
			throw new ApiError( ErrorCode::StreamingOff, 409, __( 'This site does not show drafts while they are written, or not on this page. The draft comes with the job when it is finished.', 'draftkeeper' ) );
		}
		$response = new WP_REST_Response( $stream, 201 );
		$response->header( 'Cache-Control', 'no-store' );
		return $response;
	}
}
