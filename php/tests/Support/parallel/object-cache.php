<?php
/**
 * The smallest drop-in that keeps WordPress's object cache in Redis, for tests and measurements. Nothing is kept in the process, so every
 * call is one of Redis. The socket is in BENCH_REDIS_SOCKET.
 */

defined( 'ABSPATH' ) || exit;

function wp_cache_init(): void {
	$GLOBALS['wp_object_cache'] = new class() {
		private Redis $redis;

		public function __construct() {
			$this->redis = new Redis();
			$this->redis->connect( (string) getenv( 'BENCH_REDIS_SOCKET' ) );
		}

		public function add( int|string $key, mixed $data, string $group, int $expire ): bool {
			return (bool) $this->redis->set( "$group:$key", self::pack( $data ), array( 'nx' ) + ( $expire > 0 ? array( 'ex' => $expire ) : array() ) );
		}

		public function set( int|string $key, mixed $data, string $group, int $expire ): bool {
			return (bool) $this->redis->set( "$group:$key", self::pack( $data ), $expire > 0 ? array( 'ex' => $expire ) : array() );
		}

		public function get( int|string $key, string $group, ?bool &$found = null ): mixed {
			$value = $this->redis->get( "$group:$key" );
			$found = false !== $value;
			return self::unpack( $value );
		}

		/**
		 * @param list<int|string> $keys
		 * @return array<int|string, mixed>
		 */
		public function get_multiple( array $keys, string $group ): array {
			return array_combine( $keys, array_map( self::unpack( ... ), $this->redis->mGet( array_map( static fn( int|string $key ) => "$group:$key", $keys ) ) ) );
		}

		/** As WordPress's own: a key that is not there is not counted. */
		public function count( int|string $key, int $by, string $group ): int|false {
			$script = "if redis.call('exists', KEYS[1]) == 1 then return redis.call('incrby', KEYS[1], ARGV[1]) end return false";
			return $this->redis->eval( $script, array( "$group:$key", $by ), 1 );
		}

		public function delete( int|string $key, string $group ): bool {
			return (bool) $this->redis->del( "$group:$key" );
		}

		public function flush(): bool {
			return $this->redis->flushDB();
		}

		private static function pack( mixed $data ): string {
			return is_int( $data ) ? (string) $data : serialize( $data );
		}

		private static function unpack( mixed $value ): mixed {
			return ! is_string( $value ) ? false : ( 1 === preg_match( '/^-?\d+$/D', $value ) ? (int) $value : unserialize( $value ) ); // phpcs:ignore -- our own values, in a test.
		}
	};
}

function wp_cache_add( int|string $key, mixed $data, string $group = '', int $expire = 0 ): bool {
	return $GLOBALS['wp_object_cache']->add( $key, $data, '' === $group ? 'default' : $group, $expire );
}

function wp_cache_set( int|string $key, mixed $data, string $group = '', int $expire = 0 ): bool {
	return $GLOBALS['wp_object_cache']->set( $key, $data, '' === $group ? 'default' : $group, $expire );
}

function wp_cache_replace( int|string $key, mixed $data, string $group = '', int $expire = 0 ): bool {
	return wp_cache_set( $key, $data, $group, $expire );
}

function wp_cache_get( int|string $key, string $group = '', bool $force = false, ?bool &$found = null ): mixed {
	return $GLOBALS['wp_object_cache']->get( $key, '' === $group ? 'default' : $group, $found );
}

/**
 * @param list<int|string> $keys
 * @return array<int|string, mixed>
 */
function wp_cache_get_multiple( array $keys, string $group = '', bool $force = false ): array {
	return array() === $keys ? array() : $GLOBALS['wp_object_cache']->get_multiple( $keys, '' === $group ? 'default' : $group );
}

function wp_cache_incr( int|string $key, int $offset = 1, string $group = '' ): int|false {
	return $GLOBALS['wp_object_cache']->count( $key, $offset, '' === $group ? 'default' : $group );
}

function wp_cache_decr( int|string $key, int $offset = 1, string $group = '' ): int|false {
	return $GLOBALS['wp_object_cache']->count( $key, -$offset, '' === $group ? 'default' : $group );
}

function wp_cache_delete( int|string $key, string $group = '' ): bool {
	return $GLOBALS['wp_object_cache']->delete( $key, '' === $group ? 'default' : $group );
}

function wp_cache_flush(): bool {
	return $GLOBALS['wp_object_cache']->flush();
}

function wp_cache_close(): bool {
	return true;
}

function wp_cache_add_global_groups( mixed $groups ): void {}

function wp_cache_add_non_persistent_groups( mixed $groups ): void {}

function wp_cache_switch_to_blog( int $blog_id ): void {}
