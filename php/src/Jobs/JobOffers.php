<?php

namespace Draftkeeper\Jobs;

use Closure;
use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Errors\Log;
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

	/** So many times in a row may it put jobs off: what it says then is not about one job. */
	private const MAX_PUT_OFF = 3;

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
		list( $is_well, $not_asked ) = $this->offer_all( array( $job ), $timeout, static fn() => true );
		$this->leases->give_back( $not_asked );
		return $is_well;
	}

	/**
	 * Offers jobs, many in one request, as long as the gateway takes some and `$may_go_on` says so.
	 *
	 * @param list<Job>       $jobs
	 * @param Closure(): bool $may_go_on
	 * @return array{bool, list<Job>} whether it may be asked for more, and the jobs that were not offered.
	 */
	public function offer_all( array $jobs, int $timeout, Closure $may_go_on ): array {
		if ( ! $this->gateway->may_offer() ) {
			return array( false, $jobs );
		}
		$accepted  = array();
		$is_alive  = true;
		$put_off   = 0;
		$at_once   = GatewayClient::MAX_OFFERS;
		$not_asked = $jobs;
		try {
			while ( array() !== $not_asked && $is_alive && $put_off < self::MAX_PUT_OFF && $may_go_on() ) {
				$offers  = $this->take_offers( $not_asked, $at_once );
				$replies = array() === $offers ? array() : $this->gateway->offer( $offers, $timeout );
				if ( null === $replies ) {
					$at_once   = 1;
					$not_asked = array_merge( array_column( $offers, 0 ), $not_asked );
					continue;
				}
				foreach ( $replies as $index => $reply ) {
					$job      = $offers[ $index ][0];
					$is_alive = $is_alive && $reply->is_alive();
					$answer   = OfferAnswer::of( $reply );
					$put_off  = 'wait' === $answer->then ? $put_off + 1 : 0;
					if ( 'running' === $answer->then ) {
						$accepted[] = array( $job, $reply );
					} elseif ( 'wait' === $answer->then ) {
						$this->leases->wait( $job, (string) $answer->wait_reason, self::wait_seconds( $job ) );
					} else {
						$this->results->fail( $job, $answer->failure ?? ErrorCode::GatewayRejected, self::refusal( $reply ) );
					}
				}
			}
		} finally {
			$this->take_acceptances( $accepted );
		}
		return array( $is_alive && $put_off < self::MAX_PUT_OFF, $not_asked );
	}

	/**
	 * Takes the first jobs that fit one request off a list; those that cannot be read wait.
	 *
	 * @param list<Job> $jobs
	 * @return list<array{Job, stdClass}> each with what was asked for.
	 */
	private function take_offers( array &$jobs, int $limit ): array {
		$offers = array();
		$bytes  = 0;
		while ( array() !== $jobs && count( $offers ) < $limit ) {
			$bytes += strlen( $jobs[0]->request_json );
			if ( array() !== $offers && $bytes > GatewayClient::MAX_OFFER_BYTES ) {
				break;
			}
			$job = array_shift( $jobs );
			try {
				$offers[] = array( $job, $job->request() );
			} catch ( UnreadableText $error ) {
				Log::error( "job {$job->uuid} waits", $error );
				$this->leases->wait( $job, 'encryption_key_missing', self::wait_seconds( $job ) );
			}
		}
		return $offers;
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
		$asked   = array_column( $jobs, null, 'uuid' );
		$alive   = array();
		$put_off = array();
		foreach ( $answer->jobs as $state ) {
			// The gateway answers for this site only; a job that we did not ask for is none of ours to touch.
			if ( ! isset( $asked[ $state->uuid ] ) ) {
				continue;
			}
			if ( null !== $state->finished ) {
				if ( $state->finished->uuid === $state->uuid ) {
					$this->apply_readable( $state->finished );
				}
			} elseif ( $state->put_off ?? false ) {
				$put_off[] = $asked[ $state->uuid ];
			} else {
				$alive[] = $asked[ $state->uuid ];
			}
		}
		$this->leases->extend( $alive, null );
		$this->leases->extend( $put_off, 'provider_unavailable' );
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
			Log::error( "the result of job {$finished->uuid} waits", $error );
		}
	}

	/** @param list<array{Job, GatewayReply}> $accepted */
	private function take_acceptances( array $accepted ): void {
		if ( array() === $accepted ) {
			return;
		}
		$jobs = array_column( $accepted, 0 );
		if ( $this->jobs->start( $jobs, $this->jobs->time( LeaseStore::RUNNING_SECONDS ) ) < count( $jobs ) ) {
			$this->leases->repeat_cancels( $jobs );
		}
		foreach ( $accepted as list( $job, $reply ) ) {
			$result = $reply->fitting( 'gateway_job' )?->finished;
			if ( null !== $result && $result->uuid === $job->uuid ) {
				$this->apply_readable( $result );
			}
		}
	}

	private function offer_lost( Job $job, int $timeout ): void {
		if ( ! $this->gateway->may_offer() ) {
			return;
		}
		if ( $job->losses + 1 >= self::MAX_LOSSES ) {
			$this->results->fail( $job, ErrorCode::WorkerLost, __( 'The gateway has lost this job several times. Ask again; a draft that comes late is still taken.', 'draftkeeper' ) );
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
		return '' === $reply->detail() ? __( 'The gateway refused this job. Its log says why.', 'draftkeeper' ) : $reply->detail();
	}
}
