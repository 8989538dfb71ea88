<?php

namespace Draftkeeper\Privacy;

use Draftkeeper\Jobs\Job;
use Draftkeeper\Jobs\JobCache;
use Draftkeeper\Jobs\JobStore;
use Draftkeeper\Jobs\JobTable;
use Draftkeeper\Jobs\Transactions;
use Draftkeeper\Retention\RetentionStore;
use Draftkeeper\Usage\UsageRollup;
use Draftkeeper\Usage\UsageTable;
use wpdb;

defined( 'ABSPATH' ) || exit;

/** The SQL that finds and forgets what belongs to one person or one post. */
final class PrivacyStore {
	/** A draft that waits on a post belongs to the post, whoever asked for it. */
	private const WAITS_ON_POST = "status = 'succeeded' AND review IS NULL AND post_id IS NOT NULL";

	public function __construct(
		private readonly wpdb $database,
		private readonly JobTable $jobs,
		private readonly UsageTable $log,
		private readonly UsageRollup $rollup,
		private readonly Transactions $transactions,
	) {}

	/**
	 * Jobs that a person asked for or reviewed, with all texts.
	 *
	 * @return list<array<string, ?string>>
	 */
	public function jobs_of( int $user_id, int $limit, int $offset ): array {
		$jobs = $this->jobs->name();
		// Each from its own index; one condition for both would read the whole table.
		$sql = $this->database->prepare( 'SELECT id FROM %i WHERE user_id = %d UNION SELECT id FROM %i WHERE reviewed_by = %d ORDER BY id LIMIT %d OFFSET %d', $jobs, $user_id, $jobs, $user_id, $limit, $offset );
		$ids = implode( ', ', array_map( 'intval', array_column( $this->transactions->rows( $sql ), 'id' ) ) );
		return '' === $ids ? array() : $this->transactions->rows( $this->database->prepare( 'SELECT * FROM %i', $jobs ) . " WHERE id IN ($ids) ORDER BY id" );
	}

	/** @return list<array<string, ?string>> */
	public function usage_of( int $user_id, int $limit, int $offset ): array {
		$log = $this->log->name();
		// WordPress asks by number of page. Ids alone, in the order of their index: neither sorted nor read as rows up to the page.
		$sql = $this->database->prepare( 'SELECT id FROM %i WHERE user_id = %d ORDER BY status, day, id LIMIT %d OFFSET %d', $log, $user_id, $limit, $offset );
		$ids = implode( ', ', array_map( 'intval', array_column( $this->transactions->rows( $sql ), 'id' ) ) );
		return '' === $ids ? array() : $this->transactions->rows( $this->database->prepare( 'SELECT * FROM %i', $log ) . " WHERE id IN ($ids) ORDER BY id" );
	}

	public function count_usage_of( int $user_id ): int {
		return (int) $this->transactions->rows( $this->database->prepare( 'SELECT COUNT(*) AS rows_found FROM %i WHERE user_id = %d', $this->log->name(), $user_id ) )[0]['rows_found'];
	}

	/** @return list<Job> */
	public function some_jobs_of_user( int $user_id, int $limit ): array {
		return $this->some_jobs( $this->database->prepare( 'user_id = %d', $user_id ), $limit );
	}

	/** @return list<Job> */
	public function some_jobs_of_post( int $post_id, int $limit ): array {
		return $this->some_jobs( $this->database->prepare( 'post_id = %d', $post_id ), $limit );
	}

	/**
	 * Accounts that are gone and still stand somewhere: their deletion was broken off, or nobody told us of it.
	 *
	 * @return list<int>
	 */
	public function gone_users(): array {
		$jobs = $this->jobs->name();
		$sql  = $this->database->prepare(
			'SELECT DISTINCT user_id FROM %i WHERE user_id > 0 UNION SELECT DISTINCT reviewed_by FROM %i WHERE reviewed_by > 0 UNION SELECT DISTINCT user_id FROM %i WHERE user_id > 0',
			$jobs,
			$jobs,
			$this->log->name()
		);
		$ids = array_map( 'intval', array_column( $this->transactions->rows( $sql ), 'user_id' ) );
		return array() === $ids ? array() : array_values( array_diff( $ids, array_map( 'intval', get_users( array( 'include' => $ids, 'fields' => 'ID', 'blog_id' => 0 ) ) ) ) );
	}

