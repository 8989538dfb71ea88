<?php

namespace Draftkeeper\Jobs;

use Closure;
use wpdb;

defined( 'ABSPATH' ) || exit;

/** Who deals with a waiting or running job, and until when nobody else does. Nothing here changes a status. */
final class LeaseStore {
	/** A job that is longer than this in the gateway's hands without a word is asked about. */
	public const RUNNING_SECONDS = 20;

	/** No second try of the same job by a poll within this time. */
	public const POLL_GAP_SECONDS = 10;

	/** So many times as many jobs as are wanted does a claim look at: others may be faster. */
	private const LOOK_AHEAD = 4;

	/** A job that nobody has taken for longer is the sweep's. */
	private const NEW_SECONDS = 60;

	/** Cancels older than this are not repeated: the gateway has long dropped the job. */
	private const CANCEL_WINDOW_SECONDS = 7 * 24 * 3600;

	/** @param Closure(): int $now */
	public function __construct(
		private readonly wpdb $database,
		private readonly JobTable $table,
		private readonly Transactions $transactions,
		private readonly Closure $now,
	) {}

	/**
	 * Takes up to `$limit` jobs of a status whose lease is over, so that no other process takes them for `$seconds`: those first that
	 * have waited longest since they were last looked at, and of them those first that were offered least often, so that one which always
	 * fails does not stand in the way of the others.
	 *
	 * @param bool $only_expired only jobs that have waited as long as they may.
	 * @return list<Job>
	 */
	public function claim( JobStatus $status, int $limit, int $seconds, bool $only_expired = false ): array {
		$is_free  = $this->database->prepare( 'status = %s AND lease_until <= %s', $status->value, $this->time() );
		$is_free .= JobStatus::Canceled === $status ? $this->database->prepare( ' AND cancel_pending = 1 AND created_at > %s', $this->time( -self::CANCEL_WINDOW_SECONDS ) ) : '';
		$is_free .= $only_expired ? $this->database->prepare( ' AND expires_at <= %s', $this->time() ) : '';
		// Looks before it takes: an UPDATE that searches locks what it passes, now and then the whole table, and the others wait in a circle.
		$ids = $this->database->get_col(
			$this->database->prepare( 'SELECT id FROM %i FORCE INDEX (status_lease_until) WHERE ', $this->table->name() ) . $is_free
			. $this->database->prepare( ' ORDER BY lease_until, id LIMIT %d', $limit * self::LOOK_AHEAD )
		);
		foreach ( array_chunk( array_map( intval( ... ), $ids ), max( 1, $limit ) ) as $some ) {
			$jobs = $this->take( $some, $is_free, $seconds, JobStatus::Pending === $status ? 1 : 0 );
			if ( array() !== $jobs ) {
				return $jobs;
			}
		}
		return array();
	}

	/**
	 * Takes new jobs that whoever stored them has left to another process. Those that have waited for the gateway before are the sweep's.
	 *
	 * @return list<Job>
	 */
	public function claim_new( int $limit, int $seconds ): array {
		$is_new = $this->database->prepare( "status = 'pending' AND lease_until BETWEEN %s AND %s AND offers = 0 AND wait_reason IS NULL", $this->time( -self::NEW_SECONDS ), $this->time() );
		$ids    = $this->database->get_col(
			$this->database->prepare( 'SELECT id FROM %i FORCE INDEX (status_lease_until) WHERE ', $this->table->name() ) . $is_new
			. $this->database->prepare( ' ORDER BY lease_until, id LIMIT %d', $limit )
		);
		return $this->take( array_map( intval( ... ), $ids ), $is_new, $seconds, 1 );
	}

	/**
	 * Takes those of some jobs that are still free.
	 *
	 * @param list<int> $ids
	 * @return list<Job>
	 */
	private function take( array $ids, string $is_free, int $seconds, int $offers ): array {
		if ( array() === $ids ) {
			return array();
		}
		$token = wp_generate_uuid4();
		$among = 'id IN (' . implode( ', ', $ids ) . ')';
		$taken = $this->transactions->write(
			$this->database->prepare(
				'UPDATE %i SET claim_token = %s, lease_until = %s, asked_at = %s, offers = offers + %d WHERE ',
				$this->table->name(),
				$token,
				$this->time( $seconds ),
				$this->time(),
				$offers
			) . "$among AND $is_free"
		);
		if ( 0 === $taken ) {
			return array();
		}
		$sql  = $this->database->prepare( 'SELECT ' . JobStore::COLUMNS . ' FROM %i WHERE claim_token = %s AND ', $this->table->name(), $token ) . "$among ORDER BY offers, id";
		$jobs = array_map( Job::from_row( ... ), $this->database->get_results( $sql, ARRAY_A ) ?: array() );
		JobCache::changed( $jobs );
		return $jobs;
	}

