<?php

namespace Draftkeeper\Tests\Unit\Privacy;

use Draftkeeper\Privacy\SealedText;
use Draftkeeper\Privacy\UnreadableText;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class SealedTextTest extends TestCase {
	protected function tearDown(): void {
		putenv( 'DRAFTKEEPER_ENCRYPTION_KEY' );
	}

	#[DataProvider( 'texts' )]
	public function test_every_text_comes_back_with_a_key_and_without( string $text ): void {
		self::assertSame( $text, SealedText::open( SealedText::seal( $text ) ) );
		$plain = SealedText::seal( $text );
		self::set( 'a' );
		self::assertSame( $text, SealedText::open( SealedText::seal( $text ) ) );
		self::assertSame( $text, SealedText::open( $plain ) );
	}

	/** @return iterable<string, array{string}> */
	public static function texts(): iterable {
		yield 'nothing' => array( '' );
		yield 'json' => array( '{"input":{"name":"Tisch äöü 🙂"}}' );
		yield 'what looks encrypted' => array( 'dk-sealed:k12345678:AAAA' );
		yield 'what looks marked as plain' => array( 'dk-plain:dk-plain:x' );
		yield 'a long text' => array( str_repeat( 'ü', 60000 ) );
	}

	public function test_with_a_key_nothing_can_be_read_in_the_table_and_no_two_are_alike(): void {
		self::set( 'a' );
		$one = SealedText::seal( 'A secret table' );
		self::assertStringNotContainsString( 'secret', $one . base64_decode( substr( $one, 20 ) ) );
		self::assertNotSame( $one, SealedText::seal( 'A secret table' ) );
		self::assertMatchesRegularExpression( '/^dk-sealed:k[0-9a-f]{8}:[A-Za-z0-9+\/=]+$/D', $one );
	}

	public function test_a_new_key_takes_over_while_the_old_one_still_opens(): void {
		self::set( 'a' );
		$old = SealedText::seal( 'Old' );
		self::set( 'b', 'a' );
		$new = SealedText::seal( 'New' );
		self::assertSame( array( 'Old', 'New' ), array( SealedText::open( $old ), SealedText::open( $new ) ) );
		self::set( 'b' );
		self::assertSame( 'New', SealedText::open( $new ) );
		self::assert_unreadable( $old, 'DRAFTKEEPER_ENCRYPTION_KEY does not hold' );
	}

	public function test_a_missing_key_and_a_changed_text_are_told_apart_from_each_other(): void {
		self::set( 'a' );
		$sealed = SealedText::seal( 'A text' );
		self::assert_unreadable( substr( $sealed, 0, -8 ) . 'AAAAAAA=', 'changed or cut' );
		self::assert_unreadable( substr( $sealed, 0, 22 ), 'changed or cut' );
		self::set( 'b' );
		self::assert_unreadable( $sealed, 'key' );
		putenv( 'DRAFTKEEPER_ENCRYPTION_KEY' );
		self::assert_unreadable( $sealed, 'key' );
		self::assert_unreadable( 'dk-sealed:', 'key' );
	}

	public function test_what_is_no_key_is_said_to_be_none(): void {
		self::assertSame( 'off', SealedText::state() );
		self::set( 'a' );
		self::assertSame( 'on', SealedText::state() );
		putenv( 'DRAFTKEEPER_ENCRYPTION_KEY=hello ' . base64_encode( 'too short' ) );
		self::assertSame( 'invalid', SealedText::state() );
		$this->expectException( UnreadableText::class );
		SealedText::seal( 'A prompt.' );
	}

	private static function set( string ...$names ): void {
		putenv( 'DRAFTKEEPER_ENCRYPTION_KEY=' . implode( ' ', array_map( static fn( string $name ) => base64_encode( hash( 'sha256', $name, true ) ), $names ) ) );
	}

	private static function assert_unreadable( string $stored, string $why ): void {
		try {
			SealedText::open( $stored );
			self::fail( "Opened: $stored" );
		} catch ( UnreadableText $error ) {
			self::assertStringContainsString( $why, $error->getMessage() );
		}
	}
}
