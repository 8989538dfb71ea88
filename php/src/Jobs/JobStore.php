<?php

namespace Draftkeeper\Jobs;

use Closure;
use Draftkeeper\Budgets\Budgets;
use Draftkeeper\Privacy\SealedText;
use wpdb;

defined( 'ABSPATH' ) || exit;

/** Reads and writes jobs. Leases and claims are in `LeaseStore`. */
final class JobStore {
	/** Everything but the texts of a review, which no answer carries. */
	public const COLUMNS = 'id, uuid, user_id, post_id, retry_of, task, target, client_ref, model, status, version, offers, losses, wait_reason,
		cancel_pending, maybe_billed_twice, input_hash, request_json, result_json, error_code, error_text, applied_webhook_id, review,
		reviewed_by, reviewed_at, queue_ms, provider_ms, request_id, lease_until, asked_at, expires_at, created_at, updated_at, finished_at';

	/** The same without texts. */
	public const SUMMARY = "id, uuid, user_id, post_id, retry_of, task, target, client_ref, model, status, version, offers, losses, wait_reason,
		cancel_pending, maybe_billed_twice, input_hash, '' AS request_json, NULL AS result_json, error_code, error_text, applied_webhook_id, review,
		reviewed_by, reviewed_at, queue_ms, provider_ms, request_id, lease_until, asked_at, expires_at, created_at, updated_at, finished_at";

	private const TEXTS = array( 'request_json', 'result_json', 'original_text', 'final_text' );

	/** How long a failure is shown with its post. */
	private const FAILURE_SHOWN_SECONDS = 72 * 3600;

	/** @param Closure(): int $now */
	public function __construct(
		private readonly wpdb $database,
		private readonly JobTable $table,
		private readonly Transactions $transactions,
		private readonly Closure $now,
		private readonly Budgets $budgets,
	) {}

	public function find( string $uuid ): ?Job {
		return $this->one( 'uuid = %s', $uuid );
	}

	/** A job without its texts, out of the object cache where that is persistent. */
	public function summary( string $uuid ): ?Job {
		$cached = JobCache::find( $uuid );
		if ( null !== $cached ) {
			return $cached;
		}
		$word = JobCache::word();
		$row  = $this->row( self::SUMMARY, 'uuid = %s', $uuid );
		if ( null !== $word && null !== $row ) {
			JobCache::add( $word, $row );
		}
		return null === $row ? null : Job::from_row( $row );
	}

	/** Reads a job and holds its row until the transaction ends. */
	public function find_locked( string $uuid ): ?Job {
		return $this->one( 'uuid = %s FOR UPDATE', $uuid );
	}

	/** The newest job under one of two idempotency hashes. */
	public function find_by_hash( string $hash, string $other_hash ): ?Job {
		return $this->one( 'idempotency_hash IN (%s, %s) ORDER BY id DESC LIMIT 1', $hash, $other_hash );
	}

