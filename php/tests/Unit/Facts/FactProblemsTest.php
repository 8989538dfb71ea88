<?php

namespace Draftkeeper\Tests\Unit\Facts;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Facts\FactProblems;
use PHPUnit\Framework\Attributes\TestWith;
use PHPUnit\Framework\TestCase;

final class FactProblemsTest extends TestCase {
	private const CLEAN = array(
		'name'          => 'Oak table',
		'sku'           => 'TB-042',
		'categories'    => array( 'Furniture' ),
		'tags'          => array( 'oak' ),
		'attributes'    => array( array( 'name' => 'Material', 'value' => 'Oak', 'unit' => null ) ),
		'price'         => array( 'amount' => '129.00', 'currency' => 'EUR' ),
		'images'        => array( array( 'id' => 1, 'alt' => 'A table' ) ),
		'existing_text' => null,
	);

	public function test_clean_facts_have_no_problems(): void {
		self::assertSame( array(), FactProblems::of( self::CLEAN ) );
	}

	public function test_facts_of_nothing_name_what_a_description_needs(): void {
		$nothing = array( 'name' => ' ', 'categories' => array(), 'attributes' => array(), 'images' => array( array( 'id' => 1, 'alt' => '' ) ) ) + self::CLEAN;
		self::assertSame( array( 'missing name', 'missing attributes', 'missing categories', 'missing images.0' ), self::names( $nothing ) );
	}

	#[TestWith( array( 'Width', '42', 'cm', array() ) )]
	#[TestWith( array( 'Width', '42 cm', null, array() ) )]
	#[TestWith( array( 'Width', '42', null, array( 'missing attributes.Width' ) ) )]
	#[TestWith( array( 'Total weight', '1,5', null, array( 'missing attributes.Total weight' ) ) )]
	#[TestWith( array( 'Drawers', '2', null, array() ) )]
	#[TestWith( array( 'Width', 'adjustable', null, array() ) )]
	#[TestWith( array( 'Colour', 'OAK', null, array() ) )]
	#[TestWith( array( 'Colour', 'NATURAL OAK', null, array( 'dirty attributes.Colour' ) ) )]
	#[TestWith( array( 'Colour', 'tbd', null, array( 'dirty attributes.Colour' ) ) )]
	#[TestWith( array( 'Colour', 'Grau fÃ¼r innen', null, array( 'dirty attributes.Colour' ) ) )]
	#[TestWith( array( 'Colour', 'Oak [button]', null, array( 'dirty attributes.Colour' ) ) )]
	#[TestWith( array( 'Colour', 'Salt & pepper', null, array() ) )]
	public function test_one_attribute( string $name, string $value, ?string $unit, array $expected ): void {
		self::assertSame( $expected, self::names( self::with( array( $name, $value, $unit ) ) ) );
	}

	#[TestWith( array( array( 'Width', '42', 'cm' ), array( 'Width', '420', 'mm' ), array( 'dirty attributes.Width' ) ) )]
	#[TestWith( array( array( 'Width', '42', 'cm' ), array( 'width ', '43', 'cm' ), array( 'contradictory attributes.width ' ) ) )]
	#[TestWith( array( array( 'Colour', 'Red' ), array( 'Colour', 'red' ), array() ) )]
	#[TestWith( array( array( 'Width', '42', 'cm' ), array( 'Height', '48', 'cm' ), array() ) )]
	#[TestWith( array( array( 'Width', '42', 'cm' ), array( 'Height', '480', 'mm' ), array( 'dirty attributes.Height' ) ) )]
	#[TestWith( array( array( 'Cable', '1.8', 'm' ), array( 'Height', '48', 'cm' ), array() ) )]
	#[TestWith( array( array( 'Weight', '2', 'kg' ), array( 'Load', '40', 'lbs' ), array( 'dirty attributes.Load' ) ) )]
	public function test_two_attributes( array $one, array $other, array $expected ): void {
		self::assertSame( $expected, self::names( self::with( $one, $other ) ) );
	}

	#[TestWith( array( 'Table 80 cm', array( 'Width', '90', 'cm' ), 'The name says 80 cm, but Width is 90 cm.' ) )]
	#[TestWith( array( 'Table 80 cm', array( 'Width', '800', 'mm' ), null ) )]
	#[TestWith( array( 'Table 80 cm', array( 'Weight', '9', 'kg' ), null ) )]
	#[TestWith( array( 'Bottle, 0.5 l', array( 'Capacity', '500', 'ml' ), null ) )]
	#[TestWith( array( 'Cup, gray', array( 'Colour', 'Grey' ), null ) )]
	#[TestWith( array( 'Cup, blue', array( 'Colour', 'Red' ), 'The name says blue, but Colour is Red.' ) )]
	#[TestWith( array( 'Cup, blue', array( 'Colour', 'Blue and red' ), null ) )]
	#[TestWith( array( 'Blackberry jam', array( 'Colour', 'Red' ), null ) )]
	#[TestWith( array( '6-piece cup set', array( 'Pieces', '4' ), 'The name says 6, but Pieces is 4.' ) )]
	#[TestWith( array( 'Cups, set of 4', array( 'Pieces', '4' ), null ) )]
	public function test_a_name_against_an_attribute( string $name, array $attribute, ?string $expected ): void {
		$problems = FactProblems::of( array( 'name' => $name ) + self::with( $attribute ) );
		self::assertSame( null === $expected ? array() : array( $expected ), array_column( $problems, 'message' ) );
	}

	public function test_hostile_facts_stay_inside_the_contract(): void {
		$facts    = array(
			'name'          => str_repeat( '1 cm ??? <b> ', 15 ),
			'categories'    => array_fill( 0, 20, '<script>' ),
			'attributes'    => array_fill( 0, 50, array( 'name' => str_repeat( 'n', 100 ), 'value' => str_repeat( '1x', 150 ), 'unit' => '((((' ) ),
			'existing_text' => str_repeat( '&amp;', 800 ),
		) + self::CLEAN;
		$problems = FactProblems::of( $facts );
		self::assertNotSame( array(), $problems );
		self::assertSame( array(), Contract::check( 'facts_check_answer', json_decode( (string) json_encode( array( 'problems' => $problems ) ) ) ) );
	}

	private static function with( array ...$attributes ): array {
		return array( 'attributes' => array_map( fn( array $attribute ) => array( 'name' => $attribute[0], 'value' => $attribute[1], 'unit' => $attribute[2] ?? null ), array_values( $attributes ) ) ) + self::CLEAN;
	}

	/** @return list<string> */
	private static function names( array $facts ): array {
		return array_map( fn( array $problem ) => "{$problem['kind']} {$problem['field']}", FactProblems::of( $facts ) );
	}
}
