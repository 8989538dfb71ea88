<?php

namespace Draftkeeper\Privacy;

use Draftkeeper\Jobs\Job;
use Draftkeeper\Jobs\JobStatus;
use Draftkeeper\Jobs\JobStore;

defined( 'ABSPATH' ) || exit;

/** What happens to jobs and books when a person or a post goes. The books keep what was spent. */
final class Forgetting {
	private const BATCH = 500;

	public function __construct( private readonly PrivacyStore $store, private readonly JobStore $jobs ) {}

	/** An account was deleted: what it asked for stands under nobody. */
	public function deleted_user( int $user_id ): void {
		do {
			$batch = $this->erase_some( $user_id, false );
		} while ( $batch['erased'] > 0 );
	}

	/**
	 * Goes on with deletions that were broken off.
	 *
	 * @return int how much was erased; 0 when nothing is left.
	 */
	public function forget_some_gone(): int {
		$users = $this->store->gone_users();
		return array() === $users ? 0 : $this->erase_some( $users[0], false )['erased'];
	}

	/** On a network, on all of its sites. */
	public function deleted_network_user( int $user_id ): void {
		foreach ( get_sites( array( 'fields' => 'ids', 'number' => 0 ) ) as $site_id ) {
			switch_to_blog( $site_id );
			// A site that never used Draftkeeper has no tables.
			if ( false !== get_option( 'draftkeeper_schema' ) ) {
				$this->deleted_user( $user_id );
			}
			restore_current_blog();
		}
	}

	/**
	 * Erases a part of what belongs to a person; call it until nothing is left.
	 *
	 * @return array{erased: int, kept: int} jobs, reviews or rows of the books, and drafts that stay on their posts without the person.
	 */
	public function erase_some( int $user_id, bool $and_texts ): array {
		$jobs = $this->store->some_jobs_of_user( $user_id, self::BATCH );
		if ( array() === $jobs ) {
			$reviews = $this->store->forget_some_reviews( $user_id, self::BATCH, $this->jobs->time() );
			return array( 'erased' => $reviews > 0 ? $reviews : $this->forget_some_usage( $user_id ), 'kept' => 0 );
		}
		array_map( $this->stop( ... ), $jobs );
		return array( 'erased' => count( $jobs ), 'kept' => $this->store->anonymise_jobs( $jobs, $and_texts, $this->jobs->time() ) );
	}

	/** Day by day, until they are as many as jobs in a part. */
	private function forget_some_usage( int $user_id ): int {
		$rows = 0;
		do {
			$some  = $this->store->anonymise_some_usage( $user_id );
			$rows += $some;
		} while ( $some > 0 && $rows < self::BATCH );
		return $rows;
	}

	/** A post is being deleted for good: its jobs stop, their texts go. */
	public function deleted_post( int $post_id, string $post_type ): void {
		if ( 'revision' === $post_type ) {
			return;
		}
		for ( $jobs = $this->store->some_jobs_of_post( $post_id, self::BATCH ); array() !== $jobs; $jobs = $this->store->some_jobs_of_post( $post_id, self::BATCH ) ) {
			array_map( $this->stop( ... ), $jobs );
			$this->store->detach_jobs( $jobs, $this->jobs->time() );
		}
	}

	/** The sweep tells the gateway; here nobody waits for it. */
	private function stop( Job $job ): void {
		if ( $job->status->is_final() ) {
			return;
		}
		$was_offered = $job->was_offered();
		$this->jobs->transition( $job, JobStatus::Canceled, array( 'cancel_pending' => $was_offered ? 1 : 0, 'lease_until' => $was_offered ? $this->jobs->time() : null ) );
	}
}
