<?php
/** The part of WooCommerce that is asked for facts, as its documentation describes it, for a WordPress without it. */

final class WC_Product_Attribute {
	public function __construct( private readonly string $name, private readonly array $options, private readonly bool $is_taxonomy ) {}

	public function get_name(): string {
		return $this->name;
	}

	public function get_options(): array {
		return $this->options;
	}

	public function is_taxonomy(): bool {
		return $this->is_taxonomy;
	}
}

final class WC_Product {
	public static array $all = array();

	public function __construct( private readonly int $id, private readonly array $data ) {}

	public function __call( string $name, array $arguments ): mixed {
		return $this->data[ substr( $name, strlen( 'get_' ) ) ] ?? '';
	}

	public function get_id(): int {
		return $this->id;
	}

	public function get_attributes(): array {
		return $this->data['attributes'] ?? array();
	}

	public function get_gallery_image_ids(): array {
		return $this->data['gallery_image_ids'] ?? array();
	}

	public function is_type( array|string $type ): bool {
		return in_array( $this->data['type'] ?? 'simple', (array) $type, true );
	}
}

function wc_get_product( int $id ): WC_Product|false {
	return WC_Product::$all[ $id ] ?? false;
}

function wc_get_product_terms( int $id, string $taxonomy, array $arguments ): array {
	$terms = wp_get_object_terms( $id, $taxonomy, $arguments );
	return is_array( $terms ) ? $terms : array();
}

function wc_attribute_label( string $name, ?WC_Product $product = null ): string {
	return null === $product ? $name : ucfirst( str_replace( 'pa_', '', $name ) );
}

function get_woocommerce_currency(): string {
	return 'EUR';
}
