<?php

namespace Draftkeeper\Tests\Integration\Jobs;

use Closure;
use Draftkeeper\Gateway\AfterResponse;
use Draftkeeper\Gateway\GatewayHealth;
use Draftkeeper\Jobs\JobAccess;
use Draftkeeper\Jobs\JobCancellation;
use Draftkeeper\Jobs\JobCreation;
use Draftkeeper\Jobs\OfferTurn;
use Draftkeeper\Settings\Connection;
use Draftkeeper\Tests\Support\JobsTestCase;
use Draftkeeper\Tests\Support\NewSites;
use PHPUnit\Framework\Attributes\Group;

/** Requests of the same time, on a server that can send the answer first. Each has a turn of its own on the same file, as processes have. */
final class JoinedOffersTest extends JobsTestCase {
	use NewSites;

	private int $user;

	protected function setUp(): void {
		parent::setUp();
		$this->user = $this->act_as( 'author' );
	}

	protected function tearDown(): void {
		$this->delete_sites();
		parent::tearDown();
	}

	public function test_a_request_that_is_alone_offers_its_job_at_once_and_waits_for_nobody(): void {
		$uuid = $this->request( static fn() => self::fail( 'It waited.' ) );
		self::assertSame( array(), $this->gateway->requests, 'after the answer' );
		$this->finish_request();
		self::assertSame( array( 'POST /v1/jobs' ), $this->gateway->calls() );
		self::assertSame( 'running', $this->row( $uuid )['status'] );
		self::assertTrue( ( new OfferTurn( $this->turn_file() ) )->take(), 'its turn is over' );
	}

	public function test_of_several_at_the_same_time_one_offers_for_all(): void {
		$uuids = array( $this->request(), $this->request(), $this->request() );
		self::assertSame( array( '1', '0', '0' ), array_map( fn( string $uuid ) => (string) $this->row( $uuid )['offers'], $uuids ) );
		$this->finish_request();
		self::assertSame( array( $uuids ), $this->gateway->batches() );
		self::assertSame( array_fill( 0, 3, array( 'running', '1' ) ), array_map( fn( string $uuid ) => array( $this->row( $uuid )['status'], (string) $this->row( $uuid )['offers'] ), $uuids ) );
	}

	public function test_those_that_come_while_it_offers_are_offered_next_together(): void {
		$first = $this->request();
		$left  = array( $this->request() );
		$this->gateway->during_next( function () use ( &$left ): void {
			array_push( $left, $this->request(), $this->request() );
		} );
		$this->run_first();
		self::assertSame( array( array( $first, $left[0] ), array( $left[1], $left[2] ) ), $this->gateway->batches() );
	}

	public function test_a_job_that_is_left_at_the_last_moment_is_seen_after_the_turn(): void {
		$first = $this->request();
		$left  = '';
		// It is alone, so it does not look again while it is its turn.
		$this->gateway->during_next( function () use ( &$left ): void {
			$left = $this->request();
			self::assertSame( '0', (string) $this->row( $left )['offers'] );
		} );
		$this->run_first();
		self::assertSame( array( array( $first ), array( $left ) ), $this->gateway->batches() );
		self::assertSame( 'running', $this->row( $left )['status'] );
	}

	public function test_a_job_whose_holder_was_gone_when_its_request_ended_is_offered_by_that(): void {
		$other = new OfferTurn( $this->turn_file() );
		self::assertTrue( $other->take() );
		$uuid = $this->request();
		$other->end();
		$this->finish_request();
		self::assertSame( array( array( $uuid ) ), $this->gateway->batches() );
	}

	public function test_a_job_that_a_dead_process_has_left_is_the_sweeps(): void {
		$dead = new OfferTurn( $this->turn_file() );
		$dead->take();
		$uuid = $this->request();
		$this->finish_request();
		self::assertSame( array(), $this->gateway->requests );
		$this->sweep();
		self::assertSame( 'running', $this->row( $uuid )['status'] );
	}

	public function test_nobody_works_for_others_for_ever(): void {
		$pauses = 0;
		$create = function () use ( &$pauses ): void {
			++$this->clock;
			++$pauses;
			$this->request();
		};
		$this->request( $create );
		$this->request();
		$this->run_first();
		self::assertSame( 2, $pauses );
		self::assertCount( 4, $this->gateway->offered(), 'the last of them after its turn' );
		self::assertSame( 0, $this->count_pending() );
	}

	public function test_a_gateway_that_is_away_is_asked_once_for_all(): void {
		$uuids = array( $this->request(), $this->request() );
		$this->gateway->go_down();
		$this->finish_request();
		self::assertSame( array( $uuids ), $this->gateway->batches() );
		self::assertSame( array( 'gateway_unreachable', 'gateway_unreachable' ), array_map( fn( string $uuid ) => $this->row( $uuid )['wait_reason'], $uuids ) );
		$this->gateway->go_down( false );
		$this->clock += 60;
		$this->sweep();
		self::assertSame( 0, $this->count_pending() );
	}

