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

	#[DataProvider( 'scalars' )]
	public function test_a_key_is_read_in_both_usual_forms( string $scalar ): void {
		$key = openssl_pkey_new( array( 'ec' => array( 'curve_name' => 'prime256v1', 'd' => $scalar ) ) );
		self::assertNotFalse( $key );
		openssl_pkey_export( $key, $pkcs8 );
		$details = openssl_pkey_get_details( $key );
		self::assertIsArray( $details );
		// The details leave leading zeros away; RFC 5915 wants each number in 32 bytes.
		list( 'd' => $d, 'x' => $x, 'y' => $y ) = array_map( static fn( string $number ): string => str_pad( $number, 32, "\0", STR_PAD_LEFT ), $details['ec'] );
		$sec1 = "\x30\x77\x02\x01\x01\x04\x20$d\xa0\x0a\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\xa1\x44\x03\x42\x00\x04$x$y";
		$sec1 = "-----BEGIN EC PRIVATE KEY-----\n" . chunk_split( base64_encode( $sec1 ), 64, "\n" ) . '-----END EC PRIVATE KEY-----';
		foreach ( array( $pkcs8, $sec1 ) as $pem ) {
			openssl_sign( 'message', $signature, TokenSigner::private_key( $pem ), OPENSSL_ALGO_SHA256 );
			self::assertSame( 1, openssl_verify( 'message', $signature, $details['key'], OPENSSL_ALGO_SHA256 ) );
		}
	}

	/** @return iterable<string, array{string}> the secret number of a key, 32 bytes. */
	public static function scalars(): iterable {
		foreach ( array( 'a' => '', 'b' => '', 'one leading zero' => "\0", 'two leading zeros' => "\0\0", 'a line break' => "\n", 'what looks like a start' => "\x02\x01\x01\x04\x20" ) as $name => $start ) {
			yield $name => array( $start . substr( hash( 'sha256', $name, true ), strlen( $start ) ) );
		}
	}

	public function test_a_key_on_another_curve_and_what_is_no_key_are_refused(): void {
		openssl_pkey_export( openssl_pkey_new( array( 'private_key_type' => OPENSSL_KEYTYPE_EC, 'curve_name' => 'secp384r1' ) ) ?: '', $other );
		foreach ( array( (string) $other, '', 'no key', "-----BEGIN PRIVATE KEY-----\nMDA=\n-----END PRIVATE KEY-----" ) as $pem ) {
			try {
				TokenSigner::private_key( $pem );
				self::fail( "Taken: $pem" );
			} catch ( \RuntimeException $error ) {
				self::assertStringContainsString( 'P-256', $error->getMessage() );
			}
		}
	}

	/** @return array<string, mixed> */
	private static function vectors(): array {
		return json_decode( (string) file_get_contents( __DIR__ . '/../../../../contract/examples/signatures.json' ), true, 16, JSON_THROW_ON_ERROR );
	}
}
