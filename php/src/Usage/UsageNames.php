<?php

namespace Draftkeeper\Usage;

defined( 'ABSPATH' ) || exit;

/** Names of people and titles of posts for many rows of the books, each looked up once; what is gone costs no query of its own. */
final class UsageNames {
	/** More than this many, and what was learnt is forgotten: an export must not grow with the site. */
	private const MAX_NAMES = 10000;

	/** @var array<int, string> */
	private array $people = array();

	/** @var array<int, ?string> */
	private array $titles = array();

	/** @param list<\stdClass> $rows of the log, whose names are wanted next. */
	public function learn( array $rows ): void {
		if ( count( $this->people ) + count( $this->titles ) > self::MAX_NAMES ) {
			$this->people = array();
			$this->titles = array();
		}
		$people = array_keys( array_diff_key( array_flip( array_filter( array_map( 'intval', array_column( $rows, 'user_id' ) ) ) ), $this->people ) );
		cache_users( $people );
		$known = array_filter( wp_cache_get_multiple( $people, 'users' ) );
		foreach ( $people as $id ) {
			$this->people[ $id ] = UsageRows::name( $id, isset( $known[ $id ] ) );
		}

		$posts = array_keys( array_diff_key( array_flip( array_filter( array_map( 'intval', array_column( $rows, 'post_id' ) ) ) ), $this->titles ) );
		_prime_post_caches( $posts, false, false );
		$known = array_filter( wp_cache_get_multiple( $posts, 'posts' ) );
		foreach ( $posts as $id ) {
			$this->titles[ $id ] = isset( $known[ $id ] ) ? UsageRows::title( $id ) : null;
		}
	}

	public function person( int $user_id ): ?string {
		return $this->people[ $user_id ] ?? null;
	}

	/** Null for a post that is gone, or that the current user may not read. */
	public function title( int $post_id ): ?string {
		return $this->titles[ $post_id ] ?? null;
	}
}
