<?php

namespace Draftkeeper\Budgets;

use Closure;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Errors\Log;
use Draftkeeper\Jobs\Deadlock;
use Draftkeeper\Limits\LimitSettings;

defined( 'ABSPATH' ) || exit;

/**
 * What jobs may use: reserved before the call, settled after it. Counts always, refuses where an administrator has set a budget.
 *
 * Budgets protect money: when one cannot be checked, nothing is started. Every method runs inside the caller's transaction, which
 * holds the job before its counters, so that nobody waits in a circle.
 */
final class Budgets {
	/** @param Closure(): int $now */
	public function __construct(
		private readonly LimitSettings $settings,
		private readonly BudgetStore $store,
		private readonly Closure $now,
	) {}

	/** What a new job of a user will hold. */
	public function reservation( int $user_id, Amount $demand ): Reservation {
		return new Reservation( Counters::of_user( $user_id, ( $this->now )() ), $demand );
	}

	/**
	 * Reserves for a job that was just inserted. All jobs of the site wait for these counters until the transaction ends: it comes last.
	 *
	 * @throws ApiError `budget_exhausted`, `budget_unavailable`
	 */
	public function reserve( Reservation $reservation ): void {
		$now      = ( $this->now )();
		$counters = $reservation->counters;
		$demand   = $reservation->amount;
		try {
			$budgets = Budget::for_user( $this->settings->budgets(), $counters );
			$this->store->add( $counters, new Amount(), $demand );
			$counted = array() === $budgets ? array() : $this->store->read( $counters->keys() );
		} catch ( Deadlock $deadlock ) {
			throw $deadlock;
		} catch ( \Throwable $error ) {
			Log::error( 'the budgets could not be checked, so a job was not started', $error );
			throw new ApiError( ErrorCode::BudgetUnavailable, 503, __( 'The budgets of this site could not be checked, so nothing was started. Please try again; if it stays so, Site Health tells an administrator why.', 'draftkeeper' ), array(), $error );
		}
		foreach ( $budgets as $budget ) {
			$state = new BudgetState( $budget, $counters, $counted, $now );
			$unit  = $state->overdrawn( $demand );
			if ( null !== $unit ) {
				throw $this->refusal( $state, $unit, $now );
			}
		}
	}

	/** Lets go what a job still holds; a second time there is nothing to let go. */
	public function release( int $job_id ): void {
		$held = $this->store->reservation_of( $job_id );
		if ( null !== $held && ! $held->amount->is_nothing() ) {
			$this->store->clear_reservation( $job_id );
			$this->store->add( $held->counters, new Amount(), $held->amount->negated() );
		}
	}

	/**
	 * Counts what a job has used, in the day and month of its reservation, whatever has become of the job, and lets go what it still holds.
	 *
	 * @param list<array<string, mixed>> $attempts those that were not on file before.
	 */
	public function settle( int $job_id, int $user_id, array $attempts ): void {
		$held     = $this->store->reservation_of( $job_id );
		$reserved = $held->amount ?? new Amount();
		if ( ! $reserved->is_nothing() ) {
			$this->store->clear_reservation( $job_id );
		}
		$this->store->add( $held->counters ?? Counters::of_user( $user_id, ( $this->now )() ), Amount::of_attempts( $attempts ), $reserved->negated() );
	}

	/**
	 * How the budgets of a user stand.
	 *
	 * @return list<BudgetState>
	 */
	public function states_for( int $user_id ): array {
		$now      = ( $this->now )();
		$counters = Counters::of_user( $user_id, $now );
		$budgets  = Budget::for_user( $this->settings->budgets(), $counters );
		$counted  = array() === $budgets ? array() : $this->store->read( $counters->keys() );
		return array_map( static fn( Budget $budget ) => new BudgetState( $budget, $counters, $counted, $now ), $budgets );
	}

	/**
	 * How the budgets of the site, and of roles and users that are named, stand.
	 *
	 * @return list<BudgetState>
	 */
	public function states(): array {
		$now      = ( $this->now )();
		$counters = Counters::of_user( 0, $now );
		$budgets  = array_values( array_filter( $this->settings->budgets(), static fn( Budget $budget ) => 'user' !== $budget->scope || null !== $budget->subject ) );
		$counted  = $this->store->read( array_map( static fn( Budget $budget ) => array( $budget->counter_scope( $counters ), $counters->period( $budget->period ) ), $budgets ) );
		return array_map( static fn( Budget $budget ) => new BudgetState( $budget, $counters, $counted, $now ), $budgets );
	}

	private function refusal( BudgetState $state, string $unit, int $now ): ApiError {
		$budget = $state->budget;
		$text   = match ( "{$budget->scope} {$budget->period}" ) {
			'site day' => __( 'The budget of this site for today has no room for another draft.', 'draftkeeper' ),
			'site month' => __( 'The budget of this site for this month has no room for another draft.', 'draftkeeper' ),
			'role day' => __( 'The budget of your role for today has no room for another draft.', 'draftkeeper' ),
			'role month' => __( 'The budget of your role for this month has no room for another draft.', 'draftkeeper' ),
			'user day' => __( 'Your budget for today has no room for another draft.', 'draftkeeper' ),
			default => __( 'Your budget for this month has no room for another draft.', 'draftkeeper' ),
		};
		return new ApiError(
			ErrorCode::BudgetExhausted,
			429,
			$text . ' ' . sprintf(
				/* translators: %s: date and time. */
				__( 'It opens again on %s, or when an administrator raises it.', 'draftkeeper' ),
				wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), $state->opens_at )
			),
			array(
				'scope'       => $budget->scope,
				'period'      => $budget->period,
				'unit'        => $unit,
				'retry_after' => max( 1, $state->opens_at - $now ),
				'opens_at'    => gmdate( 'Y-m-d\TH:i:s\Z', $state->opens_at ),
			)
		);
	}
}
