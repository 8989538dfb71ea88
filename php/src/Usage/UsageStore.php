<?php

namespace Draftkeeper\Usage;

use Closure;
use Draftkeeper\Jobs\Job;
use Draftkeeper\Jobs\Transactions;
use wpdb;

defined( 'ABSPATH' ) || exit;

/** All the SQL of the books. */
final class UsageStore {
	/** For an export: what is printed as it stands is put together by the database, because every column of a million rows costs. */
	public const PRINTED = "id, CONCAT(SUBSTRING(day, 1, 10), ',', SUBSTRING(created_at, 1, 10), 'T', SUBSTRING(created_at, 12, 8), 'Z') AS times, user_id, role, post_id,
		task, provider, model, status, error_code, CONCAT(COALESCE(tokens_in, ''), ',', COALESCE(tokens_out, '')) AS tokens, cost_micros, cached,
		CONCAT(COALESCE(queue_ms, ''), ',', COALESCE(provider_ms, ''), ',', attempt, ',', job_uuid, ',', request_id) AS tail";

	private const MAX_NAME_CHARACTERS = 100;

	/** @param Closure(): int $now */
	public function __construct(
		private readonly wpdb $database,
		private readonly UsageTable $table,
		private readonly Closure $now,
		private readonly UsageRollup $rollup,
		private readonly Transactions $transactions,
	) {}

	/**
	 * Files the attempts of a job; one that is on file already stays as it is. Runs inside the caller's transaction.
	 *
	 * @param list<array<string, mixed>> $attempts in the contract's shape.
	 * @return list<array<string, mixed>> those that were not on file.
	 * @throws \RuntimeException when the database refuses, so that the transaction is rolled back.
	 */
	public function record( Job $job, array $attempts ): array {
		if ( array() === $attempts ) {
			return array();
		}
		$user   = get_userdata( $job->user_id );
		$common = array(
			'job_id'     => $job->id,
			'job_uuid'   => $job->uuid,
			'user_id'    => $job->user_id,
			'role'       => false === $user ? null : ( array_values( $user->roles )[0] ?? null ),
			'post_id'    => $job->post_id,
			'task'       => $job->task,
			'request_id' => $job->request_id,
			'created_at' => gmdate( 'Y-m-d H:i:s', ( $this->now )() ),
			'day'        => wp_date( 'Y-m-d', ( $this->now )() ),
		);
		$new = array();
		foreach ( $attempts as $attempt ) {
			$row = self::row( $common, $attempt );
			$sql = $this->database->prepare( 'INSERT IGNORE INTO %i', $this->table->name() ) . ' (' . implode( ', ', array_keys( $row ) ) . ') VALUES (' . implode( ', ', array_map( $this->literal( ... ), $row ) ) . ')';
			if ( 1 === $this->transactions->write( $sql ) ) {
				$this->rollup->add( $row );
				$new[] = $attempt;
			}
		}
		return $new;
	}

	/**
	 * What jobs have cost so far; a job without an attempt is not in the answer.
	 *
	 * @param int[] $job_ids
	 * @return array<int, array{attempts: int, tokens_in: ?int, tokens_out: ?int, cost_micros: ?int}> by job id.
	 */
	public function totals_for_jobs( array $job_ids ): array {
		if ( array() === $job_ids ) {
			return array();
		}
		$rows   = $this->rows(
			$this->database->prepare(
				'SELECT job_id, COUNT(*) AS attempts, SUM(tokens_in) AS tokens_in, SUM(tokens_out) AS tokens_out, SUM(cost_micros) AS cost_micros FROM %i',
				$this->table->name()
			) . ' WHERE job_id IN (' . implode( ', ', array_map( 'intval', $job_ids ) ) . ') GROUP BY job_id'
		);
		$totals = array();
		foreach ( $rows as $row ) {
			$sum = static fn( string $name ): ?int => null === $row[ $name ] ? null : (int) $row[ $name ];

			$totals[ (int) $row['job_id'] ] = array(
				'attempts'    => (int) $row['attempts'],
				'tokens_in'   => $sum( 'tokens_in' ),
				'tokens_out'  => $sum( 'tokens_out' ),
				'cost_micros' => $sum( 'cost_micros' ),
			);
		}
		return $totals;
	}

	/** @return array<string, int> the contract's `usage_totals` over everything that the query finds. */
	public function totals( UsageQuery $query ): array {
		return $this->rollup->totals( $query );
	}

	/** @return list<\stdClass> the next rows below an id, the newest first, as the database's driver makes them: there may be a million. */
	public function before( UsageQuery $query, ?int $id, int $limit, string $columns = '*' ): array {
		$rows = $this->database->get_results(
			"SELECT $columns" . $this->database->prepare( ' FROM %i', $this->table->name() ) . ' WHERE ' . UsageConditions::of( $query, $this->database )
			. ( null === $id ? '' : $this->database->prepare( ' AND id < %d', $id ) )
			. $this->database->prepare( ' ORDER BY id DESC LIMIT %d', $limit )
		);
		if ( '' !== $this->database->last_error ) {
			throw $this->refused();
		}
		return array_values( (array) $rows );
	}

	/** @return list<int> everyone who stands in the books. */
	public function user_ids(): array {
		return $this->rollup->user_ids();
	}

	/** @return list<string> every model that was called, by name. */
	public function models(): array {
		return array_map( 'strval', array_column( $this->rows( $this->database->prepare( 'SELECT DISTINCT model FROM %i ORDER BY model', $this->table->name() ) ), 'model' ) );
	}

	/**
	 * @param array<string, mixed> $common
	 * @param array<string, mixed> $attempt
	 * @return array<string, string|int|null>
	 */
	private static function row( array $common, array $attempt ): array {
		return $common + array(
			'attempt'     => $attempt['attempt'],
			'provider'    => mb_substr( $attempt['provider'], 0, self::MAX_NAME_CHARACTERS ),
			'model'       => mb_substr( $attempt['model'], 0, self::MAX_NAME_CHARACTERS ),
			'tokens_in'   => $attempt['tokens_in'],
			'tokens_out'  => $attempt['tokens_out'],
			'cost_micros' => $attempt['cost_micros'],
			'cached'      => (int) $attempt['cached'],
			'queue_ms'    => $attempt['queue_ms'],
			'provider_ms' => $attempt['provider_ms'],
			'status'      => $attempt['status'],
			'error_code'  => $attempt['error_code'],
		);
	}

	private function literal( string|int|null $value ): string {
		return match ( true ) {
			null === $value => 'NULL',
			is_int( $value ) => (string) $value,
			default => $this->database->prepare( '%s', $value ),
		};
	}

	/** @return list<array<string, ?string>> */
	private function rows( string $sql ): array {
		$rows = $this->database->get_results( $sql, ARRAY_A );
		if ( '' !== $this->database->last_error ) {
			throw $this->refused();
		}
		return array_values( (array) $rows );
	}

	private function refused(): \RuntimeException {
		return new \RuntimeException( "The database refused a statement: {$this->database->last_error}" );
	}
}
