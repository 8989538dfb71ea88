<?php

namespace Draftkeeper\Demo;

use wpdb;

defined( 'ABSPATH' ) || exit;

/**
 * Fills the shop once; a product that is there already, changed or not, stays as it is.
 *
 * Everything is one transaction, and meta and terms are written in one statement each: on a slow PHP the seeding would
 * otherwise take most of the time until the site can be used.
 */
final class Seed {
	private const OPTION  = 'draftkeeper_demo_seeded';
	private const VERSION = '1';

	/** @var list<array{int, string, string}> post id, key and value of meta to write */
	private array $meta = array();

	/** @var array<string, int> term_taxonomy_id by taxonomy and name */
	private array $terms = array();

	/** @var list<array{int, int}> post id and term_taxonomy_id to write */
	private array $relations = array();

	public function __construct( private readonly wpdb $database ) {}

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
		$this->database->query( 'START TRANSACTION' );
		foreach ( require dirname( __DIR__ ) . '/products.php' as $place => $product ) {
			if ( null === get_page_by_path( $product['slug'], OBJECT, ProductType::NAME ) ) {
				$this->add( $product, $place );
			}
		}
		$this->write( $this->database->postmeta, array( 'post_id', 'meta_key', 'meta_value' ), $this->meta );
		$this->write( $this->database->term_relationships, array( 'object_id', 'term_taxonomy_id' ), $this->relations );
		if ( array() !== $this->terms ) {
			wp_update_term_count_now( array_values( $this->terms ), ProductType::TAG );
		}
		update_option( self::OPTION, self::VERSION, true );
		$this->database->query( 'COMMIT' );
		wp_cache_flush();
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
				)
			)
		);
		if ( 0 === $post_id ) {
			return;
		}
		$attributes = array_map( static fn( array $attribute ) => array( 'name' => $attribute[0], 'value' => $attribute[1], 'unit' => $attribute[2] ?? null ), $product['attributes'] );
		array_push(
			$this->meta,
			array( $post_id, 'dk_sku', $product['sku'] ),
			array( $post_id, 'dk_price', $product['price'] ),
			array( $post_id, 'dk_currency', 'EUR' ),
			array( $post_id, 'dk_attributes', maybe_serialize( $attributes ) )
		);
		foreach ( array( ProductType::CATEGORY => $product['categories'], ProductType::TAG => $product['tags'] ) as $taxonomy => $names ) {
			foreach ( $names as $name ) {
				$this->relations[] = array( $post_id, $this->term( $taxonomy, $name ) );
			}
		}
		$this->add_picture( $post_id, $product );
	}

	private function term( string $taxonomy, string $name ): int {
		$key = "$taxonomy $name";
		if ( ! isset( $this->terms[ $key ] ) ) {
			$term = term_exists( $name, $taxonomy ) ?: wp_insert_term( $name, $taxonomy );

			$this->terms[ $key ] = is_array( $term ) ? (int) $term['term_taxonomy_id'] : 0;
		}
		return $this->terms[ $key ];
	}

	/** @param array<string, mixed> $product */
	private function add_picture( int $post_id, array $product ): void {
		$file = wp_upload_bits( "{$product['slug']}.png", null, Picture::png( $product['backdrop'], $product['picture'] ) );
		if ( false !== $file['error'] ) {
			return;
		}
		$picture_id = wp_insert_attachment(
			array( 'post_title' => $product['name'], 'post_mime_type' => 'image/png', 'post_status' => 'inherit', 'guid' => $file['url'] ),
			false,
			$post_id
		);
		// Sizes are not made: the pictures are small, and making them would take most of the time.
		$path     = (string) _wp_relative_upload_path( $file['file'] );
		$metadata = array( 'width' => Picture::WIDTH, 'height' => Picture::HEIGHT, 'file' => $path, 'filesize' => (int) filesize( $file['file'] ), 'sizes' => array() );
		array_push(
			$this->meta,
			array( $picture_id, '_wp_attached_file', $path ),
			array( $picture_id, '_wp_attachment_metadata', maybe_serialize( $metadata ) ),
			array( $picture_id, '_wp_attachment_image_alt', $product['alt'] ),
			array( $post_id, '_thumbnail_id', (string) $picture_id )
		);
	}

	/**
	 * @param list<string>           $columns
	 * @param list<list<int|string>> $rows
	 */
	private function write( string $table, array $columns, array $rows ): void {
		if ( array() === $rows ) {
			return;
		}
		$values = array_map( fn( array $row ) => '(' . implode( ', ', array_map( fn( int|string $value ) => $this->database->prepare( is_int( $value ) ? '%d' : '%s', $value ), $row ) ) . ')', $rows );
		$this->database->query( $this->database->prepare( 'INSERT INTO %i', $table ) . ' (' . implode( ', ', $columns ) . ') VALUES ' . implode( ', ', $values ) );
	}
}
