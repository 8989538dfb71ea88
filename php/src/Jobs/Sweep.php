<?php

namespace Draftkeeper\Jobs;

use Closure;
use Draftkeeper\Budgets\CostRateStore;
use Draftkeeper\Budgets\ReservationCount;
use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Gateway\GatewayClient;
use Draftkeeper\Settings\Connection;

defined( 'ABSPATH' ) || exit;

/** Brings on every job that nobody is dealing with: once a minute, bounded in rows and in time. */
final class Sweep {
	private const MAX_RUNNING  = 100;
	private const MAX_PENDING  = 25;
	private const MAX_CANCELED = 25;

	/** No new request to the gateway after this; what was claimed and not reached is free again in CLAIM_SECONDS. */
	private const BUDGET_SECONDS = 25;
	private const CLAIM_SECONDS  = 60;

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
		$until = ( $this->now )() + self::BUDGET_SECONDS;
		// Running jobs first: their results may be there, and an expired one is asked about once more before it is given up.
		$running  = $this->leases->claim( JobStatus::Running, self::MAX_RUNNING, self::CLAIM_SECONDS );
		$is_alive = '' !== $this->connection->gateway_url();
		foreach ( array_chunk( $running, GatewayClient::MAX_IDS ) as $jobs ) {
			$is_alive = $is_alive && ( $this->now )() < $until && $this->offers->pull( $jobs, GatewayClient::SWEEP_TIMEOUT_SECONDS );
		}
		array_map( $this->expire( ... ), $running );

		$pending = $this->leases->claim( JobStatus::Pending, self::MAX_PENDING, self::CLAIM_SECONDS );
		foreach ( $pending as $job ) {
			if ( ! $this->expire( $job ) ) {
				$is_alive = $is_alive && ( $this->now )() < $until && $this->offers->offer( $job, GatewayClient::SWEEP_TIMEOUT_SECONDS );
			}
		}

		foreach ( $this->leases->claim( JobStatus::Canceled, self::MAX_CANCELED, self::CLAIM_SECONDS ) as $job ) {
			$is_alive = $is_alive && ( $this->now )() < $until && $this->offers->cancel( $job, GatewayClient::SWEEP_TIMEOUT_SECONDS );
		}

		$this->reservations->run();
		$this->cost_rates->refresh();
	}

	/** Gives up a job that has waited as long as it may; one that has ended meanwhile is left alone. */
	private function expire( Job $job ): bool {
		if ( $job->expires_at > gmdate( 'Y-m-d H:i:s', ( $this->now )() ) ) {
			return false;
		}
		$this->results->fail( $job, ErrorCode::Expired, __( 'The gateway did not finish this job in time.', 'draftkeeper' ) );
		return true;
	}
}
