<?php

namespace Draftkeeper\Demo;

defined( 'ABSPATH' ) || exit;

/** Shows price and attributes below a product's description. */
final class ProductPage {
	private const STYLE = '
		.dk-facts { margin-block-start: 2rem; padding: 1.5rem; border-radius: 8px; background: #f6f4ef; color: #1e1e1e; }
		.dk-facts__price { margin: 0 0 1rem; font-size: 1.75rem; font-weight: 600; }
		.dk-facts table { width: 100%; border-collapse: collapse; }
		.dk-facts th, .dk-facts td { padding: 0.5rem 0; border-block-end: 1px solid #d9d4c7; text-align: start; vertical-align: top; }
		.dk-facts th { width: 40%; font-weight: 500; color: #50575e; }
		.dk-facts tr:last-child th, .dk-facts tr:last-child td { border: 0; }
	';

	public function register(): void {
		add_filter( 'the_content', $this->add_facts( ... ), 20 );
		add_action( 'wp_enqueue_scripts', $this->add_style( ... ) );
	}

	private function add_facts( string $content ): string {
		$post = get_post();
		if ( null === $post || ProductType::NAME !== $post->post_type || ! is_singular( ProductType::NAME ) || ! in_the_loop() ) {
			return $content;
		}
		$rows = '';
		foreach ( (array) get_post_meta( $post->ID, 'dk_attributes', true ) as $attribute ) {
			if ( is_array( $attribute ) ) {
				$rows .= sprintf( '<tr><th scope="row">%s</th><td>%s</td></tr>', esc_html( $attribute['name'] ), esc_html( rtrim( $attribute['value'] . ' ' . ( $attribute['unit'] ?? '' ) ) ) );
			}
		}
		$price = (string) get_post_meta( $post->ID, 'dk_price', true );
		return $content . sprintf(
			'<section class="dk-facts" aria-label="Product facts">%s%s</section>',
			'' === $price ? '' : sprintf( '<p class="dk-facts__price">%s</p>', esc_html( $price . ' ' . get_post_meta( $post->ID, 'dk_currency', true ) ) ),
			'' === $rows ? '' : "<table><tbody>$rows</tbody></table>"
		);
	}

	private function add_style(): void {
		if ( is_singular( ProductType::NAME ) ) {
			wp_register_style( 'draftkeeper-demo', false, array(), '0.1.0' );
			wp_enqueue_style( 'draftkeeper-demo' );
			wp_add_inline_style( 'draftkeeper-demo', self::STYLE );
		}
	}
}
