<?php

namespace Draftkeeper\Jobs;

use Closure;
use Draftkeeper\Errors\Log;
use Draftkeeper\Gateway\AfterResponse;
use Draftkeeper\Gateway\GatewayClient;

defined( 'ABSPATH' ) || exit;

/**
 * Offers new jobs, after the answer where the server can do that. Of the requests that create some at the same time one offers for all:
 * whoever finds that it is not its turn leaves its job, which is stored and claimed by nobody, to the one whose turn it is. That one
 * looks once more when its turn is over. So a job that was left before that is seen, and whoever comes later takes the next turn.
 */
final class JoinedOffers {
	/** No request works for others longer than this, nor for more jobs. */
	private const MAX_SECONDS = 2;
	private const MAX_JOBS    = 200;

	/** After a turn there may be as many left as there were requests at the time. */
	private const MAX_LEFT = 100;

	/** @var list<Job> stored by this request and claimed by it. */
	private array $own = array();

	private bool $is_due = false;

	/**
	 * @param Closure(): int  $now
	 * @param Closure(): void $pause lets others leave their jobs, for no longer than nobody minds.
	 */
	public function __construct(
		private readonly JobOffers $offers,
		private readonly JobStore $jobs,
		private readonly LeaseStore $leases,
		private readonly OfferTurn $turn,
		private readonly AfterResponse $after_response,
		private readonly Closure $now,
		private readonly Closure $pause,
	) {}

	/** Whether the job that is about to be stored is this request's to offer, so that it is to be stored as claimed. */
	public function is_ours(): bool {
		if ( ! $this->after_response->is_free() ) {
			return true;
		}
		if ( ! $this->is_due ) {
			$this->is_due = true;
			$this->after_response->add( $this->run( ... ) );
		}
		return $this->turn->take();
	}

	/** Offers a job that was stored as claimed: after the answer where that costs the browser nothing, else at once. */
	public function add( Job $job ): Job {
		if ( $this->is_due && $this->after_response->is_free() ) {
			$this->own[] = $job;
			return $job;
		}
		try {
			$this->offers->offer( $job, GatewayClient::INLINE_TIMEOUT_SECONDS );
			return $this->jobs->find( $job->uuid ) ?? $job;
		} catch ( \Throwable $error ) {
			Log::error( "job {$job->uuid} is stored but could not be offered", $error );
			return $job;
		}
	}

	private function run(): void {
		$this->is_due = false;
		if ( ! $this->turn->take() && array() === $this->own ) {
			return;
		}
		try {
			$is_well = $this->offer_for_all();
		} finally {
			$this->turn->end();
		}
		for ( $left = 0; $is_well && $left < self::MAX_LEFT; $left += GatewayClient::MAX_OFFERS ) {
			$jobs    = $this->leases->claim_new( GatewayClient::MAX_OFFERS, JobOffers::HOLD_SECONDS );
			$is_well = $this->offer( $jobs ) && GatewayClient::MAX_OFFERS === count( $jobs );
		}
	}

	/** Goes on as long as others come; a request that is alone offers its job and ends. */
	private function offer_for_all(): bool {
		$until     = ( $this->now )() + self::MAX_SECONDS;
		$jobs      = array_merge( $this->own, $this->leases->claim_new( GatewayClient::MAX_OFFERS, JobOffers::HOLD_SECONDS ) );
		$is_alone  = count( $jobs ) === count( $this->own );
		$this->own = array();
		for ( $done = 0; array() !== $jobs; $jobs = $this->leases->claim_new( GatewayClient::MAX_OFFERS, JobOffers::HOLD_SECONDS ) ) {
			$done += count( $jobs );
			if ( ! $this->offer( $jobs ) ) {
				return false;
			}
			if ( $is_alone || $done >= self::MAX_JOBS || ( $this->now )() >= $until ) {
				return true;
			}
			( $this->pause )();
		}
		return true;
	}

	/** @param list<Job> $jobs */
	private function offer( array $jobs ): bool {
		list( $is_well, $not_asked ) = $this->offers->offer_all( $jobs, GatewayClient::INLINE_TIMEOUT_SECONDS, static fn() => true );
		// One by one: they may be of several claims.
		array_map( fn( Job $job ) => $this->leases->give_back( array( $job ) ), $not_asked );
		return $is_well;
	}
}
