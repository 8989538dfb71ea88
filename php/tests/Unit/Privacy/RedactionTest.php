<?php

namespace Draftkeeper\Tests\Unit\Privacy;

use Draftkeeper\Privacy\Redaction;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class RedactionTest extends TestCase {
	#[DataProvider( 'texts' )]
	public function test_addresses_and_numbers_of_people_go_and_data_of_products_stays( string $text, string $redacted ): void {
		self::assertSame( $redacted, Redaction::redact( $text ) );
	}

	/** @return iterable<array{string, string}> */
	public static function texts(): iterable {
		$file = __DIR__ . '/../../../../contract/examples/redaction.json';
		foreach ( json_decode( (string) file_get_contents( $file ), true, 4, JSON_THROW_ON_ERROR ) as $vector ) {
			yield array( $vector['text'], $vector['redacted'] );
		}
	}

	public function test_only_free_text_is_looked_through(): void {
		list( $input, $options ) = Redaction::apply(
			array( 'facts' => array( 'name' => 'Card a@b.example', 'existing_text' => 'Mail a@b.example', 'attributes' => array( array( 'value' => '0800 123 4567' ) ) ) ),
			array( 'audience' => 'a@b.example', 'keywords' => array( 'oak', '0800 123 4567' ), 'words' => 20 )
		);
		self::assertSame( array( 'name' => 'Card a@b.example', 'existing_text' => 'Mail [email]', 'attributes' => array( array( 'value' => '0800 123 4567' ) ) ), $input['facts'] );
		self::assertSame( array( 'audience' => '[email]', 'keywords' => array( 'oak', '[phone]' ), 'words' => 20 ), $options );
	}

	public function test_it_can_be_switched_off(): void {
		putenv( 'DRAFTKEEPER_REDACTION=off' );
		try {
			self::assertSame( array( array(), array( 'audience' => 'a@b.example' ) ), Redaction::apply( array(), array( 'audience' => 'a@b.example' ) ) );
		} finally {
			putenv( 'DRAFTKEEPER_REDACTION' );
		}
	}
}
