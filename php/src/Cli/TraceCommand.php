<?php

namespace Draftkeeper\Cli;

use Draftkeeper\Jobs\JobHealthStore;
use Draftkeeper\Jobs\JobStore;
use Draftkeeper\Settings\RequestId;
use Draftkeeper\Usage\AttemptStore;

defined( 'ABSPATH' ) || exit;

/** `wp draftkeeper trace` */
final class TraceCommand {
	public function __construct(
		private readonly Console $console,
		private readonly JobStore $jobs,
		private readonly JobHealthStore $health,
		private readonly AttemptStore $attempts,
	) {}

	/**
	 * Tells what became of a request: its jobs, and every call of a provider. Shows no texts.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : The request id that an error shows, the trace-id of a `traceparent`, or the id of a job.
	 *
	 * [--format=<format>]
	 * : table, csv, json or yaml.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - csv
	 *   - json
	 *   - yaml
	 * ---
	 *
	 * @param list<string>          $arguments
	 * @param array<string, string> $options
	 */
	public function __invoke( array $arguments, array $options ): void {
		$id = RequestId::parse( $arguments[0] ?? '' );
		if ( null === $id ) {
			$this->console->fail( __( 'A request id looks like 018f6b0a-7c1e-4b8e-9d55-0c4f3f1e2a77.', 'draftkeeper' ) );
		}
		$rows = array();
		foreach ( $this->health->of_request( $id ) as $uuid ) {
			$rows = array( ...$rows, ...$this->story( $uuid ) );
		}
		if ( array() === $rows ) {
			$this->console->fail( __( 'No job came of this request. If it failed, the reason is in PHP\'s error log under the same id.', 'draftkeeper' ) );
		}
		$this->console->table( $rows, array( 'time', 'job', 'event' ), $options );
	}

	/** @return list<array{time: string, job: string, event: string}> in order of time. */
	private function story( string $uuid ): array {
		$job = $this->jobs->find( $uuid );
		if ( null === $job ) {
			return array();
		}
		$events = array( array( $job->created_at, "created by user {$job->user_id}, request {$job->request_id}" . ( null === $job->retry_of ? '' : ", repeats {$job->retry_of}" ) ) );
		if ( null !== $job->asked_at ) {
			$events[] = array( $job->asked_at, "gateway asked, {$job->offers} offers, {$job->losses} losses" . ( null === $job->wait_reason ? '' : ", waits: {$job->wait_reason}" ) );
		}
		foreach ( $this->attempts->of_job( $job->id ) as $attempt ) {
			$error    = null === $attempt['error_code'] ? '' : " ({$attempt['error_code']})";
			$events[] = array( (string) $attempt['created_at'], "call {$attempt['attempt']} of {$attempt['provider']}/{$attempt['model']} recorded: {$attempt['status']}$error, {$attempt['provider_ms']} ms, {$attempt['cost_micros']} millionths of a US dollar" );
		}
		if ( null !== $job->finished_at ) {
			$events[] = array( $job->finished_at, $job->status->value . ( null === $job->error_code ? '' : " ({$job->error_code}: {$job->error_text})" ) . ( $job->cancel_pending ? ', the gateway has not confirmed' : '' ) );
		} else {
			$events[] = array( $job->updated_at, "{$job->status->value}, next look at " . ( $job->lease_until ?? 'no time' ) );
		}
		if ( null !== $job->reviewed_at ) {
			$events[] = array( $job->reviewed_at, "{$job->review} by user {$job->reviewed_by}" );
		}
		// A stable sort: events of one second keep their order.
		usort( $events, static fn( array $one, array $other ) => $one[0] <=> $other[0] );
		return array_map( static fn( array $event ) => array( 'time' => "{$event[0]}Z", 'job' => $uuid, 'event' => $event[1] ), $events );
	}
}