	/**
	 * What a post's editor has to know of, newest first: jobs that wait or run, drafts nobody has reviewed, recent failures.
	 *
	 * @return list<Job>
	 */
	public function find_for_post( int $post_id, int $limit ): array {
		$sql = $this->database->prepare(
			'SELECT ' . self::COLUMNS . " FROM %i FORCE INDEX (post_id_list) WHERE post_id = %d AND review IS NULL AND (status IN ('pending', 'running', 'succeeded')
				OR (status = 'failed' AND finished_at > %s)) ORDER BY id DESC LIMIT %d",
			$this->table->name(),
			$post_id,
			$this->time( -self::FAILURE_SHOWN_SECONDS ),
			$limit
		);
		return array_map( Job::from_row( ... ), $this->database->get_results( $sql, ARRAY_A ) ?: array() );
	}

	/**
	 * Stores a new job; null when its idempotency hash is taken.
	 *
	 * @param array<string, string|int|null> $row
	 */
	public function insert( array $row ): ?Job {
		$row   += array( 'status' => JobStatus::Pending->value, 'version' => 1, 'created_at' => $this->time(), 'updated_at' => $this->time() );
		$values = implode( ', ', array_map( $this->stored( ... ), array_keys( $row ), $row ) );
		// IGNORE, because a failed statement costs a transaction on SQLite and a line in the log everywhere.
		$sql = $this->database->prepare( 'INSERT IGNORE INTO %i', $this->table->name() ) . ' (' . implode( ', ', array_keys( $row ) ) . ") VALUES ($values)";
		if ( 0 === $this->transactions->write( $sql ) ) {
			return null;
		}
		$columns = array_fill_keys( preg_split( '/[\s,]+/', self::COLUMNS ) ?: array(), null );
		return Job::from_row( array_merge( $columns, $row, array( 'id' => $this->database->insert_id ) ) );
	}

	/** Takes an idempotency key from the job that has outlived it. */
	public function release_hash( Job $job ): void {
		$this->transactions->write( $this->database->prepare( 'UPDATE %i SET idempotency_hash = NULL WHERE id = %d', $this->table->name(), $job->id ) );
	}

	/**
	 * Moves a job to another status, together with `$changes` to other columns; beside `start()` the only place that does. One that ends
	 * lets go what it holds of the budgets.
	 *
	 * @param array<string, string|int|null> $changes
	 * @return bool false when the job stands where it may not go there from.
	 */
	public function transition( Job $job, JobStatus $to, array $changes = array() ): bool {
		$from = array_map( static fn( JobStatus $status ) => "status = '{$status->value}'", $to->may_follow() );
		if ( array() === $from ) {
			throw new \LogicException( "No job becomes {$to->value}." );
		}
		if ( JobStatus::Succeeded === $to ) {
			$from[] = "(status = 'failed' AND error_code IN ('" . implode( "', '", JobStatus::REVOCABLE_FAILURES ) . "'))";
		}
		$changes += array( 'wait_reason' => null, 'error_code' => null, 'error_text' => null );
		$where    = $this->database->prepare( 'id = %d', $job->id ) . ' AND (' . implode( ' OR ', $from ) . ')';
		if ( ! $to->is_final() ) {
			return 1 === $this->update( array( 'status' => $to->value ) + $changes, $where, array( $job ) );
		}
		$changes += array( 'finished_at' => $this->time(), 'lease_until' => null );
		return $this->transactions->run(
			function () use ( $job, $to, $changes, $where ): bool {
				if ( 1 !== $this->update( array( 'status' => $to->value ) + $changes, $where, array( $job ) ) ) {
					return false;
				}
				$this->budgets->release( $job->id );
				return true;
			}
		);
	}

	/**
	 * Moves jobs that wait to `running`, all in one statement; those that have moved on meanwhile stay where they are.
	 *
	 * @param list<Job> $jobs not empty.
	 * @return int how many have moved.
	 */
	public function start( array $jobs, string $lease_until ): int {
		$ids = implode( ', ', array_map( static fn( Job $job ) => $job->id, $jobs ) );
		return $this->update( array( 'status' => JobStatus::Running->value, 'lease_until' => $lease_until, 'wait_reason' => null ), "status = 'pending' AND id IN ($ids)", $jobs );
	}

	/**
	 * Changes what can be seen of a job, but not its status.
	 *
	 * @param array<string, string|int|null> $changes
	 */
	public function amend( Job $job, array $changes ): void {
		$this->update( $changes, $this->database->prepare( 'id = %d', $job->id ), array( $job ) );
	}

	/** Files the decision about a draft; false when the draft is not there, was reviewed, or is not the version that was seen. */
	public function review( Job $job, int $version, string $decision, int $user_id, ?string $final_text, ?string $original_text ): bool {
		$changes = array(
			'review'        => $decision,
			'reviewed_by'   => $user_id,
			'reviewed_at'   => $this->time(),
			'final_text'    => $final_text,
			'original_text' => $original_text,
		);
		$where = $this->database->prepare( "id = %d AND version = %d AND status = 'succeeded' AND review IS NULL", $job->id, $version );
		return 1 === $this->update( $changes, $where, array( $job ) );
	}

	/**
	 * @param array<string, string|int|null> $changes
	 * @param list<Job>                      $jobs    those that the condition names.
	 */
	private function update( array $changes, string $where, array $jobs ): int {
		$changes['updated_at'] = $this->time();
		$set                   = array( 'version = version + 1' );
		foreach ( $changes as $column => $value ) {
			$set[] = "$column = " . $this->stored( $column, $value );
		}
		JobCache::changed( $jobs );
		$rows = $this->transactions->write( $this->database->prepare( 'UPDATE %i SET ', $this->table->name() ) . implode( ', ', $set ) . " WHERE $where" );
		$this->transactions->after_commit( static fn() => JobCache::changed( $jobs ) );
		return $rows;
	}

	private function one( string $where, string ...$values ): ?Job {
		$row = $this->row( self::COLUMNS, $where, ...$values );
		return null === $row ? null : Job::from_row( $row );
	}

	/** @return array<string, ?string>|null */
	private function row( string $columns, string $where, string ...$values ): ?array {
		$sql = $this->database->prepare( "SELECT $columns FROM %i WHERE $where", $this->table->name(), ...$values );
		$row = $this->database->get_row( $sql, ARRAY_A );
		if ( null === $row && '' !== $this->database->last_error ) {
			throw new \RuntimeException( "The database refused a query: {$this->database->last_error}" );
		}
		return $row;
	}

	/** Texts are encrypted on their way into the table. */
	private function stored( string $column, string|int|null $value ): string {
		return $this->literal( is_string( $value ) && in_array( $column, self::TEXTS, true ) ? SealedText::seal( $value ) : $value );
	}

	private function literal( string|int|null $value ): string {
		return match ( true ) {
			null === $value => 'NULL',
			is_int( $value ) => (string) $value,
			default => $this->database->prepare( '%s', $value ),
		};
	}

	/** A time from now as the columns hold it. */
	public function time( int $offset = 0 ): string {
		return gmdate( 'Y-m-d H:i:s', ( $this->now )() + $offset );
	}
}
