<?php

namespace Draftkeeper\Tests\Integration\Facts;

use Draftkeeper\Facts\FactShape;
use Draftkeeper\Facts\WooCommerceFacts;
use Draftkeeper\Tests\Support\IntegrationTestCase;
use WC_Product;
use WC_Product_Attribute;

final class WooCommerceFactsTest extends IntegrationTestCase {
	protected function setUp(): void {
		parent::setUp();
		if ( ! function_exists( 'wc_get_product' ) ) {
			require_once dirname( __DIR__, 2 ) . '/Support/woocommerce.php';
		}
		WC_Product::$all = array();
		register_post_type( 'product', array( 'public' => true, 'supports' => array( 'title', 'editor', 'thumbnail' ) ) );
		register_taxonomy( 'product_cat', 'product', array( 'hierarchical' => true ) );
		register_taxonomy( 'product_tag', 'product' );
		register_taxonomy( 'pa_colour', 'product' );
		update_option( 'woocommerce_weight_unit', 'kg' );
		update_option( 'woocommerce_dimension_unit', 'cm' );
	}

	public function test_a_simple_product_gives_everything_the_shop_states(): void {
		$facts = $this->facts(
			array(
				'sku'        => 'TB-1',
				'price'      => '129.5',
				'weight'     => '5.2',
				'width'      => '42',
				'height'     => '',
				'length'     => '0',
				'attributes' => array( new WC_Product_Attribute( 'pa_colour', array( 1 ), true ), new WC_Product_Attribute( 'legs', array( 'three', 'screwed in' ), false ) ),
			)
		);
		self::assertSame( 'Side table & lamp', $facts['name'] );
		self::assertSame( 'TB-1', $facts['sku'] );
		self::assertSame( array( 'amount' => '129.5', 'currency' => 'EUR' ), $facts['price'] );
		self::assertSame( array( 'Furniture' ), $facts['categories'] );
		self::assertSame( array( 'oak' ), $facts['tags'] );
		self::assertSame(
			array(
				array( 'name' => 'Colour', 'value' => 'Natural', 'unit' => null ),
				array( 'name' => 'Legs', 'value' => 'three, screwed in', 'unit' => null ),
				array( 'name' => 'Weight', 'value' => '5.2', 'unit' => 'kg' ),
				array( 'name' => 'Width', 'value' => '42', 'unit' => 'cm' ),
			),
			$facts['attributes']
		);
		self::assertSame( 'An old text.', $facts['existing_text'] );
	}

	public function test_a_product_with_variations_has_no_price_of_its_own(): void {
		self::assertNull( $this->facts( array( 'type' => 'variable', 'price' => '10' ) )['price'] );
		self::assertNull( $this->facts( array( 'price' => '' ) )['price'] );
		self::assertSame( '20', $this->facts( array( 'price' => '20.00' ) )['price']['amount'] );
	}

	public function test_a_product_that_the_shop_cannot_read_still_has_a_name(): void {
		$post = get_post( $this->post( array( 'post_type' => 'product', 'post_title' => 'Cup' ) ) );
		self::assertSame( 'Cup', FactShape::fit( ( new WooCommerceFacts() )->facts( $post ) )['name'] );
	}

	public function test_only_products_are_its_business(): void {
		$facts = new WooCommerceFacts();
		self::assertSame( array( 'product' ), $facts->post_types() );
		self::assertFalse( $facts->supports( get_post( $this->post() ) ) );
		unregister_post_type( 'product' );
		self::assertSame( array(), $facts->post_types() );
	}

	private function facts( array $data ): array {
		$id = $this->post( array( 'post_type' => 'product', 'post_title' => 'Side table &amp; lamp', 'post_content' => '<p>An old text.</p>' ) );
		wp_set_object_terms( $id, array( 'Furniture' ), 'product_cat' );
		wp_set_object_terms( $id, array( 'oak' ), 'product_tag' );
		wp_set_object_terms( $id, array( 'Natural' ), 'pa_colour' );
		WC_Product::$all[ $id ] = new WC_Product( $id, $data );
		return FactShape::fit( ( new WooCommerceFacts() )->facts( get_post( $id ) ) );
	}
}
