<?php

namespace Draftkeeper\Tests\Integration\Facts;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Demo\Picture;
use Draftkeeper\Demo\ProductType;
use Draftkeeper\Demo\Seed;
use Draftkeeper\Facts\FactProblems;
use Draftkeeper\Facts\FactSources;
use Draftkeeper\Facts\PostTypeFacts;
use Draftkeeper\Facts\WooCommerceFacts;
use Draftkeeper\Tests\Support\IntegrationTestCase;

/** The demo shop is the shop of these tests. */
final class FactSourcesTest extends IntegrationTestCase {
	private FactSources $sources;

	protected function setUp(): void {
		parent::setUp();
		require_once dirname( __DIR__, 4 ) . '/tools/demo/draftkeeper-demo.php';
		( new ProductType() )->add();
		$this->sources = new FactSources( new WooCommerceFacts(), new PostTypeFacts() );
	}

	public function test_every_product_of_the_shop_gives_facts_of_the_contract(): void {
		( new Seed( $GLOBALS['wpdb'] ) )->run();
		$posts = get_posts( array( 'post_type' => ProductType::NAME, 'numberposts' => -1 ) );
		self::assertGreaterThanOrEqual( 12, count( $posts ) );
		foreach ( $posts as $post ) {
			$facts  = $this->sources->of( $post );
			$answer = json_decode( (string) wp_json_encode( array( 'facts' => $facts, 'problems' => FactProblems::of( $facts ) ) ) );
			self::assertSame( array(), Contract::check( 'facts_answer', $answer ), $post->post_name );
		}
	}

	public function test_filling_the_shop_twice_adds_nothing(): void {
		( new Seed( $GLOBALS['wpdb'] ) )->run();
		$count = (int) wp_count_posts( ProductType::NAME )->publish;
		delete_option( 'draftkeeper_demo_seeded' );
		( new Seed( $GLOBALS['wpdb'] ) )->run();
		self::assertSame( $count, (int) wp_count_posts( ProductType::NAME )->publish );
	}

	public function test_a_picture_of_the_shop_is_one_that_wordpress_can_read(): void {
		( new Seed( $GLOBALS['wpdb'] ) )->run();
		$post = get_page_by_path( 'oak-side-table', OBJECT, ProductType::NAME );
		$size = getimagesize( (string) get_attached_file( (int) get_post_thumbnail_id( $post ) ) );
		self::assertSame( array( Picture::WIDTH, Picture::HEIGHT, 'image/png' ), array( $size[0], $size[1], $size['mime'] ) );
	}

	public function test_a_complete_product_has_no_problems(): void {
		( new Seed( $GLOBALS['wpdb'] ) )->run();
		$facts = $this->sources->of( get_page_by_path( 'oak-side-table', OBJECT, ProductType::NAME ) );
		self::assertSame( 'Round oak side table', $facts['name'] );
		self::assertSame( 'FU-1042', $facts['sku'] );
		self::assertSame( array( 'amount' => '129.00', 'currency' => 'EUR' ), $facts['price'] );
		self::assertSame( array( 'Furniture' ), $facts['categories'] );
		self::assertContains( 'oak', $facts['tags'] );
		self::assertContains( array( 'name' => 'Diameter', 'value' => '42', 'unit' => 'cm' ), $facts['attributes'] );
		self::assertSame( 'Round side table of oiled oak with three legs', $facts['images'][0]['alt'] );
		self::assertNull( $facts['existing_text'] );
		self::assertSame( array(), FactProblems::of( $facts ) );
	}

	public function test_what_is_wrong_with_the_shops_data_is_named(): void {
		( new Seed( $GLOBALS['wpdb'] ) )->run();
		$found = array();
		foreach ( get_posts( array( 'post_type' => ProductType::NAME, 'numberposts' => -1 ) ) as $post ) {
			$found[ $post->post_name ] = array_map( fn( array $problem ) => "{$problem['kind']} {$problem['field']}", FactProblems::of( $this->sources->of( $post ) ) );
		}
		self::assertEquals(
			array(
				'oak-side-table' => array(),
				'dinner-plates' => array( 'contradictory attributes.Pieces' ),
				'trail-running-shoes' => array( 'missing images.0', 'contradictory attributes.Weight', 'contradictory attributes.Colour' ),
				'walnut-desk-140' => array( 'contradictory name' ),
				'cast-iron-skillet' => array( 'dirty name', 'dirty attributes.Finish', 'dirty attributes.Hobs', 'dirty attributes.Wall' ),
				'bluetooth-speaker' => array( 'dirty existing_text', 'dirty attributes.Battery life', 'dirty attributes.Weight', 'dirty price' ),
				'wool-rug' => array( 'missing attributes' ),
				'beeswax-candle' => array( 'missing categories', 'missing attributes.Height', 'missing images.0' ),
				'merino-crew-neck-sweater' => array(),
				'gooseneck-kettle' => array(),
				'desk-lamp-led' => array(),
				'insulated-bottle-750' => array(),
				'leather-weekender' => array(),
				'balance-bike' => array(),
				'chefs-knife-20' => array(),
			),
			$found
		);
	}

	public function test_a_post_type_without_support_has_no_facts(): void {
		self::assertNull( $this->sources->of( get_post( $this->post( array( 'post_type' => 'page' ) ) ) ) );
		self::assertSame( array( ProductType::NAME ), $this->sources->post_types() );
	}

	public function test_other_plugins_can_correct_facts_but_not_break_their_shape(): void {
		$post = get_post( $this->post( array( 'post_type' => ProductType::NAME, 'post_title' => 'Cup' ) ) );
		add_filter(
			'draftkeeper_product_facts',
			static fn( array $facts, \WP_Post $filtered ): array => array(
				'name'       => "{$facts['name']} {$filtered->ID}",
				'categories' => 'none',
				'tags'       => array( str_repeat( 'ü', 300 ), new \stdClass(), 7, 7 ),
				'attributes' => array( array( 'name' => 'Height', 'value' => 9, 'unit' => 'cm' ), array( 'name' => 'Broken' ), 'broken' ),
				'price'      => array( 'amount' => '12,50', 'currency' => 'eur' ),
				'images'     => array( array( 'id' => '7' ), array( 'id' => 8, 'alt' => null ) ),
				'unknown'    => true,
			),
			10,
			2
		);
		$facts = $this->sources->of( $post );
		self::assertSame( "Cup {$post->ID}", $facts['name'] );
		self::assertSame( array(), $facts['categories'] );
		self::assertSame( array( str_repeat( 'ü', 100 ), '7' ), $facts['tags'] );
		self::assertSame( array( array( 'name' => 'Height', 'value' => '9', 'unit' => 'cm' ) ), $facts['attributes'] );
		self::assertNull( $facts['price'] );
		self::assertSame( array( array( 'id' => 8, 'alt' => '' ) ), $facts['images'] );
		self::assertSame( array(), Contract::check( 'facts_answer', json_decode( (string) wp_json_encode( array( 'facts' => $facts, 'problems' => array() ) ) ) ) );

		add_filter( 'draftkeeper_product_facts', '__return_false', 20 );
		self::assertSame( '', $this->sources->of( $post )['name'] );
	}
}
