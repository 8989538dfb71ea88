<?php

namespace Draftkeeper\Tests\Integration\Limits;

use Draftkeeper\Limits\JobLimit;
use Draftkeeper\Limits\LimitSettings;
use Draftkeeper\Limits\Taken;
use Draftkeeper\Limits\Window;
use Draftkeeper\Limits\WindowStore;
use Draftkeeper\Tests\Support\JobsTestCase;
use WP_REST_Response;

/** The limit as a user of `POST /jobs` meets it. */
final class JobLimitTest extends JobsTestCase {
	protected function setUp(): void {
		parent::setUp();
		update_option( 'draftkeeper_limits', array( 'job_limit' => array( 'max_jobs' => 2, 'window_seconds' => 600 ) ) );
		$this->act_as( 'author' );
	}

	protected function tearDown(): void {
		putenv( 'DRAFTKEEPER_JOB_LIMIT' );
		parent::tearDown();
	}

	public function test_answers_say_how_much_is_left_and_a_refusal_when_to_come_back(): void {
		$first  = $this->create();
		$second = $this->create();
		$third  = $this->create();
		self::assertSame( array( 201, 201 ), array( $first->get_status(), $second->get_status() ) );
		self::assert_error( 'rate_limited', 429, $third, array( 'limit' => 2, 'window_seconds' => 600 ) );
		foreach ( array( array( $first, 1 ), array( $second, 0 ), array( $third, 0 ) ) as list( $response, $remaining ) ) {
			self::assertSame( '"jobs";q=2;w=600', $response->get_headers()['RateLimit-Policy'] );
			self::assertMatchesRegularExpression( "/^\"jobs\";r=$remaining;t=[1-9]\d{0,3}$/", $response->get_headers()['RateLimit'] );
		}
		$seconds = $third->get_data()['data']['retry_after'];
		self::assertSame( (string) $seconds, $third->get_headers()['Retry-After'] );
		self::assertGreaterThan( 590, $seconds );
		self::assertLessThanOrEqual( 600, $seconds );
		self::assertStringContainsString( '10 minutes', $third->get_data()['message'] );
		self::assertSame( 2, $this->count_rows() );
		self::assertCount( 2, $this->gateway->requests );
	}

	public function test_other_answers_say_nothing_about_the_limit(): void {
		$uuid = $this->created();
		self::assertArrayNotHasKey( 'RateLimit', $this->dispatch( 'GET', "/draftkeeper/v1/jobs/$uuid" )->get_headers() );
		self::assertArrayNotHasKey( 'Retry-After', $this->create( array( 'post_id' => 999999 ) )->get_headers() );
	}

	public function test_a_replay_and_a_request_that_is_refused_for_another_reason_do_not_count(): void {
		$this->create( array(), 'click' );
		foreach ( range( 1, 5 ) as $ignored ) {
			$replay = $this->create( array(), 'click' );
			self::assertSame( 200, $replay->get_status() );
			self::assertArrayNotHasKey( 'RateLimit', $replay->get_headers() );
			self::assertSame( 422, $this->create( array( 'client_ref' => 'other' ), 'click' )->get_status() );
			self::assertSame( 404, $this->create( array( 'post_id' => 999999 ) )->get_status() );
		}
		self::assertSame( 1, $this->mine()->job_limit->remaining );
		self::assertSame( 201, $this->create()->get_status() );
		self::assertSame( 200, $this->create( array(), 'click' )->get_status() );
		self::assertSame( 429, $this->create()->get_status() );
	}

	public function test_who_loses_the_race_for_a_key_does_not_count(): void {
		$winner = '';
		$race   = function ( mixed $value ) use ( &$race, &$winner ): mixed {
			remove_filter( 'pre_option_draftkeeper_gateway_health', $race );
			$winner = $this->create( array(), 'click' )->get_data()['uuid'];
			return $value;
		};
		add_filter( 'pre_option_draftkeeper_gateway_health', $race );
		self::assertSame( 200, $this->create( array(), 'click' )->get_status() );
		self::assertSame( 1, $this->mine()->job_limit->remaining );
	}

	public function test_a_job_that_the_database_refuses_does_not_count(): void {
		$log    = ini_set( 'error_log', '/dev/null' );
		$refuse = static fn( string $sql ) => str_contains( $sql, 'draftkeeper_jobs' ) && str_contains( $sql, 'INSERT' ) ? throw new \RuntimeException( 'Gone.' ) : $sql;
		add_filter( 'query', $refuse, 1 );
		self::assertSame( 500, $this->create()->get_status() );
		remove_filter( 'query', $refuse, 1 );
		ini_set( 'error_log', (string) $log );
		self::assertSame( 2, $this->mine()->job_limit->remaining );
	}

	public function test_everyone_has_a_limit_of_his_own(): void {
		$this->created();
		$this->created();
		self::assertSame( 429, $this->create()->get_status() );
		$this->act_as( 'editor' );
		self::assertSame( 201, $this->create()->get_status() );
	}

	public function test_a_retry_is_a_job_like_any_other(): void {
		$uuid = $this->created();
		$this->deliver( self::finished( $uuid ) );
		self::assertSame( 201, $this->dispatch( 'POST', "/draftkeeper/v1/jobs/$uuid/retry" )->get_status() );
		self::assertSame( 429, $this->create()->get_status() );
	}

	public function test_no_limit_is_a_limit_too(): void {
		putenv( 'DRAFTKEEPER_JOB_LIMIT=none' );
		foreach ( range( 1, 4 ) as $ignored ) {
			self::assertArrayNotHasKey( 'RateLimit', $this->create()->get_headers() );
		}
		self::assertSame( 4, $this->count_rows() );
		self::assertNull( $this->mine()->job_limit );
	}

	public function test_a_limit_that_cannot_be_checked_lets_the_job_in_and_says_so_in_the_log(): void {
		$broken = new class() implements WindowStore {
			public function take( string $name, int $limit, int $seconds, int $now ): Taken {
				throw new \RuntimeException( 'The cache is gone.' );
			}

			public function give_back( string $name, int $seconds, int $now ): void {
				throw new \RuntimeException( 'The cache is gone.' );
			}

			public function read( string $name, int $seconds, int $now ): Window {
				throw new \RuntimeException( 'The cache is gone.' );
			}
		};
		$limit = new JobLimit( new LimitSettings(), $broken, time( ... ) );
		$file  = (string) tempnam( sys_get_temp_dir(), 'log' );
		$log   = ini_set( 'error_log', $file );
		$limit->take( 1 );
		$limit->give_back( 1 );
		self::assertNull( $limit->window( 1 ) );
		ini_set( 'error_log', (string) $log );
		self::assertStringContainsString( 'the limit of jobs could not be checked, so the job goes ahead: RuntimeException: The cache is gone. in ', (string) file_get_contents( $file ) );
		unlink( $file );
	}

	public function test_a_setting_that_nobody_understands_lets_the_job_in(): void {
		putenv( 'DRAFTKEEPER_JOB_LIMIT=sixty' );
		$log = ini_set( 'error_log', '/dev/null' );
		self::assertSame( 201, $this->create()->get_status() );
		ini_set( 'error_log', (string) $log );
	}

	private function mine(): object {
		$response = $this->dispatch( 'GET', '/draftkeeper/v1/limits/mine' );
		self::assertInstanceOf( WP_REST_Response::class, $response );
		return self::body( $response );
	}
}
