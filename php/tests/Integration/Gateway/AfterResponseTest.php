<?php

namespace Draftkeeper\Tests\Integration\Gateway;

use Draftkeeper\Gateway\AfterResponse;
use Draftkeeper\Gateway\GatewayHealth;
use Draftkeeper\Jobs\JobAccess;
use Draftkeeper\Jobs\JobCancellation;
use Draftkeeper\Jobs\JobCreation;
use Draftkeeper\Settings\Connection;
use Draftkeeper\Tests\Support\JobsTestCase;

/** A server that can send the answer before the work is done, as PHP-FPM can. */
final class AfterResponseTest extends JobsTestCase {
	public function test_the_answer_does_not_wait_for_the_gateway(): void {
		$user   = $this->act_as( 'author' );
		$after  = new AfterResponse( true );
		$now    = fn() => $this->clock;
		$health = new GatewayHealth( $now );
		$create = new JobCreation( $this->jobs, $this->admission(), new JobAccess(), $this->joined_offers( $after ), new Connection(), $health, $now );
		$body   = json_decode( (string) wp_json_encode( self::body_of_job() ) );

		list( $job ) = $create->create( $body, 'click', $user, wp_generate_uuid4() );
		self::assertSame( 'pending', $job->status->value );
		self::assertSame( array(), $this->gateway->requests );
		$this->finish_request();
		self::assertSame( 'running', $this->read( $job->uuid )->status );

		$cancel = new JobCancellation( $this->jobs, $this->offers, $this->results, $health, $after );
		self::assertTrue( $cancel->cancel( $this->job( $job->uuid ) )->cancel_pending );
		self::assertCount( 1, $this->gateway->requests );
		$this->finish_request();
		self::assertFalse( $this->read( $job->uuid )->cancel_pending );
	}

	public function test_one_task_that_fails_does_not_stop_the_others(): void {
		$after = new AfterResponse( true );
		$done  = false;
		$log   = ini_set( 'error_log', '/dev/null' );
		$after->add( static fn() => throw new \RuntimeException( 'no' ) );
		$after->add( static function () use ( &$done ): void {
			$done = true;
		} );
		$this->finish_request();
		ini_set( 'error_log', (string) $log );
		self::assertTrue( $done );
	}
}
