<?php

namespace Draftkeeper\Tests\Integration\Jobs;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Tests\Support\FakeGateway;
use Draftkeeper\Tests\Support\JobsTestCase;
use Draftkeeper\Tests\Support\WaitingJobs;
use PHPUnit\Framework\Attributes\DataProvider;

/** What becomes of a job after each answer in the contract's table, from the offer to the row and on; alone, and with others in one request. */
final class JobOffersTest extends JobsTestCase {
	use WaitingJobs;

	protected function setUp(): void {
		parent::setUp();
		$this->act_as( 'author' );
	}

	/** @param array<string, mixed> $example */
	#[DataProvider( 'examples' )]
	public function test_each_answer_leads_the_job_where_the_table_says_and_what_waits_goes_on( array $example ): void {
		0 === $example['status'] ? $this->gateway->go_down() : $this->gateway->answer_next( $example['status'], $example['body'] );
		$uuid = $this->created();
		$row  = $this->row( $uuid );
		$code = json_decode( $example['body'] )->code ?? 'gateway_rejected';
		self::assertSame(
			match ( $example['then'] ) {
				'running' => array( 'running', null, null ),
				'wait' => array( 'pending', $example['wait_reason'], null ),
				default => array( 'failed', null, $code ),
			},
			array( $row['status'], $row['wait_reason'], $row['error_code'] )
		);
		self::assertSame( 0, $this->count_rows( 'usage_log' ), 'no attempt is used up' );
		self::assertSame( 'failed' === $example['then'] ? 0 : 1, $this->reserved() );

		$this->gateway->go_down( false );
		$this->clock += 60;
		$this->sweep();
		self::assertSame( 'failed' === $example['then'] ? 'failed' : 'running', $this->row( $uuid )['status'] );
	}

	/** @return iterable<string, array{array<string, mixed>}> */
	public static function examples(): iterable {
		$file = dirname( __DIR__, 4 ) . '/contract/examples/offer-answers.json';
		foreach ( json_decode( (string) file_get_contents( $file ), true, 16, JSON_THROW_ON_ERROR ) as $example ) {
			yield $example['name'] => array( $example );
		}
	}

	public function test_no_request_is_longer_than_the_gateway_reads(): void {
		$uuids = $this->waiting( 5 );
		array_map( fn( string $uuid ) => $this->make_long( $uuid ), $uuids );
		$this->sweep();
		self::assertSame( array( 2, 2, 1 ), array_map( count( ... ), $this->gateway->batches() ) );
		self::assertLessThan( 256 * 1024, max( array_map( static fn( array $request ) => strlen( $request['body'] ), $this->gateway->requests ) ) );
	}

	public function test_each_of_several_jobs_gets_its_own_answer(): void {
		$uuids = $this->waiting( 4 );
		$this->gateway->refuse( $uuids[1], 403, 'model_not_allowed' );
		$this->gateway->refuse( $uuids[2], 429, 'rate_limited' );
		$this->sweep();
		self::assertSame( array( $uuids ), $this->gateway->batches() );
		self::assertSame(
			array( array( 'running', null, null ), array( 'failed', null, 'model_not_allowed' ), array( 'pending', 'gateway_busy', null ), array( 'running', null, null ) ),
			array_map( fn( string $uuid ) => array( $this->row( $uuid )['status'], $this->row( $uuid )['wait_reason'], $this->row( $uuid )['error_code'] ), $uuids )
		);
	}

	/** @return array<string, array{int, string|null, string}> */
	public static function answers_to_all(): array {
		return array(
			'a refused signature' => array( 401, 'invalid_token', 'gateway_refused_signature' ),
			'too many requests'   => array( 429, null, 'gateway_busy' ),
			'a time-out'          => array( 408, null, 'gateway_unreachable' ),
			'a switched-off site' => array( 503, 'site_disabled', 'gateway_disabled' ),
			'another contract'    => array( 409, 'contract_unsupported', 'contract_unsupported' ),
			'a site that moved'   => array( 409, 'site_moved', 'site_moved' ),
		);
	}

	#[DataProvider( 'answers_to_all' )]
	public function test_what_is_said_about_the_site_is_said_to_each_job( int $status, ?string $code, string $wait_reason ): void {
		$uuids = $this->waiting( 30 );
		$this->gateway->answer_next( $status, null === $code ? '' : FakeGateway::problem( $status, $code ) );
		$this->sweep();
		self::assertSame( array( array_slice( $uuids, 0, 25 ) ), $this->gateway->batches(), 'one question, and the rest is left for the next run' );
		self::assertSame( array( 'pending', $wait_reason, '2' ), array( $this->row( $uuids[24] )['status'], $this->row( $uuids[24] )['wait_reason'], (string) $this->row( $uuids[24] )['offers'] ) );
		self::assertSame( array( 'pending', '1' ), array( $this->row( $uuids[25] )['status'], (string) $this->row( $uuids[25] )['offers'] ) );
	}

