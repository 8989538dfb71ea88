<?php

namespace Draftkeeper\Tests\Integration\Errors;

use Draftkeeper\Tests\Support\JobsTestCase;

final class RequestGuardTest extends JobsTestCase {
	public function test_every_answer_carries_the_request_id_of_the_caller(): void {
		$id = wp_generate_uuid4();
		$this->act_as( 'author' );
		foreach ( array( '/draftkeeper/v1/jobs?post_id=1', '/draftkeeper/v1/jobs/nothing', '/draftkeeper/v1/no/such/route' ) as $route ) {
			$response = $this->dispatch( 'GET', $route, null, array( 'X-Request-ID' => strtoupper( $id ) ) );
			self::assertSame( $id, $response->get_headers()['X-Request-ID'], $route );
			if ( $response->get_status() >= 400 ) {
				self::assertSame( $id, $response->get_data()['data']['request_id'], $route );
			}
		}
	}

	public function test_what_is_no_uuid_is_replaced_by_one(): void {
		$this->act_as( 'author' );
		foreach ( array( '', 'x', "1\r\nSet-Cookie: a=b", '00000000-0000-0000-0000-000000000000', wp_generate_uuid4() . "\n" ) as $bad ) {
			$id = $this->dispatch( 'GET', '/draftkeeper/v1/jobs', null, array( 'X-Request-ID' => $bad ) )->get_headers()['X-Request-ID'];
			self::assertNotSame( $bad, $id );
			self::assertTrue( wp_is_uuid( $id, 4 ) );
		}
	}

	public function test_a_trace_that_a_request_belongs_to_names_it(): void {
		$this->act_as( 'author' );
		$trace  = '0af7651916cd03dd4448eb211c80319c';
		$id     = '0af76519-16cd-03dd-4448-eb211c80319c';
		$answer = fn( string $traceparent ) => $this->dispatch( 'GET', '/draftkeeper/v1/jobs', null, array( 'X-Request-ID' => wp_generate_uuid4(), 'traceparent' => $traceparent ) )->get_headers()['X-Request-ID'];
		foreach ( array( "00-$trace-b7ad6b7169203331-01", "00-$trace-b7ad6b7169203331-00", "cc-$trace-b7ad6b7169203331-01-more" ) as $header ) {
			self::assertSame( $id, $answer( $header ), $header );
		}
		$zeros = str_repeat( '0', 32 );
		foreach ( array( "ff-$trace-b7ad6b7169203331-01", "00-$trace-b7ad6b7169203331-01-more", "00-$zeros-b7ad6b7169203331-01", "00-$trace-0000000000000000-01", "00-$trace", "00-$trace-b7ad6b7169203331-01\n-" ) as $header ) {
			self::assertNotSame( $id, $answer( $header ), $header );
		}
	}

	public function test_a_job_takes_its_trace_to_the_gateway(): void {
		$this->act_as( 'author' );
		$response = $this->dispatch( 'POST', '/draftkeeper/v1/jobs', self::body_of_job(), array( 'traceparent' => '00-0af7651916cd03dd4448eb211c80319c-b7ad6b7169203331-01' ) );
		self::assertSame( 201, $response->get_status() );
		self::assertSame( '0af76519-16cd-03dd-4448-eb211c80319c', $response->get_data()['request_id'] );
		$sent = $this->gateway->requests[0]['headers']['traceparent'];
		self::assertMatchesRegularExpression( '/^00-0af7651916cd03dd4448eb211c80319c-[0-9a-f]{16}-01$/', $sent );
		self::assertStringNotContainsString( 'b7ad6b7169203331', $sent );
	}

	public function test_the_id_of_the_creation_stays_with_the_job(): void {
		$this->act_as( 'author' );
		$uuid = $this->created();
		self::assertSame( $this->gateway->requests[0]['headers']['X-Request-ID'], $this->row( $uuid )['request_id'] );
		$other = wp_generate_uuid4();
		$job   = $this->dispatch( 'GET', "/draftkeeper/v1/jobs/$uuid", null, array( 'X-Request-ID' => $other ) );
		self::assertSame( $other, $job->get_headers()['X-Request-ID'] );
		self::assertNotSame( $other, $job->get_data()['request_id'] );
	}

	public function test_routes_of_others_are_left_alone(): void {
		$this->act_as( 'editor' );
		$response = $this->dispatch( 'POST', '/wp/v2/posts', '{' );
		self::assertSame( 'rest_invalid_json', $response->get_data()['code'] );
		self::assertArrayNotHasKey( 'X-Request-ID', $response->get_headers() );
		self::assertTrue( apply_filters( 'rest_send_nocache_headers', true ) );
	}
}
