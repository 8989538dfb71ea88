<?php

namespace Draftkeeper\Facts\Problems;

use Draftkeeper\Drafts\Quantity;

defined( 'ABSPATH' ) || exit;

/** What a description needs and nobody has stated. */
final class MissingFacts {
	/** Attributes whose number means nothing without a unit. */
	private const MEASURES = '/\b(?:width|height|depth|length|breadth|diameter|thickness|weight|volume|capacity|breite|höhe|tiefe|länge|durchmesser|gewicht|volumen)\b/iu';

	/**
	 * @param array<string, mixed> $facts
	 * @return array<string, string> message by field.
	 */
	public static function in( array $facts ): array {
		$missing = array();
		if ( '' === trim( $facts['name'] ) ) {
			$missing['name'] = __( 'The product has no name yet.', 'draftkeeper' );
		}
		if ( array() === $facts['attributes'] ) {
			$missing['attributes'] = __( 'There are no attributes such as size, material or colour. The description can only be general.', 'draftkeeper' );
		}
		if ( array() === $facts['categories'] ) {
			$missing['categories'] = __( 'The product is in no category.', 'draftkeeper' );
		}
		foreach ( $facts['attributes'] as $attribute ) {
			if ( null === $attribute['unit'] && 1 === preg_match( self::MEASURES, $attribute['name'] ) && self::has_bare_number( $attribute['value'] ) ) {
				/* translators: 1: name of an attribute, such as Width. 2: its value, such as 42. */
				$missing[ "attributes.{$attribute['name']}" ] = sprintf( __( '%1$s is %2$s, but the unit is missing.', 'draftkeeper' ), $attribute['name'], $attribute['value'] );
			}
		}
		foreach ( $facts['images'] as $place => $image ) {
			if ( '' === trim( $image['alt'] ) ) {
				/* translators: %d: position of an image, from 1. */
				$missing[ "images.$place" ] = sprintf( __( 'Image %d has no alternative text.', 'draftkeeper' ), $place + 1 );
			}
		}
		return $missing;
	}

	private static function has_bare_number( string $value ): bool {
		$quantities = Quantity::all( $value );
		return 1 === count( $quantities ) && null === $quantities[0]->dimension && trim( $quantities[0]->text ) === trim( $value );
	}
}
