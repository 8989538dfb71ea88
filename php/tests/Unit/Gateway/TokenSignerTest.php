<?php

namespace Draftkeeper\Tests\Unit\Gateway;

use Draftkeeper\Gateway\TokenSigner;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class TokenSignerTest extends TestCase {
	/** @param array<string, string> $vector */
	#[DataProvider( 'signatures' )]
	public function test_a_signature_of_openssl_becomes_one_of_jws( array $vector ): void {
		$raw = TokenSigner::raw_signature( (string) hex2bin( $vector['der_hex'] ) );
		self::assertSame( 64, strlen( $raw ) );
		self::assertSame( $vector['raw_base64url'], TokenSigner::base64url( $raw ) );
	}

	/** @return iterable<string, array{array<string, string>}> */
	public static function signatures(): iterable {
		foreach ( self::vectors()['es256']['signatures'] as $index => $vector ) {
			yield "$index: {$vector['name']}" => array( $vector );
		}
	}

	public function test_the_hash_of_a_body_is_the_one_of_the_contract(): void {
		foreach ( self::vectors()['body_hashes'] as $vector ) {
			self::assertSame( $vector['base64url'], TokenSigner::base64url( hash( 'sha256', $vector['body'], true ) ) );
		}
	}

	public function test_what_is_no_signature_is_refused(): void {
		foreach ( array( '', "\x30", "\x30\x02\x02\x01", str_repeat( 'x', 70 ), "\x30\x06\x02\x01\x01\x03\x01\x01" ) as $der ) {
			try {
				TokenSigner::raw_signature( $der );
				self::fail( 'Taken: ' . bin2hex( $der ) );
			} catch ( \RuntimeException $error ) {
				self::assertStringContainsString( 'unknown form', $error->getMessage() );
			}
		}
	}

	/** @return array<string, mixed> */
	private static function vectors(): array {
		return json_decode( (string) file_get_contents( __DIR__ . '/../../../../contract/examples/signatures.json' ), true, 16, JSON_THROW_ON_ERROR );
	}
}
