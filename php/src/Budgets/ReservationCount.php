<?php

namespace Draftkeeper\Budgets;

use Closure;
use Draftkeeper\Jobs\Transactions;

defined( 'ABSPATH' ) || exit;

/** Makes the counters say again what the jobs that wait or run really hold: after a restored back-up, or an edit by hand. */
final class ReservationCount {
	/** @param Closure(): int $now */
	public function __construct(
		private readonly BudgetStore $store,
		private readonly Transactions $transactions,
		private readonly Closure $now,
	) {}

	/** @return int how many counters were wrong. */
	public function run(): int {
		$this->store->forget_before( ( $this->now )() );
		// Without locks this can look wrong when it is right, never the other way round for longer than one run.
		$suspects = self::differences( $this->store->live_reservations(), $this->store->counted_reservations() );
		if ( array() === $suspects ) {
			return 0;
		}
		return $this->transactions->run(
			function () use ( $suspects ): int {
				$this->store->lock_site( array_values( array_unique( array_map( static fn( string $key ) => self::split( $key )[1], array_keys( $suspects ) ) ) ) );
				$wrong = array_intersect_key( self::differences( $this->store->live_reservations(), $this->store->counted_reservations() ), $suspects );
				foreach ( $wrong as $key => $amount ) {
					$this->store->set_reserved( ...self::split( $key ), amount: $amount );
				}
				return count( $wrong );
			}
		);
	}

	/**
	 * @param array<string, Amount> $live
	 * @param array<string, Amount> $counted
	 * @return array<string, Amount> what counters should say that say something else.
	 */
	private static function differences( array $live, array $counted ): array {
		$differences = array();
		foreach ( array_keys( $live + $counted ) as $key ) {
			$amount = $live[ $key ] ?? new Amount();
			// Equal values, not the same object.
			if ( array_map( $amount->of( ... ), Amount::UNITS ) !== array_map( ( $counted[ $key ] ?? new Amount() )->of( ... ), Amount::UNITS ) ) {
				$differences[ $key ] = $amount;
			}
		}
		return $differences;
	}

	/** @return array{string, string} scope and period; a role may hold spaces. */
	private static function split( string $key ): array {
		$at = (int) strrpos( $key, ' ' );
		return array( substr( $key, 0, $at ), substr( $key, $at + 1 ) );
	}
}
