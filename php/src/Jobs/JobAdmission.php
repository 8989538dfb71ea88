<?php

namespace Draftkeeper\Jobs;

use Draftkeeper\Budgets\Budgets;
use Draftkeeper\Budgets\Estimate;
use Draftkeeper\Limits\JobLimit;

defined( 'ABSPATH' ) || exit;

/** Lets a new job in where limits and budgets have room for it: what it may use is reserved in the transaction that stores it. */
final class JobAdmission {
	public function __construct(
		private readonly JobStore $jobs,
		private readonly Transactions $transactions,
		private readonly JobLimit $limit,
		private readonly Budgets $budgets,
		private readonly Estimate $estimate,
	) {}

	/**
	 * Stores a new job; null when its idempotency hash is taken. A job that is not stored counts nowhere.
	 *
	 * @param array<string, string|int|null> $row
	 * @param \stdClass                      $request what `request_json` holds.
	 * @throws \Draftkeeper\Errors\ApiError `rate_limited`, `budget_exhausted`, `budget_unavailable`
	 */
	public function insert( array $row, \stdClass $request ): ?Job {
		$user_id = (int) $row['user_id'];
		$demand  = $this->estimate->of( $request, isset( $row['model'] ) ? (string) $row['model'] : null );
		$this->limit->take( $user_id );
		$job = null;
		try {
			$job = $this->transactions->run(
				function () use ( $row, $user_id, $demand ): ?Job {
					$reservation = $this->budgets->reserve( $user_id, $demand );
					$job         = $this->jobs->insert( $row + $reservation->columns() );
					if ( null === $job ) {
						$this->budgets->undo( $reservation );
					}
					return $job;
				}
			);
		} finally {
			if ( null === $job ) {
				$this->limit->give_back( $user_id );
			}
		}
		return $job;
	}
}