	/**
	 * Takes a person out of some jobs, and the texts of those that nobody else could see; all texts with `$and_texts`.
	 *
	 * @param list<Job> $jobs
	 * @return int how many drafts stay because they wait on a post.
	 */
	public function anonymise_jobs( array $jobs, bool $and_texts, string $now ): int {
		$in      = self::in( $jobs );
		$waiting = 'SELECT COUNT(*) FROM %i WHERE ' . self::WAITS_ON_POST . " AND $in";
		$kept    = $and_texts ? (int) $this->database->get_var( $this->database->prepare( $waiting, $this->jobs->name() ) ) : 0; // phpcs:ignore WordPress.DB.PreparedSQL.NotPrepared -- numbers.
		$this->take_texts( $in . ( $and_texts ? ' AND NOT (' . self::WAITS_ON_POST . ')' : ' AND post_id IS NULL' ), $now );
		if ( $kept > 0 ) {
			$this->update( "request_json = ''", $in, $now );
		}
		$this->update( 'user_id = 0, client_ref = NULL, idempotency_hash = NULL', $in, $now );
		return $kept;
	}

	/**
	 * Takes the texts of jobs, and their post.
	 *
	 * @param list<Job> $jobs
	 */
	public function detach_jobs( array $jobs, string $now ): void {
		$this->take_texts( self::in( $jobs ), $now );
		$this->update( 'post_id = NULL', self::in( $jobs ), $now );
	}

	/** @return int how many reviews do not name the person any more; 0 when none did. */
	public function forget_some_reviews( int $user_id, int $limit, string $now ): int {
		$ids = array_map( 'intval', array_column( $this->transactions->rows( $this->database->prepare( 'SELECT id FROM %i WHERE reviewed_by = %d LIMIT %d', $this->jobs->name(), $user_id, $limit ) ), 'id' ) );
		return array() === $ids ? 0 : $this->update( 'reviewed_by = 0', 'id IN (' . implode( ', ', $ids ) . ')', $now );
	}

	/**
	 * Lets some of a person's rows of the books, and their sums, stand under nobody: those of one day and outcome, so that no transaction
	 * holds the books of years. What they cost stays.
	 *
	 * @return int how many rows; 0 when none is left.
	 */
	public function anonymise_some_usage( int $user_id ): int {
		$next = $this->transactions->rows( $this->database->prepare( 'SELECT status, day FROM %i WHERE user_id = %d ORDER BY status, day LIMIT 1', $this->log->name(), $user_id ) );
		if ( array() === $next ) {
			// Sums without a row.
			$this->transactions->run( fn() => $this->rollup->forget_user( $user_id ) );
			return 0;
		}
		$status = (string) $next[0]['status'];
		$day    = substr( (string) $next[0]['day'], 0, 10 );
		return $this->transactions->run(
			function () use ( $user_id, $status, $day ): int {
				$rows = $this->transactions->write( $this->database->prepare( 'UPDATE %i SET user_id = 0, role = NULL WHERE user_id = %d AND status = %s AND day = %s', $this->log->name(), $user_id, $status, $day ) );
				$this->rollup->forget_user( $user_id, $day, $status );
				return $rows;
			}
		);
	}

	private function take_texts( string $where, string $now ): void {
		$this->update( RetentionStore::WITHOUT_TEXTS . $this->database->prepare( ', purged_at = %s', $now ), "$where AND purged_at IS NULL", $now );
	}

	private function update( string $set, string $where, string $now ): int {
		$version = str_contains( $set, 'version' ) ? '' : ', version = version + 1';
		$rows    = $this->transactions->write( $this->database->prepare( 'UPDATE %i SET updated_at = %s', $this->jobs->name(), $now ) . "$version, $set WHERE $where" );
		$this->transactions->after_commit( JobCache::all_changed( ... ) );
		return $rows;
	}

	/** @return list<Job> */
	private function some_jobs( string $where, int $limit ): array {
		return array_map( Job::from_row( ... ), $this->transactions->rows( $this->database->prepare( 'SELECT ' . JobStore::COLUMNS . ' FROM %i WHERE ', $this->jobs->name() ) . $where . $this->database->prepare( ' LIMIT %d', $limit ) ) );
	}

	/** @param list<Job> $jobs not empty. */
	private static function in( array $jobs ): string {
		return 'id IN (' . implode( ', ', array_map( static fn( Job $job ) => $job->id, $jobs ) ) . ')';
	}
}
