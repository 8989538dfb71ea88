<?php

namespace Draftkeeper\Demo;

defined( 'ABSPATH' ) || exit;

/** Fills the shop once; a product that is there already, changed or not, stays as it is. */
final class Seed {
	private const OPTION  = 'draftkeeper_demo_seeded';
	private const VERSION = '1';

	public function register( string $plugin_file ): void {
		register_activation_hook( $plugin_file, $this->activate( ... ) );
		add_action( 'admin_init', $this->run( ... ) );
	}

	private function activate(): void {
		( new ProductType() )->add();
		$this->run();
		flush_rewrite_rules();
	}

	public function run(): void {
		if ( get_option( self::OPTION ) === self::VERSION ) {
			return;
		}
		wp_defer_term_counting( true );
		foreach ( require dirname( __DIR__ ) . '/products.php' as $place => $product ) {
			if ( null === get_page_by_path( $product['slug'], OBJECT, ProductType::NAME ) ) {
				$this->add( $product, $place );
			}
		}
		wp_defer_term_counting( false );
		update_option( self::OPTION, self::VERSION, true );
	}

	/** @param array<string, mixed> $product */
	private function add( array $product, int $place ): void {
		// One minute apart, the first product the newest, so that lists keep the order.
		$date    = gmdate( 'Y-m-d H:i:s', time() - DAY_IN_SECONDS - $place * MINUTE_IN_SECONDS );
		$post_id = wp_insert_post(
			wp_slash(
				array(
					'post_type'     => ProductType::NAME,
					'post_status'   => 'publish',
					'post_name'     => $product['slug'],
					'post_title'    => $product['name'],
					'post_content'  => $product['content'] ?? '',
					'post_author'   => get_current_user_id() ?: 1,
					'post_date'     => get_date_from_gmt( $date ),
					'post_date_gmt' => $date,
					'meta_input'    => array(
						'dk_sku'        => $product['sku'],
						'dk_price'      => $product['price'],
						'dk_currency'   => 'EUR',
						'dk_attributes' => array_map( static fn( array $attribute ) => array( 'name' => $attribute[0], 'value' => $attribute[1], 'unit' => $attribute[2] ?? null ), $product['attributes'] ),
					),
				)
			)
		);
		if ( ! is_int( $post_id ) || 0 === $post_id ) {
			return;
		}
		wp_set_object_terms( $post_id, $product['categories'], ProductType::CATEGORY );
		wp_set_object_terms( $post_id, $product['tags'], ProductType::TAG );
		$this->add_picture( $post_id, $product );
	}

	/** @param array<string, mixed> $product */
	private function add_picture( int $post_id, array $product ): void {
		$file = wp_upload_bits( "{$product['slug']}.png", null, Picture::png( $product['backdrop'], $product['picture'] ) );
		if ( false !== $file['error'] ) {
			return;
		}
		$picture_id = wp_insert_attachment(
			array( 'post_title' => $product['name'], 'post_mime_type' => 'image/png', 'post_status' => 'inherit', 'guid' => $file['url'] ),
			$file['file'],
			$post_id
		);
		// Sizes are not made: the pictures are small, and making them would take most of the time.
		wp_update_attachment_metadata(
			$picture_id,
			array( 'width' => Picture::WIDTH, 'height' => Picture::HEIGHT, 'file' => _wp_relative_upload_path( $file['file'] ), 'filesize' => (int) filesize( $file['file'] ), 'sizes' => array() )
		);
		if ( '' !== $product['alt'] ) {
			update_post_meta( $picture_id, '_wp_attachment_image_alt', $product['alt'] );
		}
		set_post_thumbnail( $post_id, $picture_id );
	}
}
