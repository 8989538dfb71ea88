<?php

namespace Draftkeeper\Tests\Unit\Drafts;

use Draftkeeper\Drafts\FactMarks;
use Draftkeeper\Tests\Support\Vectors;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class FactMarksTest extends TestCase {
	private const NO_FACTS = array(
		'name'          => 'Table',
		'sku'           => null,
		'categories'    => array(),
		'tags'          => array(),
		'attributes'    => array(),
		'price'         => null,
		'images'        => array(),
		'existing_text' => null,
	);

	public static function vectors(): array {
		return Vectors::of( 'marks' );
	}

	#[DataProvider( 'vectors' )]
	public function test_marks_what_the_contract_expects( array $vector ): void {
		self::assertSame( $vector['expected'], FactMarks::find( $vector['facts'], $vector['html'] ) );
	}

	#[DataProvider( 'vectors' )]
	public function test_a_mark_is_found_in_the_text_as_it_is_seen( array $vector ): void {
		$seen = html_entity_decode( strip_tags( $vector['html'] ), ENT_QUOTES | ENT_HTML5 );
		foreach ( FactMarks::find( $vector['facts'], $vector['html'] ) as $mark ) {
			self::assertStringContainsString( $mark['text'], $seen );
		}
		self::assertNotSame( '', $seen );
	}

	public function test_without_facts_every_number_is_marked(): void {
		$marks = FactMarks::find( self::NO_FACTS, '<p>42 cm, 7 drawers, IP67</p>' );
		self::assertSame( array( '42 cm', '7', 'IP67' ), array_column( $marks, 'text' ) );
	}

	public function test_an_address_that_only_begins_like_a_stated_one_is_marked(): void {
		$facts = array( 'existing_text' => 'See https://example.com/care' ) + self::NO_FACTS;
		$marks = FactMarks::find( $facts, '<p>https://example.com.evil.example/care and https://example.com/careless and notexample.com/care</p>' );
		self::assertSame( array( 'https://example.com.evil.example/care', 'https://example.com/careless', 'notexample.com/care' ), array_column( $marks, 'text' ) );
	}

	public function test_there_are_never_more_marks_than_a_person_would_look_at(): void {
		$numbers = implode( ', ', range( 1000, 9000 ) );
		self::assertCount( 100, FactMarks::find( self::NO_FACTS, "<p>$numbers</p>" ) );
	}
}
