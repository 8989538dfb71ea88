<?php

namespace Draftkeeper\Jobs;

use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Gateway\GatewayClient;
use Draftkeeper\Gateway\GatewayReply;
use Draftkeeper\Gateway\OfferAnswer;
use Draftkeeper\Privacy\UnreadableText;
use stdClass;

defined( 'ABSPATH' ) || exit;

/** Hands jobs to the gateway, asks how they stand, and takes them back. Whoever calls has claimed the jobs. */
final class JobOffers {
	/** While a process holds a job that it offers. */
	public const HOLD_SECONDS = 30;

	private const FIRST_WAIT_SECONDS = 5;
	private const MAX_WAIT_SECONDS   = 300;

	/** So often may the gateway say that it has never heard of a job it had accepted. */
	private const MAX_LOSSES = 5;

	public function __construct(
		private readonly GatewayClient $gateway,
		private readonly JobStore $jobs,
		private readonly LeaseStore $leases,
		private readonly JobResults $results,
	) {}

	/** Offers one job; false when nobody fit to be the gateway answered. */
	public function offer( Job $job, int $timeout ): bool {
		try {
			$reply = $this->gateway->offer( $job, $timeout );
		} catch ( UnreadableText $error ) {
			error_log( "Draftkeeper: job {$job->uuid} waits: {$error->getMessage()}" );
			$this->leases->wait( $job, 'encryption_key_missing', self::wait_seconds( $job ) );
			return true;
		}
		$answer = OfferAnswer::of( $reply );
		match ( $answer->then ) {
			'running' => $this->take_acceptance( $job, $reply ),
			'wait' => $this->leases->wait( $job, (string) $answer->wait_reason, self::wait_seconds( $job ) ),
			'failed' => $this->results->fail( $job, $answer->failure ?? ErrorCode::GatewayRejected, self::refusal( $reply ) ),
		};
		return $reply->is_alive();
	}

	/**
	 * Asks about running jobs, at most as many as fit one question; false when nobody fit to be the gateway answered.
	 *
	 * @param list<Job> $jobs
	 */
	public function pull( array $jobs, int $timeout ): bool {
		if ( array() === $jobs ) {
			return true;
		}
		$reply  = $this->gateway->states( $jobs, $timeout );
		$answer = 200 === $reply->status ? $reply->fitting( 'gateway_jobs' ) : null;
		if ( null === $answer ) {
			return $reply->is_alive();
		}
		$asked = array_column( $jobs, null, 'uuid' );
		$alive = array();
		foreach ( $answer->jobs as $state ) {
			// The gateway answers for this site only; a job that we did not ask for is none of ours to touch.
			if ( ! isset( $asked[ $state->uuid ] ) ) {
				continue;
			}
			if ( null === $state->finished ) {
				$alive[] = $asked[ $state->uuid ];
			} elseif ( $state->finished->uuid === $state->uuid ) {
				$this->apply_readable( $state->finished );
			}
		}
		$this->leases->extend( $alive );
		foreach ( array_intersect_key( $asked, array_flip( $answer->unknown ) ) as $job ) {
			$this->offer_lost( $job, $timeout );
		}
		return true;
	}

	/** Tells the gateway that nobody wants this job any more, and files its confirmation. */
	public function cancel( Job $job, int $timeout ): bool {
		$reply  = $this->gateway->cancel( $job, $timeout );
		$answer = $reply->fitting( 'gateway_job' );
		$result = $answer?->finished;
		if ( null !== $result && $result->uuid === $job->uuid ) {
			$this->results->apply( $result );
		} elseif ( in_array( $answer?->state, array( 'succeeded', 'failed', 'canceled' ), true ) || ErrorCode::UnknownJob === $reply->code() ) {
			$this->jobs->amend( $job, array( 'cancel_pending' => 0, 'lease_until' => null ) );
		}
		return $reply->is_alive();
	}

	/** The others must not wait for one that a missing key keeps shut; the gateway keeps the result. */
	private function apply_readable( stdClass $finished ): void {
		try {
			$this->results->apply( $finished );
		} catch ( UnreadableText $error ) {
			error_log( "Draftkeeper: the result of job {$finished->uuid} waits: {$error->getMessage()}" );
		}
	}

	private function take_acceptance( Job $job, GatewayReply $reply ): void {
		$has_moved = $this->jobs->transition( $job, JobStatus::Running, array( 'lease_until' => $this->jobs->time( LeaseStore::RUNNING_SECONDS ) ) );
		$result    = $reply->fitting( 'gateway_job' )?->finished;
		if ( null !== $result && $result->uuid === $job->uuid ) {
			$this->results->apply( $result );
			return;
		}
		if ( $has_moved || JobStatus::Running === $job->status ) {
			return;
		}
		// Somebody canceled it while the offer was under way: the gateway must hear of that.
		$now = $this->jobs->find( $job->uuid );
		if ( JobStatus::Canceled === $now?->status && ! $now->cancel_pending ) {
			$this->jobs->amend( $now, array( 'cancel_pending' => 1, 'lease_until' => $this->jobs->time() ) );
		}
	}

	private function offer_lost( Job $job, int $timeout ): void {
		if ( $job->losses + 1 >= self::MAX_LOSSES ) {
			$this->results->fail( $job, ErrorCode::WorkerLost, __( 'The gateway has lost this job several times.', 'draftkeeper' ) );
			return;
		}
		$this->leases->count_loss( $job );
		$this->offer( $job, $timeout );
	}

	/** Doubles with every offer; the second half of it differs from job to job, so that they do not all come back at once. */
	private static function wait_seconds( Job $job ): int {
		$longest = min( self::MAX_WAIT_SECONDS, self::FIRST_WAIT_SECONDS * 2 ** min( $job->offers, 10 ) );
		$half    = intdiv( $longest, 2 );
		return $half + crc32( "{$job->uuid}{$job->offers}" ) % ( $half + 1 );
	}

	private static function refusal( GatewayReply $reply ): string {
		return '' === $reply->detail() ? __( 'The gateway refused this job.', 'draftkeeper' ) : $reply->detail();
	}
}
