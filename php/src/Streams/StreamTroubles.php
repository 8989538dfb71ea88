<?php

namespace Draftkeeper\Streams;

use Closure;

defined( 'ABSPATH' ) || exit;

/**
 * What browsers have met where they could not read a stream: told when one asks for another ticket, remembered for a day. People are not
 * bothered with it, because their drafts come all the same; whoever runs the site should know.
 */
final class StreamTroubles {
	private const NAME = 'draftkeeper_stream_troubles';
	/** What one person's browser tells within this time is one trouble. */
	private const ONCE_SECONDS = 600;
	private const MAX          = 50;

	/** @param Closure(): int $now */
	public function __construct( private readonly Closure $now ) {}

	public function note( int $user_id, string $what ): void {
		$known = $this->recent();
		$now   = ( $this->now )();
		foreach ( $known as $trouble ) {
			if ( $trouble['user_id'] === $user_id && $trouble['at'] > $now - self::ONCE_SECONDS ) {
				return;
			}
		}
		$known[] = array( 'what' => $what, 'user_id' => $user_id, 'at' => $now );
		set_transient( self::NAME, array_slice( $known, -self::MAX ), DAY_IN_SECONDS );
	}

	/** @return list<array{what: string, user_id: int, at: int}> of the last day, the oldest first. */
	public function recent(): array {
		$recent = array();
		$known  = get_transient( self::NAME );
		foreach ( is_array( $known ) ? $known : array() as $trouble ) {
			if ( is_array( $trouble ) && isset( $trouble['what'], $trouble['user_id'], $trouble['at'] ) && $trouble['at'] > ( $this->now )() - DAY_IN_SECONDS ) {
				$recent[] = array( 'what' => (string) $trouble['what'], 'user_id' => (int) $trouble['user_id'], 'at' => (int) $trouble['at'] );
			}
		}
		return $recent;
	}

	/** Somebody has changed what may be the cause. */
	public static function forget(): void {
		delete_transient( self::NAME );
	}
}
