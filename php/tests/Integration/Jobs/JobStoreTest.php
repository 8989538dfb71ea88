<?php

namespace Draftkeeper\Tests\Integration\Jobs;

use Draftkeeper\Jobs\JobStatus;
use Draftkeeper\Tests\Support\JobsTestCase;
use PHPUnit\Framework\Attributes\DataProvider;

final class JobStoreTest extends JobsTestCase {
	#[DataProvider( 'moves' )]
	public function test_a_job_moves_only_as_the_table_allows( string $from, string $to, bool $may, ?string $error_code = null ): void {
		$this->act_as( 'author' );
		$uuid = $this->created();
		$this->set_row( $uuid, array( 'status' => $from, 'error_code' => $error_code ) );
		$job = $this->job( $uuid );

		self::assertSame( $may, $this->jobs->transition( $job, JobStatus::from( $to ) ) );
		$after = $this->job( $uuid );
		self::assertSame( $may ? $to : $from, $after->status->value );
		self::assertSame( $job->version + ( $may ? 1 : 0 ), $after->version );
		self::assertSame( $after->status->is_final() && $may, null !== $after->finished_at );

		self::assertFalse( $this->jobs->transition( $job, JobStatus::from( $to ) ), 'a second time' );
	}

	/** @return iterable<string, array{0: string, 1: string, 2: bool, 3?: string}> */
	public static function moves(): iterable {
		$allowed = array(
			'pending' => array( 'running', 'succeeded', 'failed', 'canceled' ),
			'running' => array( 'succeeded', 'failed', 'canceled' ),
		);
		foreach ( array( 'pending', 'running', 'succeeded', 'failed', 'canceled' ) as $from ) {
			foreach ( array( 'running', 'succeeded', 'failed', 'canceled' ) as $to ) {
				yield "$from → $to" => array( $from, $to, in_array( $to, $allowed[ $from ] ?? array(), true ) );
			}
		}
		yield 'worker_lost → succeeded' => array( 'failed', 'succeeded', true, 'worker_lost' );
		yield 'expired → succeeded' => array( 'failed', 'succeeded', true, 'expired' );
		yield 'provider_busy → succeeded' => array( 'failed', 'succeeded', false, 'provider_busy' );
		yield 'worker_lost → canceled' => array( 'failed', 'canceled', false, 'worker_lost' );
	}

	public function test_nothing_becomes_pending_again(): void {
		$this->act_as( 'author' );
		$job = $this->job( $this->created() );
		$this->expectException( \LogicException::class );
		$this->jobs->transition( $job, JobStatus::Pending );
	}

	public function test_an_inserted_job_is_the_one_that_is_read(): void {
		$this->act_as( 'author' );
		$row = array(
			'uuid'             => wp_generate_uuid4(),
			'user_id'          => get_current_user_id(),
			'task'             => 'product_description',
			'input_hash'       => str_repeat( 'a', 64 ),
			'idempotency_hash' => str_repeat( 'b', 64 ),
			'request_json'     => '{}',
			'request_id'       => wp_generate_uuid4(),
			'offers'           => 0,
			'expires_at'       => $this->jobs->time( 60 ),
		);
		$job = $this->jobs->insert( $row );
		self::assertEquals( $this->job( $row['uuid'] ), $job );
		self::assertNull( $this->jobs->insert( array( 'uuid' => wp_generate_uuid4() ) + $row ) );
	}
}
