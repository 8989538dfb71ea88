<?php

namespace Draftkeeper\Limits;

defined( 'ABSPATH' ) || exit;

/**
 * Windows in the external object cache, where `set_transient()` would put them; usually one call of the cache per try.
 *
 * Each bucket has a counter that begins at what the bucket before has taken, so that counting up tells the fill of both at once.
 * Beside it stand that beginning (`…:carried`) and, once it was full, when that was and at how many tries (`…:full`).
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
			wp_cache_set( "$name:$start:full", array( $now, $limit ), self::GROUP, 3 * $seconds );
		}
		return new Taken( true, new Window( $start, 0, $count, $now ) );
	}

	public function give_back( string $name, int $seconds, int $now ): void {
		$key = "$name:" . Window::start_at( $now, $seconds );
		wp_cache_delete( "$key:full", self::GROUP );
		wp_cache_decr( $key, 1, self::GROUP );
	}

	public function read( string $name, int $seconds, int $now ): Window {
		$start  = Window::start_at( $now, $seconds );
		$window = $this->bucket( $name, $start );
		$before = $this->bucket( $name, $start - $seconds );
		if ( null === $window ) {
			return ( $before ?? new Window( $start ) )->at( $now, $seconds );
		}
		if ( null !== $before?->last && $before->last + $seconds <= $now ) {
			return new Window( $start, 0, $window->count - $window->carried, $window->last );
		}
		return new Window( $start, $window->carried, $window->count, $window->last ?? $before?->last );
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
		$start = Window::start_at( $now, $seconds );
		return max( 0, $this->bucket( $name, $start - $seconds )?->at( $now, $seconds )->carried ?? 0 );
	}

	/** Takes the bucket before off a counter when that was full so long ago that its tries have left the window; once. */
	private function drop_carried( string $name, int $seconds, int $now ): bool {
		$start   = Window::start_at( $now, $seconds );
		$full_at = $this->bucket( $name, $start - $seconds )?->last;
		$carried = (int) wp_cache_get( "$name:$start:carried", self::GROUP, true );
		if ( null === $full_at || $full_at + $seconds > $now || 0 === $carried || ! wp_cache_add( "$name:$start:dropped", 1, self::GROUP, 3 * $seconds ) ) {
			return false;
		}
		wp_cache_delete( "$name:$start:full", self::GROUP );
		wp_cache_set( "$name:$start:carried", 0, self::GROUP, 3 * $seconds );
		wp_cache_decr( "$name:$start", $carried, self::GROUP );
		return true;
	}

	/** One bucket as it is stored; its `last` is known only when it is full, for then there is none after it. */
	private function bucket( string $name, int $start ): ?Window {
		list( $count, $carried, $full ) = array_values( wp_cache_get_multiple( array( "$name:$start", "$name:$start:carried", "$name:$start:full" ), self::GROUP, true ) );
		if ( ! is_numeric( $count ) ) {
			return null;
		}
		// The limit may have been raised since.
		return new Window( $start, (int) $carried, (int) $count, is_array( $full ) && (int) $count <= $full[1] ? $full[0] : null );
	}
}
