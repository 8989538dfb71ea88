<?php

namespace Draftkeeper\Tests\Integration\Facts;

use Draftkeeper\Facts\FactShape;
use Draftkeeper\Facts\PostTypeFacts;
use Draftkeeper\Tests\Support\IntegrationTestCase;

final class PostTypeFactsTest extends IntegrationTestCase {
	protected function setUp(): void {
		parent::setUp();
		register_post_type( 'tool', array( 'public' => true, 'show_in_rest' => true, 'supports' => array( 'title', 'editor', 'thumbnail', 'custom-fields', 'draftkeeper' ) ) );
	}

	public function test_reads_meta_that_is_registered_for_rest_and_no_other(): void {
		$meta = array(
			'maker'       => array( 'type' => 'string', 'show_in_rest' => true ),
			'blade_cm'    => array( 'type' => 'number', 'show_in_rest' => true ),
			'grip_colour' => array( 'type' => 'string', 'show_in_rest' => true, 'label' => 'Grip' ),
			'uses'        => array( 'type' => 'array', 'show_in_rest' => array( 'schema' => array( 'items' => array( 'type' => 'string' ) ) ) ),
			'is_sold'     => array( 'type' => 'boolean', 'show_in_rest' => true ),
			'shop_sku'    => array( 'type' => 'string', 'show_in_rest' => true ),
			'price'       => array( 'type' => 'object', 'show_in_rest' => array( 'schema' => array( 'properties' => array( 'amount' => array( 'type' => 'string' ), 'currency' => array( 'type' => 'string' ) ) ) ) ),
			'cost'        => array( 'type' => 'string', 'show_in_rest' => false ),
		);
		foreach ( $meta as $key => $arguments ) {
			register_post_meta( 'tool', $key, $arguments + array( 'single' => true ) );
		}
		$facts = $this->facts(
			array(
				'meta_input' => array(
					'maker'       => 'Smith &amp; Sons',
					'blade_cm'    => 20.5,
					'grip_colour' => 'Red',
					'uses'        => array( 'Cutting', 'Sawing' ),
					'is_sold'     => true,
					'shop_sku'    => 'T-1',
					'price'       => array( 'amount' => '12.50', 'currency' => 'EUR' ),
					'cost'        => '3.00',
					'unknown'     => 'secret',
				),
			)
		);
		self::assertSame( 'T-1', $facts['sku'] );
		self::assertSame( array( 'amount' => '12.50', 'currency' => 'EUR' ), $facts['price'] );
		self::assertSame(
			array(
				array( 'name' => 'Maker', 'value' => 'Smith &amp; Sons', 'unit' => null ),
				array( 'name' => 'Blade', 'value' => '20.5', 'unit' => 'cm' ),
				array( 'name' => 'Grip', 'value' => 'Red', 'unit' => null ),
				array( 'name' => 'Uses', 'value' => 'Cutting, Sawing', 'unit' => null ),
				array( 'name' => 'Is sold', 'value' => 'yes', 'unit' => null ),
			),
			$facts['attributes']
		);
	}

	public function test_hierarchical_terms_are_categories_and_flat_ones_tags(): void {
		register_taxonomy( 'tool_kind', 'tool', array( 'hierarchical' => true ) );
		register_taxonomy( 'tool_word', 'tool' );
		register_taxonomy( 'tool_hidden', 'tool', array( 'public' => false ) );
		$id = $this->post( array( 'post_type' => 'tool' ) );
		wp_set_object_terms( $id, array( 'Saws & knives' ), 'tool_kind' );
		wp_set_object_terms( $id, array( 'sharp', 'steel' ), 'tool_word' );
		wp_set_object_terms( $id, array( 'internal' ), 'tool_hidden' );

		$facts = FactShape::fit( ( new PostTypeFacts() )->facts( get_post( $id ) ) );
		self::assertSame( array( 'Saws & knives' ), $facts['categories'] );
		self::assertSame( array( 'sharp', 'steel' ), $facts['tags'] );
	}

	public function test_the_category_of_what_nobody_has_sorted_is_none(): void {
		register_taxonomy_for_object_type( 'category', 'tool' );
		$id = $this->post( array( 'post_type' => 'tool' ) );
		wp_set_post_terms( $id, array( (int) get_option( 'default_category' ) ), 'category' );
		self::assertSame( array(), FactShape::fit( ( new PostTypeFacts() )->facts( get_post( $id ) ) )['categories'] );
	}

	public function test_existing_text_is_what_stands_beside_our_own_block(): void {
		$facts = $this->facts(
			array(
				'post_content' => "<!-- wp:paragraph --><p>Stays &amp; <strong>counts</strong>.</p><!-- /wp:paragraph -->\n"
					. "<!-- wp:draftkeeper/product-description {\"ref\":\"r\"} --><!-- wp:paragraph --><p>An original under review.</p><!-- /wp:paragraph --><!-- /wp:draftkeeper/product-description -->\n"
					. '<!-- wp:group --><div><!-- wp:list --><ul><li>One</li><li>Two</li></ul><!-- /wp:list --></div><!-- /wp:group -->[gallery ids="1"]',
			)
		);
		self::assertSame( "Stays & counts.\n\nOne\nTwo", $facts['existing_text'] );
	}

	public function test_a_long_text_is_cut(): void {
		self::assertSame( 4000, mb_strlen( $this->facts( array( 'post_content' => str_repeat( 'ü', 5000 ) ) )['existing_text'] ) );
	}

	public function test_a_new_post_has_no_name_yet(): void {
		self::assertSame( '', $this->facts( array( 'post_title' => 'Auto Draft', 'post_status' => 'auto-draft' ) )['name'] );
		self::assertSame( 'Cup & saucer', $this->facts( array( 'post_title' => 'Cup &amp; <em>saucer</em>' ) )['name'] );
	}

	public function test_the_featured_image_comes_first_and_each_image_once(): void {
		$id       = $this->post( array( 'post_type' => 'tool' ) );
		$attached = array();
		foreach ( array( 'one', 'two' ) as $alt ) {
			$attached[] = $image = wp_insert_attachment( array( 'post_title' => $alt, 'post_mime_type' => 'image/png' ), false, $id );
			update_post_meta( $image, '_wp_attachment_image_alt', $alt );
		}
		update_post_meta( $id, '_thumbnail_id', $attached[1] );
		self::assertSame(
			array( array( 'id' => $attached[1], 'alt' => 'two' ), array( 'id' => $attached[0], 'alt' => 'one' ) ),
			FactShape::fit( ( new PostTypeFacts() )->facts( get_post( $id ) ) )['images']
		);
	}

	private function facts( array $fields ): array {
		return FactShape::fit( ( new PostTypeFacts() )->facts( get_post( $this->post( $fields + array( 'post_type' => 'tool' ) ) ) ) );
	}
}
