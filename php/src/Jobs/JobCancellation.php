<?php

namespace Draftkeeper\Jobs;

use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Gateway\AfterResponse;
use Draftkeeper\Gateway\GatewayClient;
use Draftkeeper\Gateway\GatewayHealth;

defined( 'ABSPATH' ) || exit;

/** Stops a job at once in WordPress; the gateway is told, again and again until it confirms. */
final class JobCancellation {
	public function __construct(
		private readonly JobStore $jobs,
		private readonly JobOffers $offers,
		private readonly JobResults $results,
		private readonly GatewayHealth $health,
		private readonly AfterResponse $after_response,
	) {}

	/** Cancels a job, or returns it as it is when that has been done; throws `job_finished`. */
	public function cancel( Job $job ): Job {
		if ( JobStatus::Canceled === $job->status ) {
			return $job;
		}
		$changes = array(
			'cancel_pending' => $job->was_offered() ? 1 : 0,
			'lease_until'    => $job->was_offered() ? $this->jobs->time( $this->health->is_paused() ? 0 : JobOffers::HOLD_SECONDS ) : null,
		);
		$has_canceled = $this->jobs->transition( $job, JobStatus::Canceled, $changes );
		$canceled     = $this->jobs->find( $job->uuid ) ?? throw ApiError::job_not_found();
		if ( ! $has_canceled ) {
			if ( JobStatus::Canceled === $canceled->status ) {
				return $canceled;
			}
			throw new ApiError( ErrorCode::JobFinished, 409, __( 'This job has already ended. A draft can be discarded, and anything asked for again.', 'draftkeeper' ), array( 'job_status' => $canceled->status->value ) );
		}
		$this->results->announce( $job->uuid );
		return $canceled->cancel_pending && ! $this->health->is_paused() ? $this->tell_gateway( $canceled ) : $canceled;
	}

	private function tell_gateway( Job $job ): Job {
		if ( $this->after_response->is_free() ) {
			$this->after_response->add( fn() => $this->offers->cancel( $job, GatewayClient::INLINE_TIMEOUT_SECONDS ) );
			return $job;
		}
		$this->offers->cancel( $job, GatewayClient::INLINE_TIMEOUT_SECONDS );
		return $this->jobs->find( $job->uuid ) ?? $job;
	}
}
