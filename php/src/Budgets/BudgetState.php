<?php

namespace Draftkeeper\Budgets;

use DateTimeImmutable;

defined( 'ABSPATH' ) || exit;

/** Where a budget stands in its present period. */
final class BudgetState {
	/** When the period ends, by the site's clock. */
	public readonly int $opens_at;

	/** @var array<string, int> */
	private readonly array $counter;

	/** @param array<string, array<string, int>> $counted as `BudgetStore::read()` gives it. */
	public function __construct( public readonly Budget $budget, Counters $counters, array $counted, int $now ) {
		$this->counter  = $counted[ $budget->counter_scope( $counters ) . ' ' . $counters->period( $budget->period ) ] ?? array();
		$local          = ( new DateTimeImmutable( "@$now" ) )->setTimezone( wp_timezone() );
		$this->opens_at = ( 'day' === $budget->period ? $local->modify( 'tomorrow midnight' ) : $local->modify( 'first day of next month midnight' ) )->getTimestamp();
	}

	/** The first unit that has no room for a demand that has been counted already; null when all have. Nothing fits into a full budget, however small. */
	public function overdrawn( Amount $demand ): ?string {
		foreach ( $this->budget->limits as $unit => $limit ) {
			$taken = $this->used( $unit ) + $this->reserved( $unit );
			if ( $taken > $limit || $taken - $demand->of( $unit ) >= $limit ) {
				return $unit;
			}
		}
		return null;
	}

	/** `ok`, `warning` from this share on, or `exhausted`. */
	public function level( int $warn_percent ): string {
		$level = 'ok';
		foreach ( $this->budget->limits as $unit => $limit ) {
			$taken = $this->used( $unit ) + $this->reserved( $unit );
			if ( $taken >= $limit ) {
				return 'exhausted';
			}
			if ( $taken * 100 >= $limit * $warn_percent ) {
				$level = 'warning';
			}
		}
		return $level;
	}

	/**
	 * The contract's `budget_state`.
	 *
	 * @return array<string, mixed>
	 */
	public function shape( int $warn_percent, bool $has_amounts, ?int $user_id = null ): array {
		$amounts = array();
		foreach ( $this->budget->limits as $unit => $limit ) {
			$amounts[] = array( 'unit' => $unit, 'limit' => $limit, 'used' => max( 0, $this->used( $unit ) ), 'reserved' => max( 0, $this->reserved( $unit ) ) );
		}
		return array(
			'scope'    => $this->budget->scope,
			'subject'  => 'user' === $this->budget->scope && null === $this->budget->subject && null !== $user_id ? (string) $user_id : $this->budget->subject,
			'period'   => $this->budget->period,
			'level'    => $this->level( $warn_percent ),
			'opens_at' => gmdate( 'Y-m-d\TH:i:s\Z', $this->opens_at ),
			'amounts'  => $has_amounts ? $amounts : null,
		);
	}

	private function used( string $unit ): int {
		return $this->counter[ "used_$unit" ] ?? 0;
	}

	private function reserved( string $unit ): int {
		return $this->counter[ "reserved_$unit" ] ?? 0;
	}
}
