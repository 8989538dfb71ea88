<?php

namespace Draftkeeper\Budgets;

use Draftkeeper\Jobs\JobTable;
use Draftkeeper\Jobs\Transactions;
use wpdb;

defined( 'ABSPATH' ) || exit;

/** All the SQL of the budgets' counters, and of the columns in which a job remembers what it holds. */
final class BudgetStore {
	/** Counters of days and months that are over longer than this are history that the books tell better. */
	private const KEPT_DAYS = 400;

	public function __construct(
		private readonly wpdb $database,
		private readonly BudgetTable $table,
		private readonly JobTable $jobs,
		private readonly Transactions $transactions,
	) {}

	/** Counts for the site, the role and the user at once. Inside a transaction it holds these counters until the end. */
	public function add( Counters $counters, Amount $used, Amount $reserved ): void {
		if ( $used->is_nothing() && $reserved->is_nothing() ) {
			return;
		}
		$numbers = "{$used->requests}, {$used->tokens}, {$used->micros}, {$reserved->requests}, {$reserved->tokens}, {$reserved->micros}";
		$rows    = array_map( fn( array $key ) => $this->database->prepare( '(%s, %s, ', ...$key ) . "$numbers)", $counters->keys() );
		$columns = self::columns();
		$this->transactions->write(
			$this->database->prepare( 'INSERT INTO %i', $this->table->name() ) . ' (scope, period, ' . implode( ', ', $columns ) . ') VALUES ' . implode( ', ', $rows )
			. ' ON DUPLICATE KEY UPDATE ' . implode( ', ', array_map( static fn( string $column ) => "$column = $column + VALUES($column)", $columns ) )
		);
	}

	/**
	 * Reads counters.
	 *
	 * @param list<array{string, string}> $keys scope and period.
	 * @return array<string, array<string, int>> by `scope period`; one that is not there has counted nothing.
	 */
	public function read( array $keys ): array {
		$counters = array();
		if ( array() === $keys ) {
			return $counters;
		}
		$where = implode( ' OR ', array_map( fn( array $key ) => $this->database->prepare( '(scope = %s AND period = %s)', ...$key ), $keys ) );
		foreach ( $this->rows( $this->database->prepare( 'SELECT * FROM %i', $this->table->name() ) . " WHERE $where" ) as $row ) {
			$counters[ "{$row['scope']} {$row['period']}" ] = array_map( 'intval', array_intersect_key( $row, array_flip( self::columns() ) ) );
		}
		return $counters;
	}

	/** What a job holds, its row held until the transaction ends; null for one that was made before there were budgets. */
	public function reservation_of( int $job_id ): ?Reservation {
		$row = $this->rows( $this->database->prepare( 'SELECT user_id, reserved_requests, reserved_tokens, reserved_micros, reserved_window, reserved_role FROM %i WHERE id = %d FOR UPDATE', $this->jobs->name(), $job_id ) )[0] ?? null;
		return null === $row || null === $row['reserved_window'] ? null : new Reservation(
			new Counters( (int) $row['user_id'], (string) $row['reserved_role'], $row['reserved_window'] ),
			new Amount( (int) $row['reserved_requests'], (int) $row['reserved_tokens'], (int) $row['reserved_micros'] )
		);
	}

	/** Takes what a job holds off its row. */
	public function clear_reservation( int $job_id ): void {
		$this->transactions->write( $this->database->prepare( 'UPDATE %i SET reserved_requests = 0, reserved_tokens = 0, reserved_micros = 0 WHERE id = %d', $this->jobs->name(), $job_id ) );
	}

	/**
	 * What jobs that wait or run hold, by the counter that should say so.
	 *
	 * @return array<string, Amount> by `scope period`.
	 */
	public function live_reservations(): array {
		$sql  = "SELECT reserved_window, reserved_role, user_id, SUM(reserved_requests) AS requests, SUM(reserved_tokens) AS tokens, SUM(reserved_micros) AS micros
			FROM %i WHERE status IN ('pending', 'running') AND reserved_requests > 0 GROUP BY reserved_window, reserved_role, user_id";
		$sums = array();
		foreach ( $this->rows( $this->database->prepare( $sql, $this->jobs->name() ) ) as $row ) {
			foreach ( ( new Counters( (int) $row['user_id'], (string) $row['reserved_role'], (string) $row['reserved_window'] ) )->keys() as $key ) {
				$sum                       = $sums[ "$key[0] $key[1]" ] ?? new Amount();
				$sums[ "$key[0] $key[1]" ] = new Amount( $sum->requests + (int) $row['requests'], $sum->tokens + (int) $row['tokens'], $sum->micros + (int) $row['micros'] );
			}
		}
		ksort( $sums );
		return $sums;
	}

