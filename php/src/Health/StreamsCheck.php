<?php

namespace Draftkeeper\Health;

use Draftkeeper\Streams\StreamTickets;
use Draftkeeper\Streams\StreamTroubles;

defined( 'ABSPATH' ) || exit;

/** Whether browsers can read what the gateway streams. Only they know; they tell when they have to ask again. */
final class StreamsCheck {
	/** One may be one person's network. */
	private const ENOUGH = 2;

	public function __construct( private readonly StreamTickets $tickets, private readonly StreamTroubles $troubles ) {}

	/** Null where nothing is streamed. */
	public function find(): ?Finding {
		if ( ! $this->tickets->is_on() ) {
			return null;
		}
		$counts = array_count_values( array_column( $this->troubles->recent(), 'what' ) );
		if ( array_sum( $counts ) < self::ENOUGH ) {
			return Finding::good( __( 'Drafts are shown while they are written', 'draftkeeper' ), __( 'Browsers read the gateway’s stream, or have told of no trouble in the last day.', 'draftkeeper' ) );
		}
		arsort( $counts );
		$all = array_sum( $counts );
		/* translators: %d: number of times */
		$text = sprintf( _n( 'In the last day a browser could not show a draft while it was written, %d time.', 'In the last day browsers could not show drafts while they were written, %d times.', $all, 'draftkeeper' ), $all )
			. ' ' . __( 'The drafts came all the same, at their end.', 'draftkeeper' );
		return Finding::recommended( __( 'Drafts cannot be shown while they are written', 'draftkeeper' ), $text . ' ' . self::cause( (string) array_key_first( $counts ) ), self::next( (string) array_key_first( $counts ) ) );
	}

	private static function cause( string $what ): string {
		return match ( $what ) {
			'kept_back' => __( 'Nothing came within five seconds, although the gateway sends its first event at once: a proxy between gateway and browser collects events before it passes them on.', 'draftkeeper' ),
			'unreachable' => __( 'The browser could not reach the gateway at all.', 'draftkeeper' ),
			default => __( 'Something else than the gateway answered the browser.', 'draftkeeper' ),
		};
	}

	private static function next( string $what ): string {
		$off = __( 'If that cannot be, switch “Show drafts while they are written” off in Draftkeeper’s settings.', 'draftkeeper' );
		return match ( $what ) {
			'kept_back' => __( 'Let every proxy before the gateway pass text/event-stream at once and uncompressed; with nginx: “proxy_buffering off” and “gzip off” for /v1/jobs/.', 'draftkeeper' ),
			'unreachable' => __( 'Open the gateway’s address to the browsers of editors, by https; list other addresses of this site in “origins” of the gateway’s file; and let a Content-Security-Policy of this site allow it in connect-src.', 'draftkeeper' ),
			default => __( 'Let the proxy or firewall before the gateway pass GET requests to /v1/jobs/ with their Authorization header.', 'draftkeeper' ),
		} . ' ' . $off;
	}
}
