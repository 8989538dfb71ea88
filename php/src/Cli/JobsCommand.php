<?php

namespace Draftkeeper\Cli;

use Closure;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Errors\ErrorResponse;
use Draftkeeper\Jobs\Job;
use Draftkeeper\Jobs\JobList;
use Draftkeeper\Jobs\JobListStore;
use Draftkeeper\Jobs\JobQuery;
use Draftkeeper\Jobs\JobStore;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * Lists, repeats and stops jobs.
 */
final class JobsCommand {
	private const COLUMNS = array( 'uuid', 'status', 'user_id', 'post_id', 'task', 'model', 'review', 'why', 'created_at', 'finished_at' );

	/** @param Closure(): \Draftkeeper\Jobs\JobRequests $requests */
	public function __construct(
		private readonly Console $console,
		private readonly JobStore $jobs,
		private readonly JobListStore $list,
		private readonly Closure $requests,
	) {}

	/**
	 * Lists jobs, newest first.
	 *
	 * ## OPTIONS
	 *
	 * [--status=<status>]
	 * : pending, running, succeeded, failed or canceled.
	 * ---
	 * options:
	 *   - pending
	 *   - running
	 *   - succeeded
	 *   - failed
	 *   - canceled
	 * ---
	 *
	 * [--user_id=<id>]
	 * : Jobs of one user.
	 *
	 * [--model=<model>]
	 * : Jobs that asked for this model.
	 *
	 * [--task=<task>]
	 * : Jobs of one task.
	 *
	 * [--post_id=<id>]
	 * : Jobs of one post.
	 *
	 * [--review=<review>]
	 * : waiting for one, accepted, edited or discarded.
	 * ---
	 * options:
	 *   - waiting
	 *   - accepted
	 *   - edited
	 *   - discarded
	 * ---
	 *
	 * [--from=<day>]
	 * : Created on this day or later, such as 2026-02-28.
	 *
	 * [--to=<day>]
	 * : Created on this day or earlier.
	 *
	 * [--search=<words>]
	 * : The job with this id, those of this request id, those with exactly this client_ref, and those of posts whose title holds these words.
	 *
	 * [--per_page=<number>]
	 * : At most so many, up to 100; 25 where it is not given.
	 *
	 * [--cursor=<cursor>]
	 * : Where the page before ended.
	 *
	 * [--fields=<fields>]
	 * : Only these columns, separated by commas.
	 *
	 * [--field=<field>]
	 * : Only the values of this column.
	 *
	 * [--format=<format>]
	 * : table, csv, json, yaml, ids or count.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - csv
	 *   - json
	 *   - yaml
	 *   - ids
	 *   - count
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     # Ask again for everything that failed today.
	 *     wp draftkeeper jobs retry $(wp draftkeeper jobs list --status=failed --from=$(date +%F) --per_page=100 --format=ids)
	 *
	 *     # How many drafts nobody has reviewed.
	 *     wp draftkeeper jobs list --review=waiting --format=count
	 *
	 * @subcommand list
	 *
	 * @param list<string>          $arguments
	 * @param array<string, string> $options
	 */
	public function list_jobs( array $arguments, array $options ): void {
		$format = $options['format'] ?? 'table';
		try {
			$query = JobQuery::of( array_diff_key( $options, array( 'format' => true, 'fields' => true, 'field' => true ) ) );
		} catch ( ApiError $error ) {
			$wrong = array_map( static fn( array $violation ) => "--{$violation['path']} {$violation['message']}", $error->details['violations'] );
			$this->console->fail( implode( '; ', $wrong ) . '.' );
		}
		if ( 'count' === $format ) {
			$this->console->line( (string) ( null === $query->search ? $this->list->count( $query ) : count( $this->jobs( $query, PHP_INT_MAX ) ) ) );
			return;
		}
		$jobs = $this->jobs( $query, $query->per_page + 1 );
		$page = array_slice( $jobs, 0, $query->per_page );
		$rows = array_map(
			static fn( Job $job ) => array(
				'uuid'        => $job->uuid,
				'status'      => $job->status->value,
				'user_id'     => $job->user_id,
				'post_id'     => $job->post_id,
				'task'        => $job->task,
				'model'       => $job->model,
				'review'      => $job->review,
				'why'         => $job->error_code ?? $job->wait_reason,
				'created_at'  => $job->created_at,
				'finished_at' => $job->finished_at,
			),
			$page
		);
		$this->console->table( 'ids' === $format ? array_column( $rows, 'uuid' ) : $rows, self::COLUMNS, $options );
		if ( count( $jobs ) > count( $page ) && 'table' === $format && ! isset( $options['field'] ) ) {
			$this->console->line( '--cursor=' . JobQuery::cursor( $page[ count( $page ) - 1 ] ) );
		}
	}

	/**
	 * Asks again for what an ended job asked for, as a new job.
	 *
	 * ## OPTIONS
	 *
	 * <uuid>...
	 * : Ids of jobs. Without --user, each is repeated as its owner.
	 *
	 * @param list<string> $arguments
	 */
	public function retry( array $arguments ): void {
		$user_id = get_current_user_id();
		$this->each(
			$arguments,
			function ( string $uuid ) use ( $user_id ): array|WP_Error {
				$job = $this->jobs->find( $uuid );
				if ( null === $job ) {
					return ErrorResponse::from( ApiError::job_not_found(), wp_generate_uuid4() );
				}
				if ( 0 === $user_id && false === get_userdata( $job->user_id ) ) {
					return ErrorResponse::from( new ApiError( ErrorCode::Unauthenticated, 401, __( 'The owner of this job is gone. Name somebody who may ask for drafts with --user.', 'draftkeeper' ) ), wp_generate_uuid4() );
				}
				wp_set_current_user( 0 === $user_id ? $job->user_id : $user_id );
				return ( $this->requests )()->retry( $uuid );
			}
		);
		wp_set_current_user( $user_id );
	}

	/**
	 * Stops jobs that have not ended.
	 *
	 * ## OPTIONS
	 *
	 * <uuid>...
	 * : Ids of jobs.
	 *
	 * @param list<string> $arguments
	 */
	public function cancel( array $arguments ): void {
		$this->each( $arguments, fn( string $uuid ) => ( $this->requests )()->cancel( $uuid ) );
	}

	/** @return list<Job> */
	private function jobs( JobQuery $query, int $limit ): array {
		// Whoever has a shell here may read every title.
		return null === $query->search ? $this->list->page( $query, $limit ) : $this->list->found( $query, $query->search, JobList::posts_about( $query->search ), $limit );
	}

	/**
	 * @param list<string>                                     $uuids
	 * @param callable( string ): ( array<string, mixed>|WP_Error ) $work
	 */
	private function each( array $uuids, callable $work ): void {
		$failed = 0;
		foreach ( array_map( 'strtolower', $uuids ) as $uuid ) {
			$job = $work( $uuid );
			if ( is_wp_error( $job ) ) {
				++$failed;
				$this->console->warn( "$uuid: {$job->get_error_message()} ({$job->get_error_code()})" );
				continue;
			}
			$this->console->line( "$uuid: {$job['status']}" . ( $job['uuid'] === $uuid ? '' : " as {$job['uuid']}" ) );
		}
		if ( $failed > 0 ) {
			/* translators: 1: number of jobs, 2: number of all jobs. */
			$this->console->fail( sprintf( __( '%1$d of %2$d could not be done.', 'draftkeeper' ), $failed, count( $uuids ) ) );
		}
	}
}
