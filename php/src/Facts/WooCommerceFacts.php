<?php

namespace Draftkeeper\Facts;

use WC_Product;
use WC_Product_Attribute;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** Facts of WooCommerce's products, where it is active. */
final class WooCommerceFacts implements ProductFacts {
	private const POST_TYPE = 'product';

	public function post_types(): array {
		return self::is_active() ? array( self::POST_TYPE ) : array();
	}

	public function supports( WP_Post $post ): bool {
		return self::is_active() && self::POST_TYPE === $post->post_type;
	}

	public function facts( WP_Post $post ): array {
		$common  = array(
			'name'          => PostContent::name( $post ),
			'categories'    => self::terms( $post, 'product_cat' ),
			'tags'          => self::terms( $post, 'product_tag' ),
			'images'        => PostContent::images( $post ),
			'existing_text' => PostContent::text( $post ),
		);
		$product = wc_get_product( $post->ID );
		if ( ! $product instanceof WC_Product ) {
			return $common;
		}
		return array(
			'sku'        => $product->get_sku(),
			'price'      => self::price( $product ),
			'attributes' => array( ...self::attributes( $product ), ...self::measures( $product ) ),
			'images'     => PostContent::images_of( array( $product->get_image_id(), ...$product->get_gallery_image_ids() ) ),
		) + $common;
	}

	private static function is_active(): bool {
		return function_exists( 'wc_get_product' ) && post_type_exists( self::POST_TYPE );
	}

	/** @return list<string> */
	private static function terms( WP_Post $post, string $taxonomy ): array {
		$terms   = get_the_terms( $post, $taxonomy );
		$default = (int) get_option( "default_$taxonomy" );
		$names   = array();
		foreach ( is_array( $terms ) ? $terms : array() as $term ) {
			if ( $term->term_id !== $default ) {
				$names[] = PostContent::plain( $term->name );
			}
		}
		return $names;
	}

	/**
	 * A product with variations has no price of its own.
	 *
	 * @return array{amount: string, currency: string}|null
	 */
	private static function price( WC_Product $product ): ?array {
		if ( $product->is_type( array( 'variable', 'grouped' ) ) || ! is_numeric( $product->get_price() ) ) {
			return null;
		}
		return array( 'amount' => rtrim( rtrim( number_format( (float) $product->get_price(), 4, '.', '' ), '0' ), '.' ), 'currency' => get_woocommerce_currency() );
	}

	/** @return list<array{name: string, value: string, unit: null}> */
	private static function attributes( WC_Product $product ): array {
		$attributes = array();
		foreach ( $product->get_attributes() as $attribute ) {
			if ( ! $attribute instanceof WC_Product_Attribute ) {
				continue;
			}
			$values       = $attribute->is_taxonomy() ? wc_get_product_terms( $product->get_id(), $attribute->get_name(), array( 'fields' => 'names' ) ) : $attribute->get_options();
			$attributes[] = array(
				'name'  => PostContent::plain( wc_attribute_label( $attribute->get_name(), $product ) ),
				'value' => PostContent::plain( implode( ', ', array_map( 'strval', $values ) ) ),
				'unit'  => null,
			);
		}
		return $attributes;
	}

	/** @return list<array{name: string, value: string, unit: string}> */
	private static function measures( WC_Product $product ): array {
		$length_unit = (string) get_option( 'woocommerce_dimension_unit' );
		$measures    = array(
			array( 'name' => __( 'Weight', 'draftkeeper' ), 'value' => $product->get_weight(), 'unit' => (string) get_option( 'woocommerce_weight_unit' ) ),
			array( 'name' => __( 'Length', 'draftkeeper' ), 'value' => $product->get_length(), 'unit' => $length_unit ),
			array( 'name' => __( 'Width', 'draftkeeper' ), 'value' => $product->get_width(), 'unit' => $length_unit ),
			array( 'name' => __( 'Height', 'draftkeeper' ), 'value' => $product->get_height(), 'unit' => $length_unit ),
		);
		return array_values( array_filter( $measures, static fn( array $measure ) => is_numeric( $measure['value'] ) && (float) $measure['value'] > 0 ) );
	}
}
