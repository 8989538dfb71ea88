<?php

namespace Draftkeeper\Tests\Unit\Drafts;

use Draftkeeper\Drafts\Quantity;
use PHPUnit\Framework\Attributes\TestWith;
use PHPUnit\Framework\TestCase;

final class QuantityTest extends TestCase {
	#[TestWith( array( '42 cm', array( '42 cm', 'length' ) ) )]
	#[TestWith( array( 'about €1.299,00 today', array( '€1.299,00', 'EUR' ) ) )]
	#[TestWith( array( '40 x 60 x 75 cm', array( '40 x 60 x 75 cm', 'length' ) ) )]
	#[TestWith( array( '2 drawers', array( '2', null ) ) )]
	#[TestWith( array( '12-month', array( '12-month', 'months' ) ) )]
	#[TestWith( array( '42 cmx', array( '42', null ) ) )]
	#[TestWith( array( '20 °C', array( '20 °C', 'temperature' ) ) )]
	public function test_finds_a_number_with_its_unit( string $text, array $expected ): void {
		$found = Quantity::all( $text );
		self::assertSame( array( $expected ), array_map( fn( Quantity $quantity ) => array( $quantity->text, $quantity->dimension ), $found ) );
	}

	#[TestWith( array( 'IP67' ) )]
	#[TestWith( array( 'TB-042' ) )]
	#[TestWith( array( '3-in-1' ) )]
	#[TestWith( array( 'x' ) )]
	public function test_a_number_inside_a_name_is_none( string $text ): void {
		self::assertSame( array(), Quantity::all( $text ) );
	}

	#[TestWith( array( '420 mm', '42 cm', true ) )]
	#[TestWith( array( '42 cm', '42 kg', false ) )]
	#[TestWith( array( '42', '42 kg', true ) )]
	#[TestWith( array( '42 kg', '42', false ) )]
	#[TestWith( array( '1 299', '1.299', true ) )]
	#[TestWith( array( '1.2', '1.20', true ) )]
	#[TestWith( array( '1.2', '1.25', false ) )]
	#[TestWith( array( '40 x 60 cm', '60 cm, 40 cm', true ) )]
	#[TestWith( array( '40 x 61 cm', '60 cm, 40 cm', false ) )]
	#[TestWith( array( '0', '0 cm', true ) )]
	#[TestWith( array( '24 hours', '1440 min', true ) )]
	public function test_what_is_stated( string $claim, string $stated, bool $expected ): void {
		self::assertSame( $expected, Quantity::all( $claim )[0]->is_stated_in( Quantity::all( $stated ) ) );
	}
}
