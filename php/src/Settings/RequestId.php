<?php

namespace Draftkeeper\Settings;

use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/** The id that one request keeps from the browser to the gateway and back. */
final class RequestId {
	private const UUID = '/^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/D';

	/** The UUID that the caller sent as `X-Request-ID`, or a new one that the request keeps from now on. */
	public static function of( WP_REST_Request $request ): string {
		$given = strtolower( (string) $request->get_header( 'x_request_id' ) );
		$id    = self::is_uuid( $given ) ? $given : wp_generate_uuid4();
		$request->set_header( 'x_request_id', $id );
		return $id;
	}

	public static function is_uuid( string $value ): bool {
		return 1 === preg_match( self::UUID, $value );
	}
}
