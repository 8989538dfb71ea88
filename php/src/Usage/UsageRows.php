<?php

namespace Draftkeeper\Usage;

defined( 'ABSPATH' ) || exit;

/** Rows of the books in the contract's shape, with as much about people and posts as the current user may know. */
final class UsageRows {
	/**
	 * @param list<array<string, ?string>> $rows
	 * @return list<array<string, mixed>> in the same order.
	 */
	public static function shape( array $rows ): array {
		$column = static fn( string $name ): array => array_values( array_unique( array_filter( array_map( fn( array $row ) => (int) $row[ $name ], $rows ) ) ) );
		cache_users( $column( 'user_id' ) );
		_prime_post_caches( $column( 'post_id' ), false, false );
		return array_map( self::row( ... ), $rows );
	}

	/**
	 * People by name; somebody whose account is gone still has a place in the books.
	 *
	 * @param list<int> $user_ids
	 * @return list<array{id: int, name: string}>
	 */
	public static function people( array $user_ids ): array {
		cache_users( $user_ids );
		$people = array_map( self::person( ... ), $user_ids );
		usort( $people, fn( array $one, array $other ) => array( mb_strtolower( $one['name'] ), $one['id'] ) <=> array( mb_strtolower( $other['name'] ), $other['id'] ) );
		return $people;
	}

	/**
	 * @param array<string, ?string> $row
	 * @return array<string, mixed>
	 */
	private static function row( array $row ): array {
		$number = static fn( string $name ): ?int => null === $row[ $name ] ? null : (int) $row[ $name ];
		return array(
			'id'          => (int) $row['id'],
			'job_uuid'    => $row['job_uuid'],
			'attempt'     => (int) $row['attempt'],
			'user'        => (int) $row['user_id'] > 0 ? self::person( (int) $row['user_id'] ) : null,
			'role'        => $row['role'],
			'post'        => null === $row['post_id'] ? null : self::post( (int) $row['post_id'] ),
			'task'        => $row['task'],
			'provider'    => $row['provider'],
			'model'       => $row['model'],
			'tokens_in'   => $number( 'tokens_in' ),
			'tokens_out'  => $number( 'tokens_out' ),
			'cost_micros' => $number( 'cost_micros' ),
			'cached'      => (bool) (int) $row['cached'],
			'queue_ms'    => $number( 'queue_ms' ),
			'provider_ms' => $number( 'provider_ms' ),
			'status'      => $row['status'],
			'error_code'  => $row['error_code'],
			'request_id'  => $row['request_id'],
			'created_at'  => str_replace( ' ', 'T', (string) $row['created_at'] ) . 'Z',
			'day'         => substr( (string) $row['day'], 0, 10 ),
		);
	}

	/** @param bool $may_exist false: that there is no such account is known already. */
	public static function name( int $user_id, bool $may_exist = true ): string {
		$user = $may_exist ? get_userdata( $user_id ) : false;
		/* translators: %d: id of a user account that no longer exists. */
		return false === $user ? sprintf( __( 'Deleted user %d', 'draftkeeper' ), $user_id ) : $user->display_name;
	}

	/** Null for a post that is gone, or that the current user may not read. */
	public static function title( int $post_id ): ?string {
		$post = get_post( $post_id );
		// WordPress complains when it is asked about a type that a deactivated plugin has left behind.
		$is_readable = null !== $post && post_type_exists( $post->post_type ) && current_user_can( 'read_post', $post_id );
		return $is_readable ? html_entity_decode( wp_strip_all_tags( $post->post_title ), ENT_QUOTES | ENT_HTML5 ) : null;
	}

	/** @return array{id: int, name: string} */
	private static function person( int $user_id ): array {
		return array(
			'id'   => $user_id,
			'name' => self::name( $user_id ),
		);
	}

	/** @return array{id: int, title: ?string, edit_url: ?string} as much of a post as the current user may know. */
	public static function post( int $post_id ): array {
		$post = get_post( $post_id );
		$is_known = null !== $post && post_type_exists( $post->post_type );
		return array(
			'id'       => $post_id,
			'title'    => self::title( $post_id ),
			'edit_url' => $is_known && current_user_can( 'edit_post', $post_id ) ? get_edit_post_link( $post, 'raw' ) : null,
		);
	}
}
