<?php

namespace Draftkeeper\Reviews;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Contract\RequestBody;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Errors\ErrorResponse;
use Draftkeeper\Jobs\Job;
use Draftkeeper\Jobs\JobAccess;
use Draftkeeper\Jobs\JobAnswer;
use Draftkeeper\Jobs\JobStatus;
use Draftkeeper\Jobs\JobStore;
use Draftkeeper\Settings\Capability;
use Draftkeeper\Settings\RequestId;
use stdClass;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `/jobs/{uuid}/review`: what a person decided about a draft, once. */
final class ReviewRoutes {
	public function __construct(
		private readonly JobStore $jobs,
		private readonly JobAccess $access,
		private readonly JobAnswer $answer,
	) {}

	public function register(): void {
		add_action( 'rest_api_init', $this->add_routes( ... ) );
	}

	private function add_routes(): void {
		register_rest_route(
			'draftkeeper/v1',
			'/jobs/(?P<uuid>[^/]+)/review',
			array(
				array(
					'methods'             => 'POST',
					'permission_callback' => fn( WP_REST_Request $request ) => Capability::check( $request, Capability::GENERATE ),
					'callback'            => fn( WP_REST_Request $request ) => ErrorResponse::guard( $request, fn() => $this->review( $request ) ),
					'body'                => 'create_review',
				),
				'schema' => static fn() => Contract::schema( 'job' ),
			)
		);
	}

	private function review( WP_REST_Request $request ): WP_REST_Response {
		$body = RequestBody::read( $request, 'create_review' );
		if ( isset( $body->final_text ) && 'edited' !== $body->decision ) {
			throw ApiError::invalid_body( array( array( 'path' => 'final_text', 'message' => "goes with the decision 'edited' only" ) ) );
		}
		// From the address only: get_param() would let the body name another job.
		$uuid = (string) ( $request->get_url_params()['uuid'] ?? '' );
		$job  = $this->find( $uuid );
		if ( ! $this->access->may_review( $job ) ) {
			throw ApiError::forbidden();
		}

		$final    = isset( $body->final_text ) ? wp_kses_post( $body->final_text ) : null;
		$original = isset( $body->original_text ) ? self::as_its_author_may_write_it( $body->original_text ) : null;
		if ( ! $this->jobs->review( $job, $body->version, $body->decision, get_current_user_id(), $final, $original ) ) {
			$job = $this->find( $uuid );
			self::explain_refusal( $job, $body );
			return $this->answer->response( $job, $request );
		}
		return $this->answer->response( $this->find( $uuid ), $request );
	}

	private function find( string $uuid ): Job {
		$job = RequestId::is_uuid( $uuid ) ? $this->jobs->find( $uuid ) : null;
		if ( null === $job || ! $this->access->may_see( $job ) ) {
			throw ApiError::job_not_found();
		}
		return $job;
	}

	/** Throws why the review was not filed, unless the same decision has been filed before. */
	private static function explain_refusal( Job $job, stdClass $body ): void {
		if ( JobStatus::Succeeded !== $job->status ) {
			throw new ApiError( ErrorCode::JobNotFinished, 409, __( 'This job has no draft to review. Wait until it has succeeded, or ask again if it has failed.', 'draftkeeper' ), array( 'job_status' => $job->status->value ) );
		}
		if ( null === $job->review ) {
			throw new ApiError( ErrorCode::VersionConflict, 409, __( 'The draft has changed since you saw it. Please look at it again.', 'draftkeeper' ), array( 'version' => $job->version ) );
		}
		if ( $job->review !== $body->decision ) {
			throw new ApiError( ErrorCode::AlreadyReviewed, 409, __( 'This draft has been reviewed already. Ask again for another one.', 'draftkeeper' ), array( 'review' => $job->review ) );
		}
	}

	/** What stood in the post may hold block comments and, from those who may, any HTML: kept for restoring as WordPress keeps posts. */
	private static function as_its_author_may_write_it( string $text ): string {
		return current_user_can( 'unfiltered_html' ) ? $text : wp_kses_post( $text );
	}
}
