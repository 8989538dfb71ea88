<?php

namespace Draftkeeper\Usage;

use Draftkeeper\Jobs\Transactions;
use wpdb;

defined( 'ABSPATH' ) || exit;

/** All the SQL of the books by day. */
final class UsageRollup {
	private const GROUP = 'day, user_id, status, cached, task, provider, model';

	private const TOTALS = "SUM(attempts) AS attempts,
		SUM(CASE WHEN status = 'succeeded' THEN attempts ELSE 0 END) AS succeeded,
		SUM(CASE WHEN status = 'failed' THEN attempts ELSE 0 END) AS failed,
		SUM(CASE WHEN status = 'canceled' THEN attempts ELSE 0 END) AS canceled,
		SUM(tokens_in) AS tokens_in, SUM(tokens_out) AS tokens_out, SUM(cost_micros) AS cost_micros";

	private const ADD = ' ON DUPLICATE KEY UPDATE attempts = attempts + VALUES(attempts), tokens_in = tokens_in + VALUES(tokens_in),
		tokens_out = tokens_out + VALUES(tokens_out), cost_micros = cost_micros + VALUES(cost_micros)';

	public function __construct(
		private readonly wpdb $database,
		private readonly UsageTable $log,
		private readonly UsageDailyTable $daily,
		private readonly Transactions $transactions,
	) {}

	/**
	 * Counts one row of the log, inside the transaction that has just written it.
	 *
	 * @param array<string, string|int|null> $row
	 */
	public function add( array $row ): void {
		$this->upsert( array( 'attempts' => 1 ) + $row );
	}

	/** @return array<string, int> the contract's `usage_totals` over everything that the query finds. */
	public function totals( UsageQuery $query ): array {
		$sql = $this->database->prepare( 'SELECT ' . self::TOTALS . ' FROM %i', $this->daily->name() ) . ' WHERE ' . UsageConditions::of( $query, $this->database );
		return array_map( 'intval', $this->transactions->rows( $sql )[0] );
	}

	/** @return list<int> everyone who stands in the books. */
	public function user_ids(): array {
		return array_map( fn( array $row ) => (int) $row['user_id'], $this->transactions->rows( $this->database->prepare( 'SELECT DISTINCT user_id FROM %i WHERE user_id > 0', $this->daily->name() ) ) );
	}

	/**
	 * Makes the sums of some days anew from the log, one day per transaction; results may arrive meanwhile.
	 *
	 * @param string|null $from a day, such as 2026-02-28; null: the first of all.
	 * @param string|null $to   a day; null: the last of all.
	 * @return int the number of days that were made anew.
	 */
	public function recompute( ?string $from = null, ?string $to = null ): int {
		$days = array();
		foreach ( array( $this->log->name(), $this->daily->name() ) as $table ) {
			$rows = $this->transactions->rows( $this->database->prepare( 'SELECT DISTINCT day FROM %i WHERE day >= %s AND day <= %s', $table, $from ?? '0000-01-01', $to ?? '9999-12-31' ) );
			$days = array_merge( $days, array_map( static fn( array $row ) => substr( (string) $row['day'], 0, 10 ), $rows ) );
		}
		$days = array_unique( $days );
		sort( $days );
		// What makes it safe beside writers is that reading the log for the sums locks it, gaps included.
		if ( ! defined( 'DB_ENGINE' ) || 'sqlite' !== DB_ENGINE ) {
			$this->transactions->write( 'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ' );
		}
		foreach ( $days as $day ) {
			$this->transactions->run( fn() => $this->sum_day( $day ) );
		}
		return count( $days );
	}

	/** Makes the sums of one day anew, inside the caller's transaction. */
	public function sum_day( string $day ): void {
		// The log first, as writers do: who locks in one order does not deadlock.
		$this->transactions->rows( $this->database->prepare( 'SELECT COUNT(*) AS attempts FROM %i WHERE day = %s FOR UPDATE', $this->log->name(), $day ) );
		$this->transactions->write( $this->database->prepare( 'DELETE FROM %i WHERE day = %s', $this->daily->name(), $day ) );
		$this->transactions->write(
			$this->database->prepare( 'INSERT INTO %i', $this->daily->name() ) . ' (' . self::GROUP . ', attempts, tokens_in, tokens_out, cost_micros)'
			. $this->database->prepare(
				' SELECT ' . self::GROUP . ', COUNT(*), COALESCE(SUM(tokens_in), 0), COALESCE(SUM(tokens_out), 0), COALESCE(SUM(cost_micros), 0) FROM %i WHERE day = %s GROUP BY ' . self::GROUP,
				$this->log->name(),
				$day
			)
		);
	}

	/** Lets the sums of somebody who is gone stand under nobody, all or those of a day and an outcome, inside the caller's transaction. */
	public function forget_user( int $user_id, ?string $day = null, ?string $status = null ): void {
		$mine  = $this->database->prepare( 'FROM %i WHERE user_id = %d', $this->daily->name(), $user_id );
		$mine .= null === $day ? '' : $this->database->prepare( ' AND day = %s AND status = %s', $day, (string) $status );
		$rows = $this->transactions->rows( "SELECT * $mine FOR UPDATE" );
		foreach ( $rows as $row ) {
			$this->upsert( array( 'user_id' => 0 ) + $row );
		}
		if ( array() !== $rows ) {
			$this->transactions->write( "DELETE $mine" );
		}
	}

	/** @param array<string, mixed> $row */
	private function upsert( array $row ): void {
		$this->transactions->write(
			$this->database->prepare(
				'INSERT INTO %i (' . self::GROUP . ', attempts, tokens_in, tokens_out, cost_micros) VALUES (%s, %d, %s, %d, %s, %s, %s, %d, %d, %d, %d)' . self::ADD,
				$this->daily->name(),
				$row['day'],
				$row['user_id'],
				$row['status'],
				$row['cached'],
				$row['task'],
				$row['provider'],
				$row['model'],
				$row['attempts'],
				$row['tokens_in'] ?? 0,
				$row['tokens_out'] ?? 0,
				$row['cost_micros'] ?? 0
			)
		);
	}
}
