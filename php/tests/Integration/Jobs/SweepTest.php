<?php

namespace Draftkeeper\Tests\Integration\Jobs;

use Draftkeeper\Jobs\JobStatus;
use Draftkeeper\Tests\Support\JobsTestCase;
use Draftkeeper\Tests\Support\WaitingJobs;

final class SweepTest extends JobsTestCase {
	use WaitingJobs;

	protected function setUp(): void {
		parent::setUp();
		$this->act_as( 'author' );
	}

	public function test_a_job_made_while_the_gateway_was_down_is_offered_when_it_is_up_again(): void {
		$this->gateway->go_down();
		$uuid = $this->created();
		$this->sweep();
		self::assertCount( 1, $this->gateway->requests, 'not before its time' );

		$this->gateway->go_down( false );
		$this->clock += 60;
		$this->sweep();
		self::assertSame( array( $uuid, $uuid ), $this->gateway->offered() );
		self::assertSame( array( 'running', null ), array( $this->row( $uuid )['status'], $this->row( $uuid )['wait_reason'] ) );
		self::assertSame( $this->gateway->requests[0]['body'], $this->gateway->requests[1]['body'], 'the same offer, byte for byte' );
	}

	public function test_three_sweeps_at_once_never_take_one_job_twice(): void {
		$this->gateway->go_down();
		$uuids = array();
		for ( $number = 0; $number < 60; $number++ ) {
			$uuids[] = $this->created();
		}
		$this->clock += 600;
		$taken = array();
		foreach ( range( 1, 3 ) as $sweep ) {
			$taken = array_merge( $taken, array_column( $this->leases->claim( JobStatus::Pending, 25, 60 ), 'uuid' ) );
		}
		sort( $taken );
		sort( $uuids );
		self::assertSame( $uuids, $taken );
		self::assertSame( array(), $this->leases->claim( JobStatus::Pending, 25, 60 ) );
	}

	public function test_a_sweep_inside_a_sweep_offers_nothing_twice(): void {
		$this->gateway->go_down();
		$uuids = array( $this->created(), $this->created() );
		$this->gateway->go_down( false );
		$this->gateway->requests = array();
		$this->clock            += 600;
		$this->gateway->during_next( fn() => $this->sweep() );
		$this->sweep();
		self::assertSame( $uuids, $this->gateway->offered() );
	}

	public function test_the_wait_doubles_up_to_five_minutes(): void {
		$this->gateway->go_down();
		$uuid  = $this->created();
		$waits = array();
		for ( $sweep = 0; $sweep < 12; $sweep++ ) {
			$row         = $this->row( $uuid );
			$until       = strtotime( $row['lease_until'] . ' UTC' );
			$waits[]     = $until - strtotime( $row['asked_at'] . ' UTC' );
			$this->clock = $until;
			$this->sweep();
		}
		// Made by the real clock, which may have moved on between asking and noting the wait.
		self::assertLessThanOrEqual( 15, $waits[0] );
		self::assertGreaterThan( 100, $waits[11] );
		self::assertLessThanOrEqual( 300, max( $waits ) );
		self::assertSame( '13', (string) $this->row( $uuid )['offers'] );
		self::assertSame( 'pending', $this->row( $uuid )['status'] );
	}

	public function test_a_dead_gateway_is_asked_once_per_sweep(): void {
		$this->gateway->go_down();
		array_map( fn() => $this->created(), range( 1, 10 ) );
		$this->gateway->requests = array();
		$this->clock            += 600;
		$this->sweep();
		self::assertCount( 1, $this->gateway->requests );
	}

	public function test_a_run_goes_on_until_no_job_waits_any_more(): void {
		$uuids = $this->waiting( 60 );
		$this->sweep();
		self::assertSame( array_chunk( $uuids, 25 ), $this->gateway->batches() );
		self::assertSame( array( 'running' ), array_values( array_unique( array_map( fn( string $uuid ) => $this->row( $uuid )['status'], $uuids ) ) ) );
	}

	public function test_a_run_costs_less_than_a_query_a_job(): void {
		$this->waiting( 50 );
		self::assertLessThan( 50, self::queries_of( fn() => $this->sweep() ) );
		self::assertCount( 50, $this->gateway->offered() );
	}

