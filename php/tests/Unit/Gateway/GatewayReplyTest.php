<?php

namespace Draftkeeper\Tests\Unit\Gateway;

use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Gateway\GatewayReply;
use PHPUnit\Framework\TestCase;

final class GatewayReplyTest extends TestCase {
	public function test_only_the_codes_of_the_contract_count(): void {
		self::assertSame( ErrorCode::UnknownJob, ( new GatewayReply( 404, '{"code":"unknown_job"}' ) )->code() );
		foreach ( array( '', '<html>', '[]', 'null', '{"code":"rest_no_route"}', '{"code":404}', '{"code":null}', '{"message":"unknown_job"}' ) as $body ) {
			self::assertNull( ( new GatewayReply( 404, $body ) )->code(), $body );
		}
	}

	public function test_the_time_of_the_gateway_comes_with_a_clock_skew_only(): void {
		self::assertSame( 1772271000, ( new GatewayReply( 401, '{"code":"clock_skew","server_time":1772271000}' ) )->server_time() );
		self::assertNull( ( new GatewayReply( 401, '{"code":"invalid_token","server_time":1772271000}' ) )->server_time() );
		self::assertNull( ( new GatewayReply( 401, '{"code":"clock_skew","server_time":"1772271000"}' ) )->server_time() );
	}

	public function test_a_body_counts_only_when_it_fits_its_schema(): void {
		$body = '{"contract_version":1,"uuid":"018f6b0a-7c1e-4b8e-9d55-0c4f3f1e2a77","state":"queued","finished":null}';
		self::assertSame( 'queued', ( new GatewayReply( 202, $body ) )->fitting( 'gateway_job' )?->state );
		self::assertNull( ( new GatewayReply( 202, '{"contract_version":1}' ) )->fitting( 'gateway_job' ) );
		self::assertNull( ( new GatewayReply( 202, '<html>' ) )->fitting( 'gateway_job' ) );
	}

	public function test_no_answer_and_server_errors_count_against_the_gateway(): void {
		self::assertFalse( ( new GatewayReply( 0, '' ) )->is_alive() );
		self::assertFalse( ( new GatewayReply( 502, '' ) )->is_alive() );
		self::assertTrue( ( new GatewayReply( 202, '' ) )->is_alive() );
		self::assertTrue( ( new GatewayReply( 429, '' ) )->is_alive() );
	}
}