	/**
	 * Gives back jobs that were claimed and not asked about; one that a poll has taken meanwhile stays with it.
	 *
	 * @param list<Job> $jobs of one claim.
	 */
	public function give_back( array $jobs ): void {
		if ( array() === $jobs ) {
			return;
		}
		$sql = $this->database->prepare(
			"UPDATE %i SET lease_until = %s, offers = CASE WHEN status = 'pending' AND offers > 0 THEN offers - 1 ELSE offers END WHERE status = %s AND asked_at = %s",
			$this->table->name(),
			$this->time(),
			$jobs[0]->status->value,
			(string) $jobs[0]->asked_at
		);
		$this->write( $sql . self::among( $jobs ), $jobs );
	}

	/** Takes one stale job for a poll: a waiting one whatever its back-off, a running one past its lease. */
	public function claim_for_poll( Job $job, int $seconds ): bool {
		// Most polls end here.
		if ( ! $this->is_stale( $job ) ) {
			return false;
		}
		$sql = $this->database->prepare(
			"UPDATE %i SET claim_token = %s, lease_until = %s, asked_at = %s, offers = offers + %d
				WHERE id = %d AND status = %s AND (asked_at IS NULL OR asked_at <= %s) AND (status = 'pending' OR lease_until <= %s)",
			$this->table->name(),
			wp_generate_uuid4(),
			$this->time( $seconds ),
			$this->time(),
			JobStatus::Pending === $job->status ? 1 : 0,
			$job->id,
			$job->status->value,
			$this->time( -self::POLL_GAP_SECONDS ),
			$this->time()
		);
		return 1 === $this->write( $sql, array( $job ) );
	}

	/** Files why the gateway did not take a job, and when it is offered again. */
	public function wait( Job $job, string $reason, int $seconds ): void {
		$this->write(
			$this->database->prepare(
				// The version first: MySQL evaluates from left to right, and the reason must still be the old one.
				"UPDATE %i SET version = CASE WHEN status = 'pending' AND (wait_reason IS NULL OR wait_reason <> %s) THEN version + 1 ELSE version END,
					wait_reason = CASE WHEN status = 'pending' THEN %s ELSE NULL END, lease_until = %s
					WHERE id = %d AND status IN ('pending', 'running')",
				$this->table->name(),
				$reason,
				$reason,
				$this->time( $seconds ),
				$job->id
			),
			array( $job )
		);
	}

	/**
	 * The gateway still has these jobs.
	 *
	 * @param list<Job>   $jobs
	 * @param string|null $reason why they do not get on there.
	 */
	public function extend( array $jobs, ?string $reason ): void {
		if ( array() === $jobs ) {
			return;
		}
		$sql = $this->database->prepare(
			// The version first, as above.
			"UPDATE %i SET version = CASE WHEN COALESCE(wait_reason, '') <> %s THEN version + 1 ELSE version END, wait_reason = NULLIF(%s, ''), lease_until = %s, losses = 0
				WHERE status = 'running'",
			$this->table->name(),
			(string) $reason,
			(string) $reason,
			$this->time( self::RUNNING_SECONDS )
		);
		$this->write( $sql . self::among( $jobs ), $jobs );
	}

	/**
	 * Lets the gateway hear again of those that were canceled while it took them.
	 *
	 * @param list<Job> $jobs not empty.
	 */
	public function repeat_cancels( array $jobs ): void {
		$sql = $this->database->prepare( "UPDATE %i SET version = version + 1, cancel_pending = 1, lease_until = %s, updated_at = %s WHERE status = 'canceled' AND cancel_pending = 0", $this->table->name(), $this->time(), $this->time() );
		$this->write( $sql . self::among( $jobs ), $jobs );
	}

	/** The gateway has said that it does not know a job it had accepted. What it did before it lost the job may have cost money. */
	public function count_loss( Job $job ): void {
		$this->transactions->write( $this->database->prepare( 'UPDATE %i SET losses = losses + 1, offers = offers + 1, maybe_billed_twice = 1, version = version + 1 WHERE id = %d', $this->table->name(), $job->id ) );
	}

	private function is_stale( Job $job ): bool {
		$is_rested = null === $job->asked_at || $job->asked_at <= $this->time( -self::POLL_GAP_SECONDS );
		return match ( $job->status ) {
			JobStatus::Pending => $is_rested,
			JobStatus::Running => $is_rested && null !== $job->lease_until && $job->lease_until <= $this->time(),
			JobStatus::Succeeded, JobStatus::Failed, JobStatus::Canceled => false,
		};
	}

	/** @param list<Job> $jobs whose rows the statement changes. */
	private function write( string $sql, array $jobs ): int {
		JobCache::changed( $jobs );
		$rows = $this->transactions->write( $sql );
		$this->transactions->after_commit( static fn() => JobCache::changed( $jobs ) );
		return $rows;
	}

	/** @param list<Job> $jobs not empty. */
	private static function among( array $jobs ): string {
		return ' AND id IN (' . implode( ', ', array_map( static fn( Job $job ) => $job->id, $jobs ) ) . ')';
	}

	private function time( int $offset = 0 ): string {
		return gmdate( 'Y-m-d H:i:s', ( $this->now )() + $offset );
	}
}