	public function test_a_run_that_is_out_of_time_gives_the_rest_back_as_it_was(): void {
		$uuids = $this->waiting( 5 );
		array_map( fn( string $uuid ) => $this->make_long( $uuid ), $uuids );
		$this->gateway->during_next( function (): void {
			$this->clock += 30;
		} );
		$this->sweep();
		self::assertSame( array_slice( $uuids, 0, 2 ), $this->gateway->offered() );
		self::assertSame( array( 'running', '2' ), array( $this->row( $uuids[0] )['status'], (string) $this->row( $uuids[0] )['offers'] ) );
		self::assertSame( array( 'pending', '1' ), array( $this->row( $uuids[4] )['status'], (string) $this->row( $uuids[4] )['offers'] ) );
		$this->sweep();
		self::assertSame( $uuids, $this->gateway->offered(), 'at once by the next run' );
	}

	public function test_a_result_whose_webhook_never_came_is_pulled(): void {
		$uuid = $this->created();
		$this->gateway->say_of( $uuid, self::finished( $uuid ) );
		$this->sweep();
		self::assertSame( 'running', $this->row( $uuid )['status'], 'the lease still holds' );
		$this->clock += 21;
		$this->sweep();
		$job = $this->read( $uuid );
		self::assertSame( array( 'succeeded', 160, 1 ), array( $job->status, $job->cost_micros, $job->attempts ) );
		self::assertSame( "GET /v1/jobs?ids=$uuid", $this->gateway->calls()[1] );
	}

	public function test_a_job_that_still_runs_is_left_alone_until_its_next_lease(): void {
		$uuid         = $this->created();
		$this->clock += 21;
		$this->sweep();
		$this->sweep();
		self::assertCount( 2, $this->gateway->requests );
		$version = $this->row( $uuid )['version'];
		$this->clock += 21;
		$this->sweep();
		self::assertCount( 3, $this->gateway->requests );
		self::assertSame( $version, $this->row( $uuid )['version'] );
	}

	public function test_a_job_that_the_gateway_puts_off_says_so_until_it_goes_on(): void {
		list( $uuid, $other ) = array( $this->created(), $this->created() );
		$version              = (int) $this->row( $uuid )['version'];
		$this->gateway->put_off( $uuid );
		for ( $round = 0; $round < 2; ++$round ) {
			$this->clock += 21;
			$this->sweep();
			self::assertSame( array( 'running', 'provider_unavailable', $version + 1 ), self::standing( $this->read( $uuid ) ) );
		}
		self::assertSame( array( 'running', null, $version ), self::standing( $this->read( $other ) ) );

		$this->gateway->put_off();
		$this->clock += 21;
		$this->sweep();
		self::assertSame( array( 'running', null, $version + 2 ), self::standing( $this->read( $uuid ) ) );

		$this->gateway->put_off( $uuid );
		$this->clock += 21;
		$this->sweep();
		$this->gateway->say_of( $uuid, self::finished( $uuid ) );
		$this->clock += 21;
		$this->sweep();
		self::assertSame( array( 'succeeded', null, $version + 4 ), self::standing( $this->read( $uuid ) ) );
	}

	/** @return array{string, ?string, int} */
	private static function standing( \stdClass $job ): array {
		return array( $job->status, $job->wait_reason ?? null, $job->version );
	}

	public function test_many_running_jobs_are_asked_about_in_few_questions(): void {
		$uuids = array_map( fn() => $this->created(), range( 1, 60 ) );
		$this->gateway->requests = array();
		$this->clock            += 60;
		$this->sweep();
		self::assertCount( 3, $this->gateway->requests );
		self::assertStringContainsString( $uuids[24], $this->gateway->requests[0]['path'] );
	}

	public function test_a_job_that_the_gateway_has_lost_is_offered_again_and_given_up_the_fifth_time(): void {
		$uuid = $this->created();
		$this->gateway->say_of( $uuid, null );
		for ( $loss = 1; $loss <= 4; $loss++ ) {
			$this->clock += 61;
			$this->sweep();
			self::assertSame( 'running', $this->row( $uuid )['status'], "loss $loss" );
			self::assertCount( 1 + $loss, $this->gateway->offered() );
			self::assertTrue( $this->read( $uuid )->maybe_billed_twice, 'it may have made the call before it lost the job' );
		}
		$this->clock += 61;
		$this->sweep();
		self::assertCount( 5, $this->gateway->offered() );
		self::assertSame( 'worker_lost', $this->read( $uuid )->error->code );

		// It has been paid for, so a late result is taken.
		self::assertSame( 200, $this->deliver( self::finished( $uuid ) )->get_status() );
		self::assertSame( 'succeeded', $this->read( $uuid )->status );
	}

