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

	/** So far apart can the days of one moment be in two time zones. */
	private const FARTHEST_DAYS = 2;

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

	/**
	 * Gives every row of the log the day that its time has on this site now; for when the site's time zone was changed. The sums follow.
	 *
	 * @return int the number of rows that moved to another day.
	 */
	public function redate(): int {
		$span  = $this->transactions->rows( $this->database->prepare( 'SELECT MIN(day) AS first, MAX(day) AS last FROM %i', $this->log->name() ) )[0];
		$moved = 0;
		if ( null === $span['first'] ) {
			return $moved;
		}
		$last = self::beside( (string) $span['last'], self::FARTHEST_DAYS );
		for ( $day = self::beside( $span['first'], -self::FARTHEST_DAYS ); $day <= $last; $day = self::beside( $day, 1 ) ) {
			$moved += $this->transactions->run( fn(): int => $this->gather( $day ) );
		}
		return $moved;
	}

	/** Takes the rows whose time lies in a day of the site to that day, inside the caller's transaction. */
	private function gather( string $day ): int {
		$utc   = static fn( string $time ): string => ( new \DateTimeImmutable( $time, wp_timezone() ) )->setTimezone( new \DateTimeZone( 'UTC' ) )->format( 'Y-m-d H:i:s' );
		$where = $this->database->prepare(
			' WHERE day BETWEEN %s AND %s AND day <> %s AND created_at >= %s AND created_at < %s',
			self::beside( $day, -self::FARTHEST_DAYS ),
			self::beside( $day, self::FARTHEST_DAYS ),
			$day,
			$utc( $day ),
			$utc( self::beside( $day, 1 ) )
		);
		$from  = $this->transactions->rows( $this->database->prepare( 'SELECT DISTINCT day FROM %i', $this->log->name() ) . "$where FOR UPDATE" );
		if ( array() === $from ) {
			return 0;
		}
		$moved = $this->transactions->write( $this->database->prepare( 'UPDATE %i SET day = %s', $this->log->name(), $day ) . $where );
		foreach ( array( $day, ...array_column( $from, 'day' ) ) as $changed ) {
			$this->sum_day( substr( (string) $changed, 0, 10 ) );
		}
		return $moved;
	}

	private static function beside( string $day, int $days ): string {
		return gmdate( 'Y-m-d', (int) strtotime( substr( $day, 0, 10 ) . ' UTC' ) + $days * DAY_IN_SECONDS );
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
