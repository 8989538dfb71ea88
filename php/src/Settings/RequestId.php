<?php

namespace Draftkeeper\Settings;

use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/**
 * The id that one request keeps from the browser to the provider and back. Without its dashes it is the trace-id of W3C's Trace Context:
 * where a request comes with a trace, that names it, so that whoever follows traces finds it.
 */
final class RequestId {
	private const UUID = '/^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/D';

	private const ANY = '/^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/D';

	/** Version, trace-id, span of the caller, flags; a later version may have more behind it. */
	private const TRACEPARENT = '/^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/D';

	/** The id that the caller's `traceparent` or `X-Request-ID` tells, or a new one; the request keeps it from now on. */
	public static function of( WP_REST_Request $request ): string {
		$given = strtolower( (string) $request->get_header( 'x_request_id' ) );
		$id    = self::of_trace( (string) $request->get_header( 'traceparent' ) ) ?? ( self::is_uuid( $given ) ? $given : wp_generate_uuid4() );
		$request->set_header( 'x_request_id', $id );
		return $id;
	}

	/** A request id as we write it, of one or of a trace-id in any case; null for anything else. */
	public static function parse( string $text ): ?string {
		$is_one = 1 === preg_match( self::ANY, strtolower( trim( $text ) ), $parts ) && '' !== trim( $parts[0], '0-' );
		return $is_one ? implode( '-', array_slice( $parts, 1 ) ) : null;
	}

	/** The `traceparent` of a request that we send, each a span of its own. All are to be recorded: there are few, and nobody knows any more what was said at first. */
	public static function traceparent( string $request_id ): string {
		return '00-' . str_replace( '-', '', $request_id ) . '-' . bin2hex( random_bytes( 8 ) ) . '-01';
	}

	private static function of_trace( string $header ): ?string {
		$is_one = 1 === preg_match( self::TRACEPARENT, trim( $header ), $parts ) && ( '00' !== $parts[1] || ! isset( $parts[4] ) ) && '' !== trim( $parts[3], '0' );
		return $is_one ? self::parse( $parts[2] ) : null;
	}

	public static function is_uuid( string $value ): bool {
		return 1 === preg_match( self::UUID, $value );
	}
}
