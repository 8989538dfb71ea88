<?php

namespace Draftkeeper\Facts;

use WP_Post;

defined( 'ABSPATH' ) || exit;

/**
 * Facts of any post type that says `add_post_type_support( $type, 'draftkeeper' )`: its title, text, terms, images, and the
 * meta that it registers with `show_in_rest`.
 */
final class PostTypeFacts implements ProductFacts {
	private const UNITS_IN_KEYS = array( 'mm', 'cm', 'm', 'in', 'ft', 'g', 'kg', 'oz', 'lb', 'ml', 'cl', 'l', 'w', 'v', 'hz', 'mah' );

	/** WordPress registers it for every type with an editor. */
	private const NOT_A_FACT = array( 'footnotes' );

	public function post_types(): array {
		return array_values( get_post_types_by_support( 'draftkeeper' ) );
	}

	public function supports( WP_Post $post ): bool {
		return post_type_supports( $post->post_type, 'draftkeeper' );
	}

	public function facts( WP_Post $post ): array {
		$facts    = array(
			'name'          => PostContent::name( $post ),
			'categories'    => PostContent::terms( $post, true ),
			'tags'          => PostContent::terms( $post, false ),
			'attributes'    => array(),
			'images'        => PostContent::images( $post ),
			'existing_text' => PostContent::text( $post ),
		);
		$amount   = null;
		$currency = null;
		foreach ( self::registered_meta( $post ) as $key => $registered ) {
			$value = get_post_meta( $post->ID, $key, true );
			if ( 'boolean' === $registered['type'] && '' !== $value ) {
				$value = $value ? __( 'yes', 'draftkeeper' ) : __( 'no', 'draftkeeper' );
			}
			$role  = 1 === preg_match( '/(?:^|_)(sku|price|currency)$/', $key, $match ) ? $match[1] : 'attribute';
			if ( 'sku' === $role ) {
				$facts['sku'] = $value;
			} elseif ( 'currency' === $role ) {
				$currency = $value;
			} elseif ( 'price' === $role ) {
				$amount   = is_array( $value ) ? ( $value['amount'] ?? null ) : $value;
				$currency = is_array( $value ) ? ( $value['currency'] ?? $currency ) : $currency;
			} else {
				array_push( $facts['attributes'], ...self::attributes( $key, (string) ( $registered['label'] ?? '' ), $value ) );
			}
		}
		$facts['price'] = array( 'amount' => $amount, 'currency' => $currency );
		return $facts;
	}

	/** @return array<string, array<string, mixed>> */
	private static function registered_meta( WP_Post $post ): array {
		return array_filter(
			get_registered_meta_keys( 'post', $post->post_type ),
			static fn( array $registered, string $key ) => $registered['show_in_rest'] && $registered['single'] && ! in_array( $key, self::NOT_A_FACT, true ),
			ARRAY_FILTER_USE_BOTH
		);
	}

	/**
	 * A list of `{ name, value, unit }` are attributes themselves; a list of words is one, and so is a single value.
	 *
	 * @return list<array{name: mixed, value: mixed, unit: mixed}>
	 */
	private static function attributes( string $key, string $label, mixed $value ): array {
		if ( is_array( $value ) && is_array( $value[0] ?? null ) ) {
			$items = array_filter( $value, static fn( mixed $item ) => is_array( $item ) && isset( $item['name'], $item['value'] ) );
			return array_map( static fn( array $item ) => array( 'name' => $item['name'], 'value' => $item['value'], 'unit' => $item['unit'] ?? null ), array_values( $items ) );
		}
		$value = is_array( $value ) ? implode( ', ', array_filter( $value, 'is_scalar' ) ) : $value;
		if ( ! is_scalar( $value ) || '' === trim( (string) $value ) ) {
			return array();
		}
		$words = explode( '_', $key );
		$unit  = count( $words ) > 1 && is_numeric( $value ) && in_array( end( $words ), self::UNITS_IN_KEYS, true ) ? array_pop( $words ) : null;
		$name  = '' === $label ? ucfirst( trim( implode( ' ', $words ) ) ) : $label;
		return array( array( 'name' => $name, 'value' => (string) $value, 'unit' => $unit ) );
	}
}
