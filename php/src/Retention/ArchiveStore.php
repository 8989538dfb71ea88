<?php

namespace Draftkeeper\Retention;

use Draftkeeper\Jobs\Transactions;
use Draftkeeper\Usage\UsageRollup;
use Draftkeeper\Usage\UsageTable;
use Generator;
use wpdb;

defined( 'ABSPATH' ) || exit;

/** The SQL that takes rows of the books out by the day and puts them back. The sums of a day go and come with its rows. */
final class ArchiveStore {
	private const COLUMNS = array(
		'id', 'job_id', 'job_uuid', 'attempt', 'user_id', 'role', 'post_id', 'task', 'provider', 'model', 'tokens_in', 'tokens_out', 'cost_micros',
		'cached', 'queue_ms', 'provider_ms', 'status', 'error_code', 'request_id', 'created_at', 'day',
	);

	private const NUMBERS = array( 'id', 'job_id', 'attempt', 'user_id', 'post_id', 'tokens_in', 'tokens_out', 'cost_micros', 'cached', 'queue_ms', 'provider_ms' );

	private const CHUNK = 500;

	public function __construct(
		private readonly wpdb $database,
		private readonly UsageTable $log,
		private readonly UsageRollup $rollup,
		private readonly Transactions $transactions,
	) {}

	/** The first day from `$from` on that stands in the books. */
	public function first_day( string $from ): ?string {
		$day = $this->database->get_var( $this->database->prepare( 'SELECT MIN(day) FROM %i WHERE day >= %s', $this->log->name(), $from ) );
		return null === $day ? null : substr( $day, 0, 10 );
	}

	/** @return Generator<int, array<string, int|string|null>> the rows of a day, in the order of their ids. */
	public function rows( string $day ): Generator {
		$last = 0;
		do {
			$rows = $this->transactions->rows( $this->database->prepare( 'SELECT ' . implode( ', ', self::COLUMNS ) . ' FROM %i WHERE day = %s AND id > %d ORDER BY id LIMIT %d', $this->log->name(), $day, $last, self::CHUNK ) );
			foreach ( $rows as $row ) {
				foreach ( self::NUMBERS as $name ) {
					$row[ $name ] = null === $row[ $name ] ? null : (int) $row[ $name ];
				}
				$row['day'] = $day;
				$last       = $row['id'];
				yield $row;
			}
		} while ( self::CHUNK === count( $rows ) );
	}

	/** Deletes the rows of a day up to an id, when they are as many as were read; else nothing. */
	public function delete( string $day, int $last_id, int $count ): void {
		$this->transactions->run(
			function () use ( $day, $last_id, $count ): void {
				$deleted = $this->transactions->write( $this->database->prepare( 'DELETE FROM %i WHERE day = %s AND id <= %d', $this->log->name(), $day, $last_id ) );
				if ( $deleted !== $count ) {
					throw new \RuntimeException( "The rows of $day have changed while they were archived; they stay." );
				}
				$this->rollup->sum_day( $day );
			}
		);
	}

	/**
	 * Puts rows of one day back; those that stand in the books already stay as they are.
	 *
	 * @param list<array<string, mixed>> $rows as `rows()` gave them.
	 * @return int how many were added.
	 */
	public function restore( string $day, array $rows ): int {
		return $this->transactions->run(
			function () use ( $day, $rows ): int {
				$added = 0;
				foreach ( array_chunk( $rows, self::CHUNK ) as $chunk ) {
					$added += $this->insert( self::COLUMNS, $chunk );
					// An id may have gone to another row since; such a row gets a new one.
					$missing = $this->missing( $chunk );
					$added  += array() === $missing ? 0 : $this->insert( array_slice( self::COLUMNS, 1 ), $missing );
				}
				$this->rollup->sum_day( $day );
				return $added;
			}
		);
	}

	/**
	 * @param list<string>               $columns
	 * @param list<array<string, mixed>> $rows
	 */
	private function insert( array $columns, array $rows ): int {
		$values = array_map( fn( array $row ) => '(' . implode( ', ', array_map( fn( string $name ) => $this->literal( $row[ $name ] ?? null ), $columns ) ) . ')', $rows );
		return $this->transactions->write( $this->database->prepare( 'INSERT IGNORE INTO %i', $this->log->name() ) . ' (' . implode( ', ', $columns ) . ') VALUES ' . implode( ', ', $values ) );
	}

	/**
	 * @param list<array<string, mixed>> $rows
	 * @return list<array<string, mixed>> those that do not stand in the books.
	 */
	private function missing( array $rows ): array {
		$ids   = implode( ', ', array_unique( array_map( static fn( array $row ) => (int) $row['job_id'], $rows ) ) );
		$found = array();
		foreach ( $this->transactions->rows( $this->database->prepare( 'SELECT job_id, attempt FROM %i', $this->log->name() ) . " WHERE job_id IN ($ids) FOR UPDATE" ) as $row ) {
			$found[ "{$row['job_id']} {$row['attempt']}" ] = true;
		}
		return array_values( array_filter( $rows, static fn( array $row ) => ! isset( $found[ "{$row['job_id']} {$row['attempt']}" ] ) ) );
	}

	private function literal( string|int|null $value ): string {
		return match ( true ) {
			null === $value => 'NULL',
			is_int( $value ) => (string) $value,
			default => $this->database->prepare( '%s', $value ),
		};
	}
}