	/** @return array<string, array{int, string|array<string, mixed>}> */
	public static function answers_about_the_request(): array {
		return array(
			'too long together'      => array( 413, FakeGateway::problem( 413, 'body_too_large' ) ),
			'malformed'              => array( 400, FakeGateway::problem( 400, 'invalid_body' ) ),
			'another page'           => array( 200, '<html>' ),
			'an answer to no offers' => array( 200, array( 'contract_version' => 1 ) ),
			'a firewall'             => array( 403, 'Forbidden' ),
		);
	}

	/** @param string|array<string, mixed> $body */
	#[DataProvider( 'answers_about_the_request' )]
	public function test_what_may_be_due_to_one_of_several_fails_none_of_them( int $status, string|array $body ): void {
		$uuids = $this->waiting( 3 );
		$this->gateway->answer_next( $status, $body );
		$this->sweep();
		self::assertSame( array( $uuids, array( $uuids[0] ), array( $uuids[1] ), array( $uuids[2] ) ), $this->gateway->batches() );
		self::assertSame( array( 'running' ), array_values( array_unique( array_map( fn( string $uuid ) => $this->row( $uuid )['status'], $uuids ) ) ) );
	}

	public function test_a_gateway_from_before_there_were_batches_gets_one_job_after_the_other(): void {
		$this->gateway->become_old();
		$uuids = $this->waiting( 3 );
		$this->sweep();
		self::assertSame( array( 'running' ), array_values( array_unique( array_map( fn( string $uuid ) => $this->row( $uuid )['status'], $uuids ) ) ) );
	}

	public function test_a_job_without_an_answer_of_its_own_waits(): void {
		$uuids  = $this->waiting( 2 );
		$answer = array( 'uuid' => $uuids[0], 'status' => 202, 'job' => FakeGateway::job( $uuids[0], 'queued', null ), 'problem' => null );
		$this->gateway->answer_next( 200, array( 'contract_version' => 1, 'answers' => array( $answer ) ) );
		$this->sweep();
		self::assertSame( array( 'running', 'pending', 'gateway_error' ), array( $this->row( $uuids[0] )['status'], $this->row( $uuids[1] )['status'], $this->row( $uuids[1] )['wait_reason'] ) );
	}

	public function test_several_jobs_are_offered_for_their_users(): void {
		$this->waiting( 1 );
		$this->act_as( 'editor' );
		$this->waiting( 1 );
		$this->sweep();
		$body = json_decode( $this->gateway->requests[0]['body'] );
		self::assertSame( array(), Contract::check( 'offer_batch', $body ) );
		self::assertNotSame( $body->offers[0]->sub, $body->offers[1]->sub );
	}

	public function test_a_gateway_that_puts_off_three_jobs_in_a_row_is_left_alone(): void {
		$uuids = $this->waiting( 30 );
		foreach ( array( 22, 23, 24 ) as $number ) {
			$this->gateway->refuse( $uuids[ $number ], 429, 'rate_limited' );
		}
		$this->sweep();
		self::assertSame( array_slice( $uuids, 0, 25 ), $this->gateway->offered() );
		self::assertSame( array( '2', '1' ), array( (string) $this->row( $uuids[24] )['offers'], (string) $this->row( $uuids[25] )['offers'] ) );
	}

	public function test_a_job_that_breaks_the_gateway_does_not_stand_in_the_way_of_the_others(): void {
		$uuids = $this->waiting( 4 );
		$this->gateway->refuse( $uuids[0], 500 );
		$this->sweep();
		self::assertSame( array( $uuids, array( $uuids[0] ) ), $this->gateway->batches() );
		$this->sweep();
		self::assertSame( array( 'running' ), array_values( array_unique( array_map( fn( string $uuid ) => $this->row( $uuid )['status'], array_slice( $uuids, 1 ) ) ) ) );
		self::assertSame( array( 'pending', 'gateway_error' ), array( $this->row( $uuids[0] )['status'], $this->row( $uuids[0] )['wait_reason'] ) );
	}

	/** How many jobs the site's counter of the day holds. */
	private function reserved(): int {
		global $wpdb;
		return (int) $wpdb->get_var( $wpdb->prepare( "SELECT reserved_requests FROM {$wpdb->prefix}draftkeeper_budget WHERE scope = 'site' AND period = %s", wp_date( 'Y-m-d' ) ) );
	}
}