	public function test_losses_count_only_in_a_row(): void {
		$uuid = $this->created();
		$this->gateway->say_of( $uuid, null );
		$this->clock += 61;
		$this->sweep();
		self::assertSame( '1', (string) $this->row( $uuid )['losses'] );
		$this->gateway->say_of( $uuid, self::finished( $uuid ) );
		$this->gateway->answer_next( 200, array( 'contract_version' => 1, 'jobs' => array( array( 'contract_version' => 1, 'uuid' => $uuid, 'state' => 'running', 'finished' => null ) ), 'unknown' => array() ) );
		$this->clock += 61;
		$this->sweep();
		self::assertSame( '0', (string) $this->row( $uuid )['losses'] );
	}

	public function test_only_the_gateway_itself_can_say_that_a_job_is_unknown(): void {
		$uuid = $this->created();
		foreach ( array( array( 404, '<html>' ), array( 404, '{"code":"unknown_job"}' ), array( 200, '<html>' ), array( 200, "{\"unknown\":[\"$uuid\"]}" ), array( 503, '' ) ) as $answer ) {
			$this->clock += 61;
			$this->gateway->answer_next( ...$answer );
			$this->sweep();
		}
		self::assertSame( array( '0', 'running' ), array( (string) $this->row( $uuid )['losses'], $this->row( $uuid )['status'] ) );
		self::assertCount( 1, $this->gateway->offered() );
	}

	public function test_an_answer_about_a_job_nobody_asked_about_changes_nothing(): void {
		$other        = $this->created();
		$this->clock += 10;
		$this->set_row( $other, array( 'lease_until' => gmdate( 'Y-m-d H:i:s', $this->clock + 600 ) ) );
		$asked        = $this->created();
		$this->clock += 61;
		$this->gateway->answer_next( 200, array( 'contract_version' => 1, 'jobs' => array( array( 'contract_version' => 1, 'uuid' => $asked, 'state' => 'succeeded', 'finished' => self::finished( $other ) ) ), 'unknown' => array( $other ) ) );
		$this->sweep();
		self::assertSame( 'running', $this->row( $other )['status'] );
		self::assertSame( 'running', $this->row( $asked )['status'] );
	}

	public function test_a_job_expires_after_72_hours_and_a_late_result_is_still_taken(): void {
		$this->gateway->go_down();
		$waiting = $this->created();
		$this->gateway->go_down( false );
		$running = $this->created();
		$this->gateway->go_down();
		$this->clock += 72 * 3600 - 1;
		$this->sweep();
		self::assertSame( array( 'pending', 'running' ), array( $this->row( $waiting )['status'], $this->row( $running )['status'] ) );
		$this->clock += 601;
		$this->sweep();
		self::assertSame( array( 'expired', 'expired' ), array( $this->row( $waiting )['error_code'], $this->row( $running )['error_code'] ) );
		$this->deliver( self::finished( $running ) );
		self::assertSame( 'succeeded', $this->row( $running )['status'] );
	}

	public function test_an_expired_job_is_asked_about_once_more(): void {
		$uuid = $this->created();
		$this->gateway->say_of( $uuid, self::finished( $uuid ) );
		$this->clock += 73 * 3600;
		$this->sweep();
		self::assertSame( 'succeeded', $this->row( $uuid )['status'] );
	}

