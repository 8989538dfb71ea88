<?php

namespace Draftkeeper\Limits;

defined( 'ABSPATH' ) || exit;

/**
 * Windows in the external object cache, where `set_transient()` would put them; usually one call of the cache per try.
 *
 * Each bucket has a counter that begins at what the bucket before has taken, so that counting up tells the fill of both at once.
 * Beside it stand that beginning (`…:carried`) and, once it was full, when that was (`…:full`).
 */
final class CachedTransientStore implements WindowStore {
	private const GROUP = 'transient';

	public function take( string $name, int $limit, int $seconds, int $now ): Taken {
		$start = Window::start_at( $now, $seconds );
		$count = $this->count_up( $name, $seconds, $now );
		if ( $count > $limit ) {
			wp_cache_decr( "$name:$start", 1, self::GROUP );
			if ( ! $this->drop_carried( $name, $seconds, $now ) ) {
				return new Taken( false, $this->read( $name, $seconds, $now ) );
			}
			$count = $this->count_up( $name, $seconds, $now );
			if ( $count > $limit ) {
				wp_cache_decr( "$name:$start", 1, self::GROUP );
				return new Taken( false, $this->read( $name, $seconds, $now ) );
			}
		}
		if ( $count === $limit ) {
			wp_cache_set( "$name:$start:full", $now, self::GROUP, 3 * $seconds );
		}
		return new Taken( true, new Window( $start, 0, $count, $now ) );
	}

	public function give_back( string $name, int $seconds, int $now ): void {
		wp_cache_decr( "$name:" . Window::start_at( $now, $seconds ), 1, self::GROUP );
	}

	public function read( string $name, int $seconds, int $now ): Window {
		$start  = Window::start_at( $now, $seconds );
		$before = $start - $seconds;
		$values = wp_cache_get_multiple( array( "$name:$start", "$name:$start:carried", "$name:$start:full", "$name:$before", "$name:$before:carried", "$name:$before:full" ), self::GROUP, true );

		list( $count, $carried, $full, $count_before, $carried_before, $full_before ) = array_map( static fn( mixed $value ) => false === $value ? null : (int) $value, array_values( $values ) );
		if ( null === $count ) {
			return ( new Window( $before, $carried_before ?? 0, $count_before ?? 0, $full_before ) )->at( $now, $seconds );
		}
		if ( null !== $full_before && $full_before + $seconds <= $now ) {
			return new Window( $start, 0, $count - ( $carried ?? 0 ), $full );
		}
		return new Window( $start, $carried ?? 0, $count, $full ?? $full_before );
	}

	private function count_up( string $name, int $seconds, int $now ): int {
		$key   = "$name:" . Window::start_at( $now, $seconds );
		$count = wp_cache_incr( $key, 1, self::GROUP );
		// Some caches count a missing key up from nothing, others say that it is missing. Either way, who comes first carries over.
		if ( false === $count || ( 1 === $count && false === wp_cache_get( "$key:carried", self::GROUP, true ) ) ) {
			$carried = $this->carried( $name, $seconds, $now );
			$is_mine = wp_cache_add( "$key:carried", $carried, self::GROUP, 3 * $seconds );
			if ( false === $count ) {
				wp_cache_add( $key, $carried, self::GROUP, 3 * $seconds );
				$count = wp_cache_incr( $key, 1, self::GROUP );
			} elseif ( $is_mine && $carried > 0 ) {
				$count = wp_cache_incr( $key, $carried, self::GROUP );
			}
		}
		return false === $count ? throw new \RuntimeException( 'The object cache does not count.' ) : (int) $count;
	}

	/** What the bucket before this one has taken and still holds. */
	private function carried( string $name, int $seconds, int $now ): int {
		$before = Window::start_at( $now, $seconds ) - $seconds;
		$values = wp_cache_get_multiple( array( "$name:$before", "$name:$before:carried", "$name:$before:full" ), self::GROUP, true );

		list( $count, $carried, $full ) = array_values( $values );
		return false !== $full && (int) $full + $seconds <= $now ? 0 : max( 0, (int) $count - (int) $carried );
	}

	/** Takes the bucket before off a counter when that is so long ago that it was full that its tries have left the window; once. */
	private function drop_carried( string $name, int $seconds, int $now ): bool {
		$start   = Window::start_at( $now, $seconds );
		$full    = wp_cache_get( "$name:" . ( $start - $seconds ) . ':full', self::GROUP, true );
		$carried = (int) wp_cache_get( "$name:$start:carried", self::GROUP, true );
		if ( false === $full || (int) $full + $seconds > $now || 0 === $carried || ! wp_cache_add( "$name:$start:dropped", 1, self::GROUP, 3 * $seconds ) ) {
			return false;
		}
		wp_cache_set( "$name:$start:carried", 0, self::GROUP, 3 * $seconds );
		wp_cache_decr( "$name:$start", $carried, self::GROUP );
		return true;
	}
}
