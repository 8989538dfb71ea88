<?php

namespace Draftkeeper\Demo;

defined( 'ABSPATH' ) || exit;

/** The post type of the demo shop, its taxonomies and its registered meta: what any plugin does to supply facts. */
final class ProductType {
	public const NAME     = 'dk_product';
	public const CATEGORY = 'dk_category';
	public const TAG      = 'dk_tag';

	public function register(): void {
		add_action( 'init', $this->add( ... ) );
	}

	/** Also called on activation, when `init` is over. */
	public function add(): void {
		register_post_type(
			self::NAME,
			array(
				'labels'       => array(
					'name'          => 'Products',
					'singular_name' => 'Product',
					'add_new_item'  => 'Add product',
					'edit_item'     => 'Edit product',
					'all_items'     => 'All products',
				),
				'public'       => true,
				'show_in_rest' => true,
				'rest_base'    => 'dk-products',
				'has_archive'  => 'shop',
				'rewrite'      => array( 'slug' => 'product' ),
				'menu_icon'    => 'dashicons-products',
				'supports'     => array( 'title', 'editor', 'thumbnail', 'custom-fields', 'revisions', 'author' ),
			)
		);
		add_post_type_support( self::NAME, 'draftkeeper' );

		register_taxonomy(
			self::CATEGORY,
			self::NAME,
			array( 'label' => 'Product categories', 'hierarchical' => true, 'show_in_rest' => true, 'show_admin_column' => true, 'rewrite' => array( 'slug' => 'product-category' ) )
		);
		register_taxonomy( self::TAG, self::NAME, array( 'label' => 'Product tags', 'show_in_rest' => true, 'rewrite' => array( 'slug' => 'product-tag' ) ) );

		foreach ( array( 'dk_sku' => 'SKU', 'dk_price' => 'Price', 'dk_currency' => 'Currency' ) as $key => $label ) {
			register_post_meta( self::NAME, $key, array( 'type' => 'string', 'label' => $label, 'single' => true, 'show_in_rest' => true, 'default' => '' ) );
		}
		register_post_meta(
			self::NAME,
			'dk_attributes',
			array(
				'type'         => 'array',
				'label'        => 'Attributes',
				'single'       => true,
				'default'      => array(),
				'show_in_rest' => array(
					'schema' => array(
						'type'  => 'array',
						'items' => array(
							'type'                 => 'object',
							'properties'           => array(
								'name'  => array( 'type' => 'string' ),
								'value' => array( 'type' => 'string' ),
								'unit'  => array( 'type' => array( 'string', 'null' ) ),
							),
							'required'             => array( 'name', 'value' ),
							'additionalProperties' => false,
						),
					),
				),
			)
		);
	}
}
