<?php

namespace Draftkeeper\Facts\Problems;

use Draftkeeper\Drafts\Quantity;
use Draftkeeper\Drafts\Units;

defined( 'ABSPATH' ) || exit;

/** Facts as suppliers and imports leave them: shouted, with placeholders, scraps of HTML, broken letters, mixed units. */
final class DirtyFacts {
	private const MIN_SHOUTED_LETTERS = 8;

	private const PLACEHOLDER = '/(?<![\p{L}\p{N}])(?:tbd|tba|tbc|todo|lorem|ipsum|n\/a|placeholder|dummy|xxx+|asdf|test product)(?![\p{L}\p{N}])|\?\?+/iu';

	private const HTML = '/<\/?[a-z][^<>]*>|&(?:[a-z]{2,8}|#\d{1,6}|#x[0-9a-f]{1,6});|\[\/?[a-z][\w-]*(?:\s[^\[\]]*)?\]/i';

	/** UTF-8 that was read as Latin-1 once, and the sign for a letter that was lost. */
	private const BROKEN = '/[ÃÂ][\x{80}-\x{BF}]|â€|\x{FFFD}/u';

	/** The sides of one thing, which belong into one unit. */
	private const SIDES = '/^(?:width|height|depth|length|breite|höhe|tiefe|länge)$/iu';

	/**
	 * @param array<string, mixed> $facts
	 * @return array<string, string> message by field.
	 */
	public static function in( array $facts ): array {
		$dirty = array();
		foreach ( self::texts( $facts ) as $field => $text ) {
			$message = self::dirt( $text );
			if ( null !== $message ) {
				$dirty[ $field ] = $message;
			}
		}
		if ( null !== $facts['price'] && 0.0 === (float) $facts['price']['amount'] ) {
			$dirty['price'] = __( 'The price is 0.', 'draftkeeper' );
		}
		return $dirty + self::mixed_units( $facts['attributes'] );
	}

	/**
	 * @param array<string, mixed> $facts
	 * @return array<string, string> by field.
	 */
	private static function texts( array $facts ): array {
		$texts = array( 'name' => $facts['name'], 'existing_text' => $facts['existing_text'] ?? '' );
		foreach ( array( 'categories', 'tags' ) as $list ) {
			foreach ( $facts[ $list ] as $term ) {
				$texts[ "$list.$term" ] = $term;
			}
		}
		foreach ( $facts['attributes'] as $attribute ) {
			$texts[ "attributes.{$attribute['name']}" ] = "{$attribute['name']}: {$attribute['value']}";
		}
		return $texts;
	}

	private static function dirt( string $text ): ?string {
		if ( 1 === preg_match( self::PLACEHOLDER, $text, $match ) ) {
			/* translators: %s: a scrap of text such as TBD. */
			return sprintf( __( '"%s" looks like a placeholder.', 'draftkeeper' ), $match[0] );
		}
		if ( 1 === preg_match( self::HTML, $text, $match ) ) {
			/* translators: %s: a scrap of HTML such as &nbsp; */
			return sprintf( __( '"%s" is a remnant of HTML.', 'draftkeeper' ), mb_substr( $match[0], 0, 60 ) );
		}
		if ( 1 === preg_match( self::BROKEN, $text ) ) {
			return __( 'Some letters are broken, as after an import in the wrong encoding.', 'draftkeeper' );
		}
		$letters = (string) preg_replace( '/\P{L}+/u', '', (string) preg_replace( '/^[^:]{1,100}: /u', '', $text ) );
		if ( mb_strlen( $letters ) >= self::MIN_SHOUTED_LETTERS && mb_strtoupper( $letters ) === $letters && mb_strtolower( $letters ) !== $letters ) {
			return __( 'This is all in capital letters.', 'draftkeeper' );
		}
		return null;
	}

	/**
	 * @param list<array<string, ?string>> $attributes
	 * @return array<string, string>
	 */
	private static function mixed_units( array $attributes ): array {
		$systems = array();
		$sides   = array();
		foreach ( $attributes as $attribute ) {
			$field    = "attributes.{$attribute['name']}";
			$quantity = Quantity::all( rtrim( "{$attribute['value']} {$attribute['unit']}" ) )[0] ?? null;
			if ( null === $quantity || null === $quantity->dimension ) {
				continue;
			}
			$system                                      = Units::is_imperial( $quantity->dimension, $quantity->unit_size ) ? 'imperial' : 'metric';
			$systems[ $quantity->dimension ][ $system ] ??= $field;
			if ( 1 === preg_match( self::SIDES, (string) $attribute['name'] ) ) {
				$sides[ (string) $quantity->unit_size ] ??= $field;
			}
		}

		$found = array();
		foreach ( $systems as $fields ) {
			if ( count( $fields ) > 1 ) {
				$found[ (string) end( $fields ) ] = __( 'Metric and imperial units are mixed.', 'draftkeeper' );
			}
		}
		if ( count( $sides ) > 1 ) {
			$found += array( (string) end( $sides ) => __( 'The sides are given in different units.', 'draftkeeper' ) );
		}
		return $found;
	}
}
