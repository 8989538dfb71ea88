<?php

namespace Draftkeeper\Facts;

use WP_Post;

defined( 'ABSPATH' ) || exit;

/** All sources of product facts; the first that knows a post speaks for it. */
final class FactSources {
	/** @var list<ProductFacts> */
	private readonly array $sources;

	public function __construct( ProductFacts ...$sources ) {
		$this->sources = array_values( $sources );
	}

	/** @return list<string> */
	public function post_types(): array {
		return array_values( array_unique( array_merge( ...array_map( fn( ProductFacts $source ) => $source->post_types(), $this->sources ) ) ) );
	}

	/**
	 * Facts in the contract's shape; only the name may be empty.
	 *
	 * @return array<string, mixed>|null null when no source knows the post.
	 */
	public function of( WP_Post $post ): ?array {
		foreach ( $this->sources as $source ) {
			if ( $source->supports( $post ) ) {
				/**
				 * Filters the facts about a product before anybody sees them.
				 *
				 * @param array   $facts In the contract's shape `product_facts`; what does not fit is put right or left out.
				 * @param WP_Post $post  The post that stands for the product.
				 */
				$facts = apply_filters( 'draftkeeper_product_facts', FactShape::fit( $source->facts( $post ) ), $post );
				return FactShape::fit( is_array( $facts ) ? $facts : array() );
			}
		}
		return null;
	}
}
