<?php

namespace Draftkeeper\Tests\Integration;

use Draftkeeper\Jobs\SweepSchedule;
use Draftkeeper\Tests\Support\JobsTestCase;
use PHPUnit\Framework\Attributes\Group;

/** The ways in which job systems of WordPress plugins are known to lose work, block others or charge twice; none of them is open here. */
final class DraftkeeperTest extends JobsTestCase {
	protected function setUp(): void {
		parent::setUp();
		$this->act_as( 'author' );
	}

	public function test_a_job_whose_process_died_does_not_stay_as_it_was_for_hours(): void {
		$uuid = $this->created();
		// Taken by a sweep that was killed before it could say anything about it.
		$this->clock += 60;
		self::assertSame( array( $uuid ), array_column( $this->leases->claim( $this->job( $uuid )->status, 25, 60 ), 'uuid' ) );

		$this->clock += 61;
		$this->gateway->say_of( $uuid, self::finished( $uuid ) );
		$this->sweep();
		self::assertSame( 'succeeded', $this->row( $uuid )['status'] );
	}

	public function test_a_job_that_nobody_can_do_ends_with_a_reason_after_three_days(): void {
		$this->gateway->go_down();
		$uuid         = $this->created();
		$this->clock += 72 * 3600 + 60;
		$this->sweep();
		$job = $this->read( $uuid );
		self::assertSame( array( 'failed', 'expired' ), array( $job->status, $job->error->code ) );
		self::assertNotSame( '', $job->error->message );
	}

	public function test_a_job_is_not_done_before_its_result_is_saved(): void {
		$uuid  = $this->created();
		$log   = ini_set( 'error_log', '/dev/null' );
		$break = static fn( string $sql ) => str_contains( $sql, 'result_json' ) && str_starts_with( ltrim( $sql ), 'UPDATE' ) ? throw new \RuntimeException( 'The disk is full.' ) : $sql;
		add_filter( 'query', $break, 1 );
		self::assertSame( 500, $this->deliver( self::finished( $uuid ) )->get_status() );
		remove_filter( 'query', $break, 1 );
		ini_set( 'error_log', (string) $log );
		self::assertSame( 'running', $this->row( $uuid )['status'] );
		self::assertSame( 0, $this->count_rows( 'usage_log' ) );

		self::assertSame( 200, $this->deliver( self::finished( $uuid ) )->get_status() );
		self::assertStringContainsString( 'oak table', $this->read( $uuid )->draft->html );
	}

	public function test_the_input_is_still_there_when_a_job_is_offered_again_and_when_it_is_repeated(): void {
		$this->gateway->go_down();
		$uuid = $this->created();
		$this->gateway->go_down( false );
		for ( $offer = 0; $offer < 3; ++$offer ) {
			// It has lost the job.
			$this->gateway->say_of( $uuid, null );
			$this->clock += 600;
			$this->sweep();
		}
		$offers = array_column( $this->offers(), 'body' );
		self::assertGreaterThan( 2, count( $offers ) );
		self::assertCount( 1, array_unique( $offers ), 'every offer asks for the same' );

		$this->deliver( self::finished( $uuid, array( 'status' => 'failed', 'code' => 'provider_unavailable', 'message' => 'The provider is away.' ) ) );
		$retry = $this->dispatch( 'POST', "/draftkeeper/v1/jobs/$uuid/retry", null, array( 'Idempotency-Key' => wp_generate_uuid4() ) );
		self::assertSame( 201, $retry->get_status() );
		$offers = $this->offers();
		$again  = json_decode( end( $offers )['body'], true );
		self::assertSame( json_decode( $offers[0]['body'], true )['messages'], $again['messages'] );
	}

	#[Group( 'wp-cron' )]
	public function test_a_hundred_jobs_are_one_action_in_the_queue_of_the_site(): void {
		$this->gateway->go_down();
		for ( $number = 0; $number < 50; ++$number ) {
			$this->created();
		}
		$events = array_merge( ...array_map( static fn( array $hooks ) => array_keys( $hooks ), array_values( array_filter( _get_cron_array(), 'is_array' ) ) ) );
		self::assertCount( 1, array_filter( $events, static fn( string $hook ) => SweepSchedule::HOOK === $hook ) );
		self::assertCount( 1, array_filter( $events, static fn( string $hook ) => str_starts_with( $hook, 'draftkeeper' ) ) );
	}

	public function test_a_second_post_of_the_same_click_leaves_the_running_job_as_it_is(): void {
		$first  = $this->create( array(), 'one-click' );
		$before = $this->row( $first->get_data()['uuid'] );
		self::assertSame( 'running', $before['status'] );

		$second = $this->create( array(), 'one-click' );
		self::assertSame( array( 200, 'true' ), array( $second->get_status(), $second->get_headers()['Idempotency-Replayed'] ) );
		self::assertSame( $before, $this->row( $first->get_data()['uuid'] ) );
		self::assertSame( 1, $this->count_rows() );
		self::assertCount( 1, $this->gateway->offered() );
	}

	public function test_sweeps_close_together_offer_an_item_once(): void {
		$this->gateway->go_down();
		$uuid = $this->created();
		$this->gateway->go_down( false );
		$this->gateway->requests = array();
		$this->clock            += 600;
		$this->sweep();
		$this->sweep();
		self::assertSame( array( $uuid ), $this->gateway->offered() );
	}

	/** @return list<array{body: string}> */
	private function offers(): array {
		return array_values( array_filter( $this->gateway->requests, static fn( array $request ) => 'POST' === $request['method'] ) );
	}
}
