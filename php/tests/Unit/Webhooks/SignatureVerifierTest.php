<?php

namespace Draftkeeper\Tests\Unit\Webhooks;

use Draftkeeper\Errors\ApiError;
use Draftkeeper\Webhooks\SignatureVerifier;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class SignatureVerifierTest extends TestCase {
	/** @param array<string, mixed> $vector */
	#[DataProvider( 'vectors' )]
	public function test_a_delivery_is_judged_as_the_contract_says( array $vector ): void {
		$verdict = 'valid';
		try {
			SignatureVerifier::verify(
				$vector['headers']['webhook-id'],
				$vector['headers']['webhook-timestamp'],
				$vector['headers']['webhook-signature'],
				$vector['body'],
				$vector['secrets'],
				(int) $vector['now']
			);
		} catch ( ApiError $error ) {
			$verdict = $error->error_code->value;
			self::assertSame( 401, $error->status );
		}
		self::assertSame( $vector['expected'], $verdict );
	}

	public function test_a_header_of_64_kilobytes_costs_little_and_its_first_signatures_count(): void {
		$secret = 'whsec_' . base64_encode( str_repeat( 'k', 32 ) );
		$right  = 'v1,' . base64_encode( hash_hmac( 'sha256', 'msg_1.1772271000.{}', str_repeat( 'k', 32 ), true ) );
		$filler = str_repeat( 'v1,' . str_repeat( 'A', 43 ) . '= ', 1365 );
		self::assertGreaterThan( 64000, strlen( $filler ) );
		$verdict = static function ( string $header, string $time = '1772271000' ) use ( $secret ): string {
			try {
				SignatureVerifier::verify( 'msg_1', $time, $header, '{}', array( $secret ), 1772271000 );
				return 'valid';
			} catch ( ApiError $error ) {
				return $error->error_code->value;
			}
		};
		self::assertSame( 'valid', $verdict( "$right $filler" ) );
		self::assertSame( 'bad_signature', $verdict( "$filler$right" ) );
		self::assertSame( 'bad_signature', $verdict( str_repeat( ',', 65536 ) ) );
		self::assertSame( 'bad_signature', $verdict( str_repeat( ' ', 65536 ) ) );
		self::assertSame( 'bad_signature', $verdict( str_repeat( "v1,\x00", 16384 ) ) );
		// As WordPress joins a header that was sent twice.
		self::assertSame( 'stale_signature', $verdict( $right, '1772271000,1772271000' ) );
		self::assertSame( 'stale_signature', $verdict( $right, str_repeat( '1', 65536 ) ) );
	}

	/** @return iterable<string, array{array<string, mixed>}> */
	public static function vectors(): iterable {
		$file = __DIR__ . '/../../../../contract/examples/signatures.json';
		foreach ( json_decode( (string) file_get_contents( $file ), true, 16, JSON_THROW_ON_ERROR )['webhooks'] as $vector ) {
			yield $vector['name'] => array( $vector );
		}
	}
}
