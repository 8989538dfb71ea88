<?php

namespace Draftkeeper\Tests\Unit\Webhooks;

use Draftkeeper\Errors\ApiError;
use Draftkeeper\Webhooks\SignatureVerifier;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use StandardWebhooks\Webhook;

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

	public function test_it_lets_pass_what_the_reference_library_does_but_for_what_is_old_or_oddly_written(): void {
		mt_srand( 7 );
		$seen = array(
			'passed'  => 0,
			'refused' => 0,
		);
		$any  = static fn( array $choices ): mixed => $choices[ mt_rand( 0, count( $choices ) - 1 ) ];
		$make = static fn( string $letter ): string => 'whsec_' . base64_encode( str_repeat( $letter, 32 ) );
		for ( $round = 0; $round < 1000; $round++ ) {
			$now       = time();
			$time      = (string) ( $now + $any( array( -400, -290, -119, -1, 0, 0, 0, 1, 119, 290, 400 ) ) );
			$body      = $any( array( '{}', '{"name":"Größe 42 🪑"}', '', str_repeat( 'x', 5000 ) ) );
			$signature = ( new Webhook( $make( $any( array( 'k', 'k', 'k', 'o' ) ) ) ) )->sign( 'msg_1', $time, $body );
			$header    = $any( array( $signature, $signature, "v1,AAAA $signature", "$signature v1,AAAA", "v1a,AAAA $signature", "v2$signature", 'v1', '', "v1, $signature", "$signature ", strtoupper( $signature ), substr( $signature, 0, -1 ) ) );
			$id        = $any( array( 'msg_1', 'msg_1', 'msg_1', 'msg_2' ) );
			$sent      = $any( array( $body, $body, $body, "$body " ) );
			$passes    = self::passes( static fn() => SignatureVerifier::verify( $id, $time, $header, $sent, array( $make( 'k' ) ), $now ) );
			$theirs    = self::passes(
				static fn() => @( new Webhook( $make( 'k' ) ) )->verify(
					$sent,
					array(
						'webhook-id'        => $id,
						'webhook-timestamp' => $time,
						'webhook-signature' => $header,
					)
				)
			);
			self::assertSame( $theirs && abs( $now - (int) $time ) <= 120, $passes, "$id $time $header" );
			++$seen[ $passes ? 'passed' : 'refused' ];
		}
		self::assertGreaterThan( 100, min( $seen ) );
	}

	/** The reference library fails on headers that nobody has signed, with errors of PHP itself. */
	private static function passes( callable $verify ): bool {
		try {
			$verify();
			return true;
		} catch ( \Throwable ) {
			return false;
		}
	}

	/** @return iterable<string, array{array<string, mixed>}> */
	public static function vectors(): iterable {
		$file = __DIR__ . '/../../../../contract/examples/signatures.json';
		foreach ( json_decode( (string) file_get_contents( $file ), true, 16, JSON_THROW_ON_ERROR )['webhooks'] as $vector ) {
			yield $vector['name'] => array( $vector );
		}
	}
}
