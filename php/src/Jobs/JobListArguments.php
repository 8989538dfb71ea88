<?php

namespace Draftkeeper\Jobs;

defined( 'ABSPATH' ) || exit;

/** What `OPTIONS /jobs` says about the query of a list. `JobQuery` and the route do the checking, with our codes. */
final class JobListArguments {
	/** @return array<string, array<string, mixed>> */
	public static function all( int $max_open, int $max_ids ): array {
		$arguments = array(
			'open_for' => array(
				/* translators: %d: a number of jobs. */
				'description' => sprintf( __( 'The post whose open jobs are listed with their texts, newest first, at most %d: those that wait or run, drafts nobody has reviewed yet, and failures of the last 72 hours. Stands alone.', 'draftkeeper' ), $max_open ),
				'type'        => 'integer',
				'minimum'     => 1,
			),
			'ids'      => array(
				/* translators: %d: a number of jobs. */
				'description' => sprintf( __( 'Ids of 1 to %d jobs, separated by commas; answered with their texts. A job that the caller may not see is left out. Stands alone.', 'draftkeeper' ), $max_ids ),
				'type'        => 'string',
			),
			'status'   => array(
				'description' => __( 'Only jobs in this status.', 'draftkeeper' ),
				'type'        => 'string',
				'enum'        => JobQuery::statuses(),
			),
			'user_id'  => array(
				'description' => __( 'Only jobs of this user.', 'draftkeeper' ),
				'type'        => 'integer',
				'minimum'     => 1,
			),
			'model'    => array(
				'description' => __( 'Only jobs that asked for this model by name; those that left the choice to the gateway have none.', 'draftkeeper' ),
				'type'        => 'string',
				'maxLength'   => 100,
			),
			'task'     => array(
				'description' => __( 'Only jobs of this task.', 'draftkeeper' ),
				'type'        => 'string',
				'enum'        => JobQuery::tasks(),
			),
			'post_id'  => array(
				'description' => __( 'Only jobs of this post.', 'draftkeeper' ),
				'type'        => 'integer',
				'minimum'     => 1,
			),
			'review'   => array(
				'description' => __( 'Only drafts with this decision; "waiting" are those nobody has reviewed.', 'draftkeeper' ),
				'type'        => 'string',
				'enum'        => JobQuery::REVIEWS,
			),
			'from'     => array(
				'description' => __( 'Only jobs created on this day of the site or later, such as 2026-02-28.', 'draftkeeper' ),
				'type'        => 'string',
				'pattern'     => '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
			),
			'to'       => array(
				'description' => __( 'Only jobs created on this day of the site or earlier.', 'draftkeeper' ),
				'type'        => 'string',
				'pattern'     => '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
			),
			'search'   => array(
				'description' => __( 'Only the job with this id, the jobs of this request id, those with exactly this client_ref, and those of posts whose title holds these words (the 50 newest such posts that the caller may read).', 'draftkeeper' ),
				'type'        => 'string',
				'minLength'   => 1,
				'maxLength'   => JobQuery::MAX_SEARCH,
			),
			'cursor'   => array(
				'description' => __( 'The next_cursor of the page before, under the same filters. Jobs that came in meanwhile do not shift the pages. A page may be shorter than per_page, even empty, where the caller may see few of the jobs: only next_cursor null is the end.', 'draftkeeper' ),
				'type'        => 'string',
			),
			'per_page' => array(
				/* translators: %d: a number of jobs. */
				'description' => sprintf( __( 'Jobs per page, newest first, without their texts; %d where it is not given.', 'draftkeeper' ), JobQuery::DEFAULT_PER_PAGE ),
				'type'        => 'integer',
				'minimum'     => 1,
				'maximum'     => JobQuery::MAX_PER_PAGE,
			),
		);
		// WordPress neither coerces nor checks them.
		return array_map( static fn( array $argument ) => $argument + array( 'sanitize_callback' => null ), $arguments );
	}
}
