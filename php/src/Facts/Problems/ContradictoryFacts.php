<?php

namespace Draftkeeper\Facts\Problems;

use Draftkeeper\Drafts\Quantity;

defined( 'ABSPATH' ) || exit;

/** Facts that cannot both be true: an attribute with two values, a name that says something else than an attribute. */
final class ContradictoryFacts {
	private const COLOURS = array(
		'black', 'white', 'grey', 'gray', 'silver', 'gold', 'red', 'green', 'blue', 'yellow', 'orange', 'purple', 'violet', 'pink', 'brown', 'beige', 'cream',
		'navy', 'teal', 'turquoise', 'schwarz', 'weiß', 'grau', 'silber', 'rot', 'grün', 'blau', 'gelb', 'lila', 'rosa', 'braun',
	);

	private const COLOUR_ATTRIBUTE = '/\b(?:colou?r|farbe)\b/iu';

	private const COUNT_ATTRIBUTE = '/\b(?:pieces|pcs|quantity|count|pack size|number of|contents|set)\b/iu';

	private const COUNT_IN_NAME = '/\b(?:set|pack|box|pair) of (\d+)\b|\b(\d+)[ -]?(?:pieces?|pcs|pack)\b/iu';

	/**
	 * @param array<string, mixed> $facts
	 * @return array<string, string> message by field.
	 */
	public static function in( array $facts ): array {
		return self::two_values( $facts['attributes'] )
			+ self::other_measure_in_name( $facts )
			+ self::other_colour_in_name( $facts )
			+ self::other_count_in_name( $facts );
	}

	/**
	 * @param list<array<string, ?string>> $attributes
	 * @return array<string, string>
	 */
	private static function two_values( array $attributes ): array {
		$seen  = array();
		$found = array();
		foreach ( $attributes as $attribute ) {
			$name  = mb_strtolower( trim( (string) $attribute['name'] ) );
			$value = self::value( $attribute );
			if ( isset( $seen[ $name ] ) && ! self::say_the_same( $seen[ $name ], $value ) ) {
				/* translators: 1: name of an attribute. 2 and 3: its values. */
				$found[ "attributes.{$attribute['name']}" ] = sprintf( __( '%1$s is given twice: %2$s and %3$s. Keep one.', 'draftkeeper' ), $attribute['name'], $seen[ $name ], $value );
			}
			$seen[ $name ] ??= $value;
		}
		return $found;
	}

	/**
	 * @param array<string, mixed> $facts
	 * @return array<string, string>
	 */
	private static function other_measure_in_name( array $facts ): array {
		foreach ( Quantity::all( $facts['name'] ) as $stated ) {
			if ( null === $stated->dimension ) {
				continue;
			}
			$rivals = array();
			foreach ( $facts['attributes'] as $attribute ) {
				foreach ( Quantity::all( self::value( $attribute ) ) as $quantity ) {
					if ( $quantity->dimension === $stated->dimension ) {
						$rivals[ $attribute['name'] ][] = $quantity;
					}
				}
			}
			if ( array() !== $rivals && ! $stated->is_stated_in( array_merge( ...array_values( $rivals ) ) ) ) {
				$name = (string) array_key_first( $rivals );
				return array(
					/* translators: 1: measure in the product's name, such as 80 cm. 2: name of an attribute. 3: its value. */
					'name' => sprintf( __( 'The name says %1$s, but %2$s is %3$s.', 'draftkeeper' ), trim( $stated->text ), $name, trim( $rivals[ $name ][0]->text ) ),
				);
			}
		}
		return array();
	}

	/**
	 * @param array<string, mixed> $facts
	 * @return array<string, string>
	 */
	private static function other_colour_in_name( array $facts ): array {
		$in_name = self::colours( $facts['name'] );
		foreach ( $facts['attributes'] as $attribute ) {
			$stated = 1 === preg_match( self::COLOUR_ATTRIBUTE, $attribute['name'] ) ? self::colours( $attribute['value'] ) : array();
			if ( array() !== $in_name && array() !== $stated && array() === array_intersect( $in_name, $stated ) ) {
				return array(
					/* translators: 1: colour in the product's name. 2: name of an attribute. 3: its value. */
					"attributes.{$attribute['name']}" => sprintf( __( 'The name says %1$s, but %2$s is %3$s.', 'draftkeeper' ), implode( ', ', $in_name ), $attribute['name'], $attribute['value'] ),
				);
			}
		}
		return array();
	}

	/**
	 * @param array<string, mixed> $facts
	 * @return array<string, string>
	 */
	private static function other_count_in_name( array $facts ): array {
		if ( 1 !== preg_match( self::COUNT_IN_NAME, $facts['name'], $match, PREG_UNMATCHED_AS_NULL ) ) {
			return array();
		}
		$count = (string) ( $match[1] ?? $match[2] );
		foreach ( $facts['attributes'] as $attribute ) {
			$is_other = 1 === preg_match( self::COUNT_ATTRIBUTE, $attribute['name'] ) && 1 === preg_match( '/^\d+$/D', $attribute['value'] ) && (int) $attribute['value'] !== (int) $count;
			if ( $is_other ) {
				return array(
					/* translators: 1: number in the product's name. 2: name of an attribute. 3: its value. */
					"attributes.{$attribute['name']}" => sprintf( __( 'The name says %1$s, but %2$s is %3$s.', 'draftkeeper' ), $count, $attribute['name'], $attribute['value'] ),
				);
			}
		}
		return array();
	}

	/** @return list<string> */
	private static function colours( string $text ): array {
		$words = preg_split( '/[^\p{L}]+/u', mb_strtolower( $text ), -1, PREG_SPLIT_NO_EMPTY ) ?: array();
		return array_values( array_unique( str_replace( 'gray', 'grey', array_intersect( $words, self::COLOURS ) ) ) );
	}

	private static function say_the_same( string $one, string $other ): bool {
		$quantities = Quantity::all( $other );
		foreach ( Quantity::all( $one ) as $quantity ) {
			if ( $quantity->is_stated_in( $quantities ) ) {
				return true;
			}
		}
		return mb_strtolower( trim( $one ) ) === mb_strtolower( trim( $other ) );
	}

	/** @param array<string, ?string> $attribute */
	private static function value( array $attribute ): string {
		return rtrim( "{$attribute['value']} {$attribute['unit']}" );
	}
}
