<?php

namespace Draftkeeper\Jobs;

use Closure;
use Draftkeeper\Budgets\CostRateStore;
use Draftkeeper\Budgets\ReservationCount;
use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Gateway\GatewayClient;
use Draftkeeper\Settings\Connection;

defined( 'ABSPATH' ) || exit;

/** Brings on every job that nobody is dealing with, batch after batch, until there is none left or the time is up. Any number may run at once. */
final class Sweep {
	/** With a last request on top below the 30 seconds that PHP commonly allows a request, and WP-Cron and Action Scheduler a run. */
	private const RUN_SECONDS = 20;

	/** A claim outlives the run; what was not reached is given back at its end. */
	private const CLAIM_SECONDS = 60;

	private const MAX_RUNNING  = 100;
	private const MAX_PENDING  = 25;
	private const MAX_CANCELED = 25;
	private const MAX_EXPIRED  = 25;

	private bool $is_alive;

	private int $until;

	/** @param Closure(): int $now */
	public function __construct(
		private readonly LeaseStore $leases,
		private readonly JobOffers $offers,
		private readonly JobResults $results,
		private readonly Connection $connection,
		private readonly ReservationCount $reservations,
		private readonly CostRateStore $cost_rates,
		private readonly Closure $now,
	) {}

	public function register(): void {
		add_action( SweepSchedule::HOOK, $this->run( ... ) );
	}

	public function run(): void {
		$this->until    = ( $this->now )() + self::RUN_SECONDS;
		$this->is_alive = '' !== $this->connection->gateway_url();
		// Running jobs first: their results may be there. Waiting ones last: there may be very many.
		while ( $this->may_go_on() && $this->ask() + $this->repeat_cancels() + $this->offer() > 0 ) {
			continue;
		}
		if ( ! $this->is_alive ) {
			$this->give_up( JobStatus::Pending );
			$this->give_up( JobStatus::Running );
		}
		$this->reservations->run();
		$this->cost_rates->refresh();
	}

	/** @return int how many jobs there were to ask about. */
	private function ask(): int {
		$running   = $this->leases->claim( JobStatus::Running, self::MAX_RUNNING, self::CLAIM_SECONDS );
		$not_asked = $running;
		while ( array() !== $not_asked && $this->may_go_on() ) {
			$jobs           = array_splice( $not_asked, 0, GatewayClient::MAX_IDS );
			$this->is_alive = $this->offers->pull( $jobs, GatewayClient::SWEEP_TIMEOUT_SECONDS );
			// An expired one has been asked about once more now.
			array_map( $this->expire( ... ), $jobs );
		}
		$this->leases->give_back( $not_asked );
		return count( $running );
	}

	/** @return int how many cancels there were to repeat. */
	private function repeat_cancels(): int {
		$canceled  = $this->may_go_on() ? $this->leases->claim( JobStatus::Canceled, self::MAX_CANCELED, self::CLAIM_SECONDS ) : array();
		$not_asked = $canceled;
		while ( array() !== $not_asked && $this->may_go_on() ) {
			$this->is_alive = $this->offers->cancel( array_shift( $not_asked ), GatewayClient::SWEEP_TIMEOUT_SECONDS );
		}
		$this->leases->give_back( $not_asked );
		return count( $canceled );
	}

	/** @return int how many jobs there were to offer. */
	private function offer(): int {
		$pending = $this->may_go_on() ? $this->leases->claim( JobStatus::Pending, self::MAX_PENDING, self::CLAIM_SECONDS ) : array();
		$fresh   = array_values( array_filter( $pending, fn( Job $job ) => ! $this->expire( $job ) ) );
		if ( array() !== $fresh ) {
			list( $this->is_alive, $not_asked ) = $this->offers->offer_all( $fresh, GatewayClient::SWEEP_TIMEOUT_SECONDS, $this->may_go_on( ... ) );
			$this->leases->give_back( $not_asked );
		}
		return count( $pending );
	}

	/** Ends those that nobody could be asked about and whose time is over. */
	private function give_up( JobStatus $status ): void {
		do {
			$jobs = $this->leases->claim( $status, self::MAX_EXPIRED, self::CLAIM_SECONDS, true );
			array_map( $this->expire( ... ), $jobs );
		} while ( self::MAX_EXPIRED === count( $jobs ) && ( $this->now )() < $this->until );
	}

	private function may_go_on(): bool {
		return $this->is_alive && ( $this->now )() < $this->until;
	}

	/** Gives up a job that has waited as long as it may; one that has ended meanwhile is left alone. */
	private function expire( Job $job ): bool {
		if ( $job->expires_at > gmdate( 'Y-m-d H:i:s', ( $this->now )() ) ) {
			return false;
		}
		$this->results->fail( $job, ErrorCode::Expired, __( 'The gateway did not finish this job in time. Ask again; a draft that comes late is still taken.', 'draftkeeper' ) );
		return true;
	}
}
