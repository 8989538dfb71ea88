<?php

namespace Draftkeeper\Limits;

defined( 'ABSPATH' ) || exit;

/**
 * How far a sliding window of two buckets is filled.
 *
 * Buckets begin at whole multiples of the window. What the bucket before has taken counts in full until the present one ends, so that no
 * window of this length, wherever it begins, ever holds more than the limit. A window that is full opens earlier, when its last try
 * has left it.
 */
final class Window {
	/**
	 * @param int      $start   When the present bucket began.
	 * @param int      $carried Tries of the bucket before.
	 * @param int      $count   Tries of both.
	 * @param int|null $last    When the last try was let in; null where that is not known.
	 */
	public function __construct(
		public readonly int $start,
		public readonly int $carried = 0,
		public readonly int $count = 0,
		public readonly ?int $last = null,
	) {}

	public static function start_at( int $now, int $seconds ): int {
		return $now - $now % $seconds;
	}

	/** The same window later on: buckets that have gone by are forgotten. */
	public function at( int $now, int $seconds ): self {
		$start = self::start_at( $now, $seconds );
		// A bucket far in the future is one that a wrong clock has written.
		if ( $this->start > $now + $seconds || $start > $this->start + $seconds || ( null !== $this->last && $this->last + $seconds <= $now ) ) {
			return new self( $start );
		}
		return $start <= $this->start ? $this : new self( $start, $this->count - $this->carried, $this->count - $this->carried, $this->last );
	}

	public function remaining( int $limit ): int {
		return max( 0, $limit - $this->count );
	}

	/** When there is room again; only of a window that is full. */
	public function opens_at( int $limit, int $seconds ): int {
		$end  = $this->start + $seconds;
		$last = ( $this->last ?? $end ) + $seconds;
		return $this->count - $this->carried >= $limit ? $last : min( $end, $last );
	}

	/** When the tries that count now will all have left the bucket that holds them back, if there are no more. */
	public function resets_at( int $seconds ): int {
		$end = $this->start + $seconds;
		return $this->count > $this->carried && 0 === $this->carried ? $end + $seconds : $end;
	}
}
