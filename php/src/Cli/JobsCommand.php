<?php

namespace Draftkeeper\Cli;

use Closure;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorResponse;
use Draftkeeper\Jobs\Job;
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
	 * : waiting, accepted, edited or discarded.
	 *
	 * [--from=<day>]
	 * : Created on this day or later.
	 *
	 * [--to=<day>]
	 * : Created on this day or earlier.
	 *
	 * [--per_page=<number>]
	 * : At most so many, up to 100.
	 *
	 * [--cursor=<cursor>]
	 * : Where the page before ended.
	 *
	 * [--format=<format>]
	 * : table, csv, json, yaml, ids or count.
	 *
	 * @subcommand list
	 *
	 * @param list<string>          $arguments
	 * @param array<string, string> $options
	 */
	public function list_jobs( array $arguments, array $options ): void {
		$format = $options['format'] ?? 'table';
		unset( $options['format'] );
		try {
			$query = JobQuery::of( $options );
		} catch ( ApiError $error ) {
			$wrong = array_map( static fn( array $violation ) => "--{$violation['path']} {$violation['message']}", $error->details['violations'] );
			$this->console->fail( implode( '; ', $wrong ) . '.' );
		}
		$jobs = $this->list->page( $query, $query->per_page + 1 );
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
		$this->console->table( 'ids' === $format ? array_column( $rows, 'uuid' ) : $rows, self::COLUMNS, $format );
		if ( count( $jobs ) > count( $page ) && 'table' === $format ) {
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
