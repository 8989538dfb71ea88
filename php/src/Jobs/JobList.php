<?php

namespace Draftkeeper\Jobs;

use Draftkeeper\Settings\Capability;

defined( 'ABSPATH' ) || exit;

/** Pages of the jobs that the current user may see. */
final class JobList {
	/** Whoever may see little gets a short page and a cursor rather than a request that reads the whole table. */
	private const MAX_READ = 500;

	private const MIN_CHUNK = 100;

	/** A search by words looks at the newest posts that have them in their title. */
	private const MAX_POSTS = 50;

	public function __construct( private readonly JobListStore $store, private readonly JobAccess $access ) {}

	/** @return array{list<Job>, ?string} one page, and where the next one begins; null at the end. */
	public function page( JobQuery $query ): array {
		$sees_all = $this->sees_all( $query );
		$post_ids = null === $query->search ? array() : self::readable( self::posts_about( $query->search ) );
		$chunk    = $sees_all ? $query->per_page + 1 : max( self::MIN_CHUNK, $query->per_page + 1 );
		$seen     = array();
		$last     = null;
		for ( $read = 0; $read < self::MAX_READ; $read += $chunk ) {
			$from = null === $last ? $query : self::after( $query, $last );
			$jobs = null === $query->search ? $this->store->page( $from, $chunk ) : $this->store->found( $from, $query->search, $post_ids, $chunk );
			$last = array() === $jobs ? $last : $jobs[ count( $jobs ) - 1 ];
			$seen = array( ...$seen, ...( $sees_all ? $jobs : $this->visible( $jobs ) ) );
			if ( count( $seen ) > $query->per_page ) {
				$page = array_slice( $seen, 0, $query->per_page );
				return array( $page, JobQuery::cursor( $page[ $query->per_page - 1 ] ) );
			}
			if ( count( $jobs ) < $chunk ) {
				return array( $seen, null );
			}
		}
		return array( $seen, null === $last ? null : JobQuery::cursor( $last ) );
	}

	/**
	 * The jobs with these ids, newest first.
	 *
	 * @param list<string> $uuids
	 * @return list<Job>
	 */
	public function named( array $uuids ): array {
		return $this->visible( $this->store->named( $uuids ) );
	}

	private function sees_all( JobQuery $query ): bool {
		return current_user_can( Capability::VIEW_USAGE ) || current_user_can( Capability::MANAGE )
			|| get_current_user_id() === $query->user_id
			|| ( null !== $query->post_id && $this->access->may_edit_post( $query->post_id ) );
	}

	/**
	 * @param list<Job> $jobs
	 * @return list<Job>
	 */
	private function visible( array $jobs ): array {
		_prime_post_caches( array_values( array_unique( array_filter( array_map( static fn( Job $job ) => $job->post_id, $jobs ) ) ) ), false, false );
		return array_values( array_filter( $jobs, $this->access->may_see( ... ) ) );
	}

	/** @return list<int> the newest posts with these words in their title, whoever may read it. */
	public static function posts_about( string $words ): array {
		$ids = get_posts(
			array(
				'post_type'        => 'any',
				'post_status'      => 'any',
				's'                => $words,
				'search_columns'   => array( 'post_title' ),
				'posts_per_page'   => self::MAX_POSTS,
				'orderby'          => 'ID',
				'order'            => 'DESC',
				'fields'           => 'ids',
				'suppress_filters' => true,
			)
		);
		return array_values( array_map( 'intval', $ids ) );
	}

	/**
	 * @param list<int> $post_ids
	 * @return list<int> those whose title the user may read.
	 */
	private static function readable( array $post_ids ): array {
		return array_values( array_filter( $post_ids, static fn( int $id ) => current_user_can( 'read_post', $id ) ) );
	}

	private static function after( JobQuery $query, Job $last ): JobQuery {
		$fields = array_merge( get_object_vars( $query ), array( 'after' => array( 'created_at' => $last->created_at, 'id' => $last->id ) ) );
		return new JobQuery( ...$fields );
	}
}