	public function test_a_cancel_is_repeated_until_the_gateway_confirms(): void {
		$uuid = $this->created();
		$this->gateway->go_down();
		$this->dispatch( 'DELETE', "/draftkeeper/v1/jobs/$uuid" );
		$this->clock += 61;
		$this->sweep();
		self::assertTrue( $this->read( $uuid )->cancel_pending );
		$this->gateway->go_down( false );
		$this->gateway->answer_next( 200, array( 'contract_version' => 1, 'uuid' => $uuid, 'state' => 'running', 'finished' => null ) );
		$this->clock += 61;
		$this->sweep();
		self::assertTrue( $this->read( $uuid )->cancel_pending, 'it still runs there' );
		$this->gateway->answer_next( 404, array( 'code' => 'unknown_job' ) );
		$this->clock += 61;
		$this->sweep();
		self::assertFalse( $this->read( $uuid )->cancel_pending );
		$count = count( $this->gateway->requests );
		$this->clock += 61;
		$this->sweep();
		self::assertCount( $count, $this->gateway->requests );
	}

	public function test_the_confirmation_of_a_cancel_brings_the_cost_and_no_text(): void {
		$uuid = $this->created();
		$this->gateway->answer_next( 200, array( 'contract_version' => 1, 'uuid' => $uuid, 'state' => 'succeeded', 'finished' => self::finished( $uuid ) ) );
		$job = self::body( $this->dispatch( 'DELETE', "/draftkeeper/v1/jobs/$uuid" ) );
		self::assertSame( array( 'canceled', false, 160 ), array( $job->status, $job->cancel_pending, $job->cost_micros ) );
		self::assertNull( $this->row( $uuid )['result_json'] );
	}

	public function test_a_job_canceled_while_its_offer_was_under_way_is_canceled_there_too(): void {
		$this->gateway->go_down();
		$uuid = $this->created();
		$this->gateway->go_down( false );
		$this->clock += 60;
		$this->gateway->during_next( fn() => $this->jobs->transition( $this->job( $uuid ), JobStatus::Canceled ) );
		$this->sweep();
		self::assertSame( "DELETE /v1/jobs/$uuid", $this->gateway->calls()[2] );
		self::assertSame( array( 'canceled', '0' ), array( $this->row( $uuid )['status'], (string) $this->row( $uuid )['cancel_pending'] ) );
	}

	public function test_without_a_gateway_the_sweep_asks_nobody_and_still_expires(): void {
		$uuid = $this->created();
		putenv( 'DRAFTKEEPER_GATEWAY_URL' );
		$this->clock += 73 * 3600;
		$this->sweep();
		self::assertCount( 1, $this->gateway->requests );
		self::assertSame( 'expired', $this->row( $uuid )['error_code'] );
	}

	public function test_a_site_that_switched_ai_off_sends_nothing_more_and_still_takes_what_was_asked_for(): void {
		if ( ! function_exists( 'wp_supports_ai' ) ) {
			self::assertFalse( function_exists( 'wp_supports_ai' ), 'WordPress before 7.0 has no such switch.' );
			return;
		}
		$running = $this->created();
		$lost    = $this->created();
		$waiting = $this->waiting( 2 );
		add_filter( 'wp_supports_ai', '__return_false' );
		$this->gateway->say_of( $running, self::finished( $running ) );
		$this->gateway->say_of( $lost, null );
		$offered      = $this->gateway->offered();
		$this->clock += 61;
		$this->sweep();
		$this->dispatch( 'GET', "/draftkeeper/v1/jobs/{$waiting[0]}" );
		$this->finish_request();
		self::assertSame( $offered, $this->gateway->offered() );
		self::assertSame( array( 'succeeded', 'running', 'pending', '1' ), array( $this->row( $running )['status'], $this->row( $lost )['status'], $this->row( $waiting[0] )['status'], (string) $this->row( $waiting[0] )['offers'] ) );
		self::assertSame( '0', (string) $this->row( $lost )['losses'] );

		remove_filter( 'wp_supports_ai', '__return_false' );
		$this->clock += 61;
		$this->sweep();
		self::assertSame( array( 'running', 'running' ), array( $this->row( $waiting[0] )['status'], $this->row( $waiting[1] )['status'] ) );
	}

	public function test_the_hook_runs_the_sweep(): void {
		$uuid = $this->created();
		$this->gateway->say_of( $uuid, self::finished( $uuid ) );
		$this->set_row( $uuid, array( 'lease_until' => gmdate( 'Y-m-d H:i:s', time() - 1 ) ) );
		do_action( 'draftkeeper_sweep' );
		self::assertSame( 'succeeded', $this->row( $uuid )['status'] );
	}
}