	/** @return array<string, Amount> what the counters say is reserved, by `scope period`; those that say nothing are left out. */
	public function counted_reservations(): array {
		$counted = array();
		foreach ( $this->rows( $this->database->prepare( 'SELECT * FROM %i WHERE reserved_requests <> 0 OR reserved_tokens <> 0 OR reserved_micros <> 0', $this->table->name() ) ) as $row ) {
			$counted[ "{$row['scope']} {$row['period']}" ] = new Amount( (int) $row['reserved_requests'], (int) $row['reserved_tokens'], (int) $row['reserved_micros'] );
		}
		ksort( $counted );
		return $counted;
	}

	/**
	 * Holds the site's counters of these periods; nobody reserves or releases in them until the transaction ends.
	 *
	 * @param list<string> $periods
	 */
	public function lock_site( array $periods ): void {
		// Days before months, as a reservation does it.
		usort( $periods, static fn( string $one, string $other ) => array( -strlen( $one ), $one ) <=> array( -strlen( $other ), $other ) );
		foreach ( $periods as $period ) {
			$this->rows( $this->database->prepare( "SELECT scope FROM %i WHERE scope = 'site' AND period = %s FOR UPDATE", $this->table->name(), $period ) );
		}
	}

	/** Makes a counter say that this much is reserved. */
	public function set_reserved( string $scope, string $period, Amount $amount ): void {
		$this->transactions->write(
			$this->database->prepare(
				'INSERT INTO %i (scope, period, reserved_requests, reserved_tokens, reserved_micros) VALUES (%s, %s, %d, %d, %d)
					ON DUPLICATE KEY UPDATE reserved_requests = VALUES(reserved_requests), reserved_tokens = VALUES(reserved_tokens), reserved_micros = VALUES(reserved_micros)',
				$this->table->name(),
				$scope,
				$period,
				$amount->requests,
				$amount->tokens,
				$amount->micros
			)
		);
	}

	/** Begins the counters with what the books say of this month; for a site that has kept books before it had budgets. */
	public function seed( string $usage_table, int $now ): void {
		$sums = "SUM(CASE WHEN attempt = 1 THEN 1 ELSE 0 END), SUM(COALESCE(tokens_in, 0) + COALESCE(tokens_out, 0)), SUM(COALESCE(cost_micros, 0))";
		foreach ( array( "'site'" => '1 = 1', "CONCAT('role:', role)" => 'role IS NOT NULL', "CONCAT('user:', user_id)" => '1 = 1' ) as $scope => $where ) {
			foreach ( array( 'day', 'SUBSTRING(day, 1, 7)' ) as $period ) {
				$sql = "INSERT IGNORE INTO %i (scope, period, used_requests, used_tokens, used_micros) SELECT $scope, $period, $sums FROM %i WHERE day >= %s AND $where GROUP BY $scope, $period"; // phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- text of this function.
				$this->transactions->write( $this->database->prepare( $sql, $this->table->name(), $usage_table, wp_date( 'Y-m-01', $now ) ) );
			}
		}
	}

	public function forget_before( int $now ): void {
		$this->transactions->write( $this->database->prepare( 'DELETE FROM %i WHERE period < %s', $this->table->name(), substr( (string) wp_date( 'Y-m-d', $now - self::KEPT_DAYS * 86400 ), 0, 7 ) ) );
	}

	/** @return list<string> */
	private static function columns(): array {
		return array_merge( array_map( static fn( string $unit ) => "used_$unit", Amount::UNITS ), array_map( static fn( string $unit ) => "reserved_$unit", Amount::UNITS ) );
	}

	/** @return list<array<string, ?string>> */
	private function rows( string $sql ): array {
		$rows = $this->database->get_results( $sql, ARRAY_A );
		if ( '' !== $this->database->last_error ) {
			throw new \RuntimeException( "The database refused a query: {$this->database->last_error}" );
		}
		return array_values( (array) $rows );
	}
}