	public function test_jobs_that_wait_for_the_sweep_are_left_to_it(): void {
		$waiting = $this->request();
		$this->set_row( $waiting, array( 'offers' => 3, 'wait_reason' => 'gateway_busy', 'lease_until' => gmdate( 'Y-m-d H:i:s', $this->clock - 1 ) ) );
		remove_all_actions( 'shutdown', 100 );
		gc_collect_cycles();
		$new = array( $this->request(), $this->request() );
		$this->finish_request();
		self::assertSame( $new, $this->gateway->offered() );
	}

	public function test_a_job_that_was_left_and_canceled_is_not_offered(): void {
		$first  = $this->request();
		$left   = $this->request();
		$cancel = new JobCancellation( $this->jobs, $this->offers, $this->results, new GatewayHealth( fn() => $this->clock ), new AfterResponse( true ) );
		self::assertFalse( $cancel->cancel( $this->job( $left ) )->cancel_pending, 'the gateway has never heard of it' );
		$this->finish_request();
		self::assertSame( array( $first ), $this->gateway->offered() );
	}

	public function test_a_poll_leaves_a_new_job_to_whom_it_was_left(): void {
		$this->request();
		$left = $this->request();
		self::assertSame( 'pending', $this->read( $left )->status );
		self::assertFalse( $this->leases->claim_for_poll( $this->job( $left ), 30 ) );
		$this->clock += 11;
		self::assertTrue( $this->leases->claim_for_poll( $this->job( $left ), 30 ) );
	}

	public function test_several_jobs_of_one_request_are_one_offer(): void {
		$uuids = $this->create_with( $this->creation(), 3 );
		$this->finish_request();
		self::assertSame( array( $uuids ), $this->gateway->batches() );
	}

	public function test_a_click_that_comes_twice_is_offered_once(): void {
		$creation = $this->creation();
		$body     = json_decode( (string) wp_json_encode( self::body_of_job() ) );

		list( $job )              = $creation->create( $body, 'click', $this->user, wp_generate_uuid4() );
		list( $again, $is_again ) = $this->creation()->create( $body, 'click', $this->user, wp_generate_uuid4() );
		self::assertSame( array( $job->uuid, true ), array( $again->uuid, $is_again ) );
		$this->finish_request();
		self::assertSame( array( $job->uuid ), $this->gateway->offered() );
	}

	#[Group( 'network' )]
	public function test_a_job_of_a_site_that_is_only_switched_to_is_offered_for_it_at_once_and_the_others_after_the_answer(): void {
		$site = $this->site();
		$here = $this->create_with( $creation = $this->creation(), 1 )[0];
		switch_to_blog( $site );
		$there = $this->create_with( $creation, 1 )[0];
		self::assertSame( array( $there ), $this->gateway->offered() );
		self::assertSame( array( 'running', $site ), array( $this->row( $there )['status'], self::blog_of( $this->gateway->requests[0] ) ) );
		restore_current_blog();
		self::assertSame( 'pending', $this->row( $here )['status'] );
		$this->finish_request();
		self::assertSame( array( $there, $here ), $this->gateway->offered() );
		self::assertSame( array( 'running', get_main_site_id() ), array( $this->row( $here )['status'], self::blog_of( $this->gateway->requests[1] ) ) );
	}

	#[Group( 'network' )]
	public function test_a_request_that_ends_on_another_site_of_the_network_offers_its_jobs_for_their_own(): void {
		$site = $this->site();
		$here = $this->request();
		switch_to_blog( $site );
		// Somebody forgets to switch back.
		$this->finish_request();
		self::assertSame( $site, get_current_blog_id() );
		restore_current_blog();
		self::assertSame( array( 'running', get_main_site_id() ), array( $this->row( $here )['status'], self::blog_of( $this->gateway->requests[0] ) ) );
	}

	/** @param array<string, mixed> $request to the gateway. */
	private static function blog_of( array $request ): int {
		$claims = explode( '.', $request['headers']['Authorization'] )[1];
		return json_decode( (string) base64_decode( strtr( $claims, '-_', '+/' ), true ) )->bid;
	}

	/** Another request that creates a job; returns its id. What it does after the answer waits for `finish_request()`. */
	private function request( ?Closure $pause = null ): string {
		return $this->create_with( $this->creation( $pause ), 1 )[0];
	}

	private function creation( ?Closure $pause = null ): JobCreation {
		$now = fn() => $this->clock;
		return new JobCreation( $this->jobs, $this->admission(), new JobAccess(), $this->joined_offers( new AfterResponse( true ), null, $pause ), new Connection(), new GatewayHealth( $now ), $now );
	}

	/** @return list<string> */
	private function create_with( JobCreation $creation, int $count ): array {
		$body = json_decode( (string) wp_json_encode( self::body_of_job() ) );
		return array_map( fn() => $creation->create( $body, wp_generate_uuid4(), $this->user, wp_generate_uuid4() )[0]->uuid, range( 1, $count ) );
	}

	/** Runs what the first request does after its answer, and lets the others never come to it. */
	private function run_first(): void {
		$callbacks = array_values( $GLOBALS['wp_filter']['shutdown'][100] );
		call_user_func( $callbacks[0]['function'] );
	}

	private function count_pending(): int {
		global $wpdb;
		return (int) $wpdb->get_var( "SELECT COUNT(*) FROM {$wpdb->prefix}draftkeeper_jobs WHERE status = 'pending'" );
	}
}
