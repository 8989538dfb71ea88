<?php

namespace Draftkeeper\Errors;

use Closure;
use Draftkeeper\Settings\RequestId;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** Turns whatever went wrong into the answer of a route; nothing else makes a WP_Error. */
final class ErrorResponse {
	/**
	 * Runs the work of a route.
	 *
	 * @param Closure(): WP_REST_Response $work
	 */
	public static function guard( WP_REST_Request $request, Closure $work ): WP_REST_Response|WP_Error {
		try {
			return $work();
		} catch ( \Throwable $error ) {
			return self::from( $error, RequestId::of( $request ) );
		}
	}

	public static function from( \Throwable $error, string $request_id ): WP_Error {
		if ( $error instanceof ApiError ) {
			return new WP_Error(
				$error->error_code->value,
				$error->getMessage(),
				array( 'status' => $error->status, 'request_id' => $request_id ) + $error->details
			);
		}

		// The caller learns the request id, the log learns the rest.
		Log::error( "request $request_id failed", $error );
		return new WP_Error(
			ErrorCode::InternalError->value,
			__( 'Something went wrong on this site. The request id helps to find it in the log.', 'draftkeeper' ),
			array( 'status' => 500, 'request_id' => $request_id )
		);
	}
}
