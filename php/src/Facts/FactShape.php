<?php

namespace Draftkeeper\Facts;

defined( 'ABSPATH' ) || exit;

/** Brings facts of any origin into the contract's shape: plain text, no longer and no more than it allows. */
final class FactShape {
	private const MAX_TEXT_CHARACTERS = 4000;

	/**
	 * @param array<string, mixed> $facts
	 * @return array<string, mixed>
	 */
	public static function fit( array $facts ): array {
		return array(
			'name'          => self::line( $facts['name'] ?? '', 200 ),
			'sku'           => self::line( $facts['sku'] ?? '', 100 ) ?: null,
			'categories'    => self::lines( $facts['categories'] ?? array(), 100, 20 ),
			'tags'          => self::lines( $facts['tags'] ?? array(), 100, 30 ),
			'attributes'    => self::attributes( $facts['attributes'] ?? array() ),
			'price'         => self::price( $facts['price'] ?? null ),
			'images'        => self::images( $facts['images'] ?? array() ),
			'existing_text' => self::text( $facts['existing_text'] ?? '' ) ?: null,
		);
	}

	/** Tags stay visible as what they are when they were typed as text: they are told as dirt, not hidden. */
	private static function line( mixed $value, int $max ): string {
		if ( ! is_scalar( $value ) ) {
			return '';
		}
		$value = is_bool( $value ) ? '' : wp_check_invalid_utf8( (string) $value, true );
		return trim( mb_substr( trim( (string) preg_replace( '/[\s\p{Cc}]+/u', ' ', $value ) ), 0, $max ) );
	}

	private static function text( mixed $value ): string {
		if ( ! is_string( $value ) ) {
			return '';
		}
		$value = (string) preg_replace( array( '/\r\n?/', '/[^\S\n]+/u', '/(?!\n)\p{Cc}/u', '/ ?\n ?/', '/\n{3,}/' ), array( "\n", ' ', '', "\n", "\n\n" ), wp_check_invalid_utf8( $value, true ) );
		return trim( mb_substr( trim( $value ), 0, self::MAX_TEXT_CHARACTERS ) );
	}

	/** @return list<string> */
	private static function lines( mixed $values, int $max, int $max_count ): array {
		$lines = array_map( static fn( mixed $value ) => self::line( $value, $max ), is_array( $values ) ? $values : array() );
		return array_slice( array_values( array_unique( array_filter( $lines, static fn( string $line ) => '' !== $line ) ) ), 0, $max_count );
	}

	/** @return list<array{name: string, value: string, unit: ?string}> */
	private static function attributes( mixed $values ): array {
		$attributes = array();
		foreach ( is_array( $values ) ? $values : array() as $value ) {
			$value     = is_array( $value ) ? $value : array();
			$attribute = array(
				'name'  => self::line( $value['name'] ?? '', 100 ),
				'value' => self::line( $value['value'] ?? '', 300 ),
				'unit'  => self::line( $value['unit'] ?? '', 20 ) ?: null,
			);
			if ( '' !== $attribute['name'] && '' !== $attribute['value'] ) {
				$attributes[] = $attribute;
			}
		}
		return array_slice( $attributes, 0, 50 );
	}

	/** @return array{amount: string, currency: string}|null */
	private static function price( mixed $value ): ?array {
		$amount   = is_array( $value ) ? self::line( $value['amount'] ?? '', 20 ) : '';
		$currency = is_array( $value ) ? strtoupper( self::line( $value['currency'] ?? '', 3 ) ) : '';
		$is_price = 1 === preg_match( '/^[0-9]{1,9}([.][0-9]{1,4})?$/D', $amount ) && 1 === preg_match( '/^[A-Z]{3}$/D', $currency );
		return $is_price ? array( 'amount' => $amount, 'currency' => $currency ) : null;
	}

	/** @return list<array{id: int, alt: string}> */
	private static function images( mixed $values ): array {
		$images = array();
		foreach ( is_array( $values ) ? $values : array() as $value ) {
			if ( is_array( $value ) && is_int( $value['id'] ?? null ) && $value['id'] >= 0 ) {
				$images[ $value['id'] ] ??= array( 'id' => $value['id'], 'alt' => self::line( $value['alt'] ?? '', 300 ) );
			}
		}
		return array_slice( array_values( $images ), 0, 8 );
	}
}
