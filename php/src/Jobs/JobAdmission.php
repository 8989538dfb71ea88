<?php

namespace Draftkeeper\Jobs;

use Closure;
use Draftkeeper\Budgets\Budgets;
use Draftkeeper\Budgets\Estimate;
use Draftkeeper\Budgets\Reservation;
use Draftkeeper\Limits\JobLimit;
use Draftkeeper\Limits\NotCounted;

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
		$user_id     = (int) $row['user_id'];
		$reservation = $this->budgets->reservation( $user_id, $this->estimate->of( $request, isset( $row['model'] ) ? (string) $row['model'] : null ) );
		try {
			return $this->limit->is_transactional() ? $this->store( $row, $reservation, fn() => $this->limit->count( $user_id ) ) : $this->store_counted( $row, $reservation );
		} catch ( NotCounted ) {
			// The first job of a while, or one too many.
			return $this->store_counted( $row, $reservation );
		}
	}

	/**
	 * Counts outside the transaction, and takes that back where no job comes of it.
	 *
	 * @param array<string, string|int|null> $row
	 */
	private function store_counted( array $row, Reservation $reservation ): ?Job {
		$user_id = (int) $row['user_id'];
		$this->limit->take( $user_id );
		$job = null;
		try {
			$job = $this->store( $row, $reservation, static fn() => null );
		} finally {
			if ( null === $job ) {
				$this->limit->give_back( $user_id );
			}
		}
		return $job;
	}

	/**
	 * The rows for which others wait come last.
	 *
	 * @param array<string, string|int|null> $row
	 * @param Closure(): void                $count
	 */
	private function store( array $row, Reservation $reservation, Closure $count ): ?Job {
		return $this->transactions->run(
			function () use ( $row, $reservation, $count ): ?Job {
				$job = $this->jobs->insert( $row + $reservation->columns() );
				if ( null !== $job ) {
					$count();
					$this->budgets->reserve( $reservation );
				}
				return $job;
			}
		);
	}
}
