<?php

namespace Draftkeeper\Facts;

use WP_Post;

defined( 'ABSPATH' ) || exit;

/** What every post tells, whatever its type: name, text, terms, images. */
final class PostContent {
	private const OWN_BLOCK = 'draftkeeper/product-description';

	private const MAX_IMAGES = 8;

	/** The title as people read it; none while nobody has given one. */
	public static function name( WP_Post $post ): string {
		return 'auto-draft' === $post->post_status ? '' : self::plain( $post->post_title );
	}

	/** The text that the post holds beside our own block. Dynamic blocks are not run for it. */
	public static function text( WP_Post $post ): string {
		$html = implode( "\n\n", array_map( self::block_html( ... ), parse_blocks( $post->post_content ) ) );
		return self::plain( (string) preg_replace( '~</(?:p|h[1-6]|li|div|tr|blockquote|figcaption)>|<br\s*/?>~i', "$0\n", strip_shortcodes( $html ) ) );
	}

	/** @return list<string> names of the terms of all hierarchical, or of all flat taxonomies that people see. */
	public static function terms( WP_Post $post, bool $is_hierarchical ): array {
		$taxonomies = array_filter(
			get_object_taxonomies( $post, 'objects' ),
			static fn( \WP_Taxonomy $taxonomy ) => $taxonomy->hierarchical === $is_hierarchical && $taxonomy->show_ui && 'post_format' !== $taxonomy->name
		);
		if ( array() === $taxonomies ) {
			return array();
		}
		$terms = wp_get_object_terms( $post->ID, array_keys( $taxonomies ) );
		$names = array();
		foreach ( is_array( $terms ) ? $terms : array() as $term ) {
			// "Uncategorized" is where WordPress puts what nobody has sorted.
			$default = (int) get_option( 'category' === $term->taxonomy ? 'default_category' : "default_{$term->taxonomy}" );
			if ( $term->term_id !== $default ) {
				$names[] = self::plain( $term->name );
			}
		}
		return $names;
	}

	/** @return list<array{id: int, alt: string}> the featured image first, then those that were uploaded to the post. */
	public static function images( WP_Post $post ): array {
		$attached = array_keys( get_attached_media( 'image', $post ) );
		return self::images_of( array( (int) get_post_thumbnail_id( $post ), ...$attached ) );
	}

	/**
	 * @param array<int|string> $ids of attachments, in the order that counts.
	 * @return list<array{id: int, alt: string}>
	 */
	public static function images_of( array $ids ): array {
		$ids = array_slice( array_values( array_unique( array_filter( array_map( 'intval', $ids ) ) ) ), 0, self::MAX_IMAGES );
		_prime_post_caches( $ids, false, true );
		return array_map( static fn( int $id ) => array( 'id' => $id, 'alt' => self::plain( (string) get_post_meta( $id, '_wp_attachment_image_alt', true ) ) ), $ids );
	}

	public static function plain( string $html ): string {
		return trim( html_entity_decode( wp_strip_all_tags( $html ), ENT_QUOTES | ENT_HTML5, 'UTF-8' ) );
	}

	/** @param array<string, mixed> $block */
	private static function block_html( array $block ): string {
		if ( self::OWN_BLOCK === $block['blockName'] ) {
			return '';
		}
		$inner = $block['innerBlocks'];
		$html  = '';
		foreach ( $block['innerContent'] as $piece ) {
			$html .= $piece ?? self::block_html( array_shift( $inner ) );
		}
		return $html;
	}
}
