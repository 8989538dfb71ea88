<?php

namespace Draftkeeper\Facts;

use WP_Post;

defined( 'ABSPATH' ) || exit;

/** Supplies what is known about the product that a post stands for. */
interface ProductFacts {
	/** @return list<string> the post types that this source knows, as of now. */
	public function post_types(): array;

	/** Whether this source knows this post. */
	public function supports( WP_Post $post ): bool;

	/**
	 * The facts, in the contract's shape or near it: too long, too many and badly typed values are put right afterwards.
	 *
	 * @return array<string, mixed>
	 */
	public function facts( WP_Post $post ): array;
}
