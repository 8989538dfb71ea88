<?php

namespace Draftkeeper\Tests\Unit\Drafts;

use Draftkeeper\Drafts\DraftSanitizer;
use Draftkeeper\Tests\Support\Vectors;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class DraftSanitizerTest extends TestCase {
	private const ALLOWED = '~^(?:<(?:/?(?:p|ul|ol|li|strong|em|h3|h4)|br)>|[^<>\[\]&]|&(?:amp|lt|gt);)*+$~u';

	private const SEED = 20260228;

	private const PIECES = array(
		'<p>', '</p>', '<b>', '</b>', '**', '*', '_', '__', '<br>', "\n", "\n\n", '- ', '1. ', '# ', 'word', 'two words', ' ', '&lt;', '&amp;', '[x]',
		'](u)', '![', '<ul>', '<li>', '</li>', '</ul>', '<div>', '<script>', '</script>', '<!--', '-->', '`', '\\', 'https://x.example', '<em>',
		'</em>', '<h2>', '</h2>', '&nbsp;', '"', "'", '<', '>', 'é', '😀', '<a href="', '<i', '&#91;', '---', '<svg>', '</svg>', "\u{202E}",
	);

	public static function vectors(): array {
		return Vectors::of( 'sanitize' );
	}

	#[DataProvider( 'vectors' )]
	public function test_gives_what_the_contract_expects( array $vector ): void {
		self::assertSame( $vector['expected'], DraftSanitizer::sanitize( 'product_description', $vector['input'] ) );
	}

	#[DataProvider( 'vectors' )]
	public function test_sanitizing_again_changes_nothing( array $vector ): void {
		self::assertSame( $vector['expected'], DraftSanitizer::sanitize( 'product_description', $vector['expected'] ) );
	}

	public function test_whatever_comes_in_only_allowed_tags_come_out_and_they_are_final(): void {
		$random = new \Random\Randomizer( new \Random\Engine\Mt19937( self::SEED ) );
		for ( $round = 0; $round < 3000; $round++ ) {
			$text = '';
			for ( $piece = $random->getInt( 1, 14 ); $piece > 0; $piece-- ) {
				$text .= self::PIECES[ $random->getInt( 0, count( self::PIECES ) - 1 ) ];
			}
			$html = DraftSanitizer::sanitize( 'product_description', $text );
			self::assertMatchesRegularExpression( self::ALLOWED, $html, $text );
			self::assertSame( $html, DraftSanitizer::sanitize( 'product_description', $html ), $text );
		}
	}

	public function test_a_draft_never_exceeds_what_the_contract_allows(): void {
		foreach ( array( str_repeat( '<', 60000 ), str_repeat( "A paragraph with an & in it.\n\n", 2000 ), str_repeat( '**a', 20000 ), str_repeat( '<a "', 15000 ) ) as $text ) {
			$html = DraftSanitizer::sanitize( 'product_description', $text );
			self::assertLessThanOrEqual( 60000, mb_strlen( $html ) );
			self::assertNotSame( '', $html );
			self::assertMatchesRegularExpression( '~</p>$~', $html );
		}
	}

	public function test_a_task_without_rules_is_refused(): void {
		$this->expectException( \LogicException::class );
		DraftSanitizer::sanitize( 'unknown', 'text' );
	}
}
