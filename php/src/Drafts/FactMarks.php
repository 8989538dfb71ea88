<?php

namespace Draftkeeper\Drafts;

defined( 'ABSPATH' ) || exit;

/** Finds what a draft claims and the facts do not hold: numbers with their unit, addresses, phone numbers. */
final class FactMarks {
	private const MAX_MARKS = 100;

	private const MAX_CHARACTERS = 300;

	private const EMAIL = '~[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,5}~u';

	private const URL = '~(?:https?://|www\.)[^\s<>"]{1,2000}|(?<![\p{L}\p{N}@.-])(?:[a-z0-9-]{1,63}\.){1,4}(?:com|net|org|info|shop|store|biz|io|co|eu|de|fr|it|es|nl|at|ch|uk|us|be|app|dev|me|tv)(?![\p{L}\p{N}-])(?:/[^\s<>"]{0,2000})?~iu';

	/** Seven digits or more that begin with +, 0 or a bracket, or stand in groups with dashes. */
	private const PHONE = '~(?<![\p{L}\p{N}])(?:\+\s?\d|\(\d|0\d)[\d\s().\x{A0}/-]{5,25}\d(?![\p{L}\p{N}])|(?<![\p{L}\p{N}-])\d{3}-\d{3,4}-\d{4}(?![\p{L}\p{N}-])~u';

	/** Names with a number in them: IP67, USB3, 5G. */
	private const CODE = '~(?<![\p{L}\p{N}])(?=[\p{L}\p{N}-]{0,40}\d)(?=[\p{N}-]{0,40}\p{L})[\p{L}\p{N}]{1,60}(?:-[\p{L}\p{N}]{1,60}){0,5}~u';

	private const ORDINAL = '~^\d+(?:st|nd|rd|th)$~i';

	/**
	 * @param array  $facts as in the contract's `product_facts`.
	 * @param string $html  a sanitized draft.
	 * @return list<array{text: string, kind: string}> in the order in which they stand in the text, each text once.
	 */
	public static function find( array $facts, string $html ): array {
		$draft  = self::text( $html );
		$stated = self::stated( $facts );
		$found  = array();

		foreach ( array( 'email' => self::EMAIL, 'url' => self::URL, 'phone' => self::PHONE ) as $kind => $pattern ) {
			list( $draft, $claims ) = self::take( $pattern, $draft );
			foreach ( $claims as $offset => $claim ) {
				$claim = 'url' === $kind ? rtrim( $claim, '.,;:!?)' ) : $claim;
				if ( ! self::is_stated( $claim, $stated, $kind ) ) {
					$found[ $offset ] = array( 'text' => $claim, 'kind' => $kind );
				}
			}
		}

		$known = Quantity::all( $stated );
		foreach ( Quantity::all( $draft ) as $quantity ) {
			if ( ! $quantity->is_stated_in( $known ) ) {
				$found[ $quantity->offset ] = array( 'text' => trim( $quantity->text ), 'kind' => 'number' );
			}
			$draft = substr_replace( $draft, str_repeat( ' ', strlen( $quantity->text ) ), $quantity->offset, strlen( $quantity->text ) );
		}
		foreach ( self::take( self::CODE, $draft )[1] as $offset => $code ) {
			if ( 1 !== preg_match( self::ORDINAL, $code ) && ! self::is_stated( $code, $stated, 'code' ) ) {
				$found[ $offset ] = array( 'text' => $code, 'kind' => 'number' );
			}
		}

		ksort( $found );
		$marks = array();
		foreach ( $found as $mark ) {
			$mark['text']           = mb_substr( $mark['text'], 0, self::MAX_CHARACTERS );
			$marks[ $mark['text'] ] ??= $mark;
		}
		return array_slice( array_values( $marks ), 0, self::MAX_MARKS );
	}

	/**
	 * Takes all matches out of the text, leaving spaces so that what remains keeps its place.
	 *
	 * @return array{string, array<int, string>} what remains, and the matches by offset.
	 */
	private static function take( string $pattern, string $text ): array {
		$matches = array();
		preg_match_all( $pattern, $text, $found, PREG_OFFSET_CAPTURE );
		foreach ( $found[0] as list( $match, $offset ) ) {
			$matches[ $offset ] = $match;
			$text               = substr_replace( $text, str_repeat( ' ', strlen( $match ) ), $offset, strlen( $match ) );
		}
		return array( $text, $matches );
	}

	private static function is_stated( string $claim, string $stated, string $kind ): bool {
		return match ( $kind ) {
			'phone' => str_contains( (string) preg_replace( '~[^\d\n]~', '', $stated ), (string) preg_replace( '~\D~', '', $claim ) ),
			'url' => 1 === preg_match( '~(?<![\p{L}\p{N}.-])' . preg_quote( self::bare_address( $claim ), '~' ) . '/?(?=$|[\s<>"\',;)]|[.!?:](?:\s|$))~imu', (string) preg_replace( '~(?:https?://)?(?:www\.)?~i', '', $stated ) ),
			default => 1 === preg_match( '~(?<![\p{L}\p{N}])' . preg_quote( $claim, '~' ) . '(?![\p{L}\p{N}])~iu', $stated ),
		};
	}

	private static function bare_address( string $url ): string {
		return rtrim( (string) preg_replace( '~^(?:https?://)?(?:www\.)?~i', '', $url ), '/' );
	}

	/** Everything the facts state, one statement a line. */
	private static function stated( array $facts ): string {
		$lines = array( $facts['name'], $facts['sku'] ?? '', ...$facts['categories'], ...$facts['tags'] );
		foreach ( $facts['attributes'] as $attribute ) {
			$lines[] = $attribute['name'];
			$lines[] = rtrim( $attribute['value'] . ' ' . ( $attribute['unit'] ?? '' ) );
		}
		if ( null !== $facts['price'] ) {
			$lines[] = $facts['price']['amount'] . ' ' . $facts['price']['currency'];
		}
		foreach ( $facts['images'] as $image ) {
			$lines[] = $image['alt'];
		}
		$lines[] = self::text( $facts['existing_text'] ?? '' );
		return implode( "\n", $lines );
	}

	private static function text( string $html ): string {
		$lines = (string) preg_replace( '~<(?:br|/p|/li|/h[1-6]|/td|/th|/div)\b[^>]*+>~i', "\n", $html );
		return html_entity_decode( (string) preg_replace( '~<[a-z/!][^>]*+>~i', '', $lines ), ENT_QUOTES | ENT_HTML5, 'UTF-8' );
	}
}
