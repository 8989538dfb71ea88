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

	/** @return iterable<string, array{array<string, mixed>}> */
	public static function vectors(): iterable {
		$file = __DIR__ . '/../../../../contract/examples/signatures.json';
		foreach ( json_decode( (string) file_get_contents( $file ), true, 16, JSON_THROW_ON_ERROR )['webhooks'] as $vector ) {
			yield $vector['name'] => array( $vector );
		}
	}
}
