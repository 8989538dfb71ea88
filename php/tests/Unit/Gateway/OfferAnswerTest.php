<?php

namespace Draftkeeper\Tests\Unit\Gateway;

use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Gateway\GatewayReply;
use Draftkeeper\Gateway\OfferAnswer;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class OfferAnswerTest extends TestCase {
	/** @param array<string, mixed> $example */
	#[DataProvider( 'examples' )]
	public function test_an_answer_means_what_the_contract_says( array $example ): void {
		$answer = OfferAnswer::of( new GatewayReply( $example['status'], $example['body'] ) );
		self::assertSame( $example['then'], $answer->then );
		self::assertSame( $example['wait_reason'], $answer->wait_reason );
		self::assertSame( 'failed' === $example['then'], null !== $answer->failure );
	}

	/** @return iterable<string, array{array<string, mixed>}> */
	public static function examples(): iterable {
		$file = __DIR__ . '/../../../../contract/examples/offer-answers.json';
		foreach ( json_decode( (string) file_get_contents( $file ), true, 16, JSON_THROW_ON_ERROR ) as $example ) {
			yield $example['name'] => array( $example );
		}
	}

	public function test_a_refusal_keeps_the_code_of_the_gateway(): void {
		self::assertSame( ErrorCode::ModelNotAllowed, OfferAnswer::of( new GatewayReply( 403, '{"code":"model_not_allowed"}' ) )->failure );
		self::assertSame( ErrorCode::GatewayRejected, OfferAnswer::of( new GatewayReply( 413, '<html>' ) )->failure );
	}
}
