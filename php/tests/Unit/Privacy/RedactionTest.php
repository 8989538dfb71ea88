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
		yield array( 'Ask jane.doe+shop@mail.example.co.uk, please', 'Ask [email], please' );
		yield array( 'Call +49 (0)30 1234-5678 or 0800 123 4567.', 'Call [phone] or [phone].' );
		yield array( 'Call (030) 12345678!', 'Call [phone]!' );
		yield array( 'Paid with 4111 1111 1111 1111', 'Paid with [card]' );
		yield array( 'Paid with 5500-0000-0000-0004.', 'Paid with [card].' );
		yield array( '4111 1111 1111 1112 is no card', '4111 1111 1111 1112 is no card' );
		yield array( 'EAN 4006381333931', 'EAN 4006381333931' );
		yield array( '120 x 80 x 75 cm, 0.5 mm, 1,234.56 kg, 03.02.2026', '120 x 80 x 75 cm, 0.5 mm, 1,234.56 kg, 03.02.2026' );
		yield array( 'TB-042/0815', 'TB-042/0815' );
		yield array( 'für Ämter: größe@ümlaut.example', 'für Ämter: [email]' );
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
