<?php

namespace Draftkeeper\Errors;

use Draftkeeper\Contract\RequestBody;
use Draftkeeper\Settings\RequestId;
use WP_Error;
use WP_HTTP_Response;
use WP_REST_Request;
use WP_REST_Server;

defined( 'ABSPATH' ) || exit;

/** What all our routes have in common at the border: the size of a body, malformed JSON, the request id, caching. */
final class RequestGuard {
	/** A result may hold 60,000 characters of four bytes, and its attempts beside them. */
	private const MAX_WEBHOOK_BYTES = 512 * 1024;

	private bool $has_own_cache_header = false;

	public function register(): void {
		add_filter( 'rest_pre_dispatch', $this->refuse_oversized( ... ), 5, 3 );
		add_filter( 'rest_request_before_callbacks', $this->name_malformed_json( ... ), 5, 3 );
		add_filter( 'rest_post_dispatch', $this->add_request_id( ... ), 20, 3 );
		add_filter( 'rest_send_nocache_headers', $this->keep_own_cache_header( ... ) );
	}

	/** Runs before WordPress parses the body. */
	private function refuse_oversized( mixed $result, WP_REST_Server $server, WP_REST_Request $request ): mixed {
		if ( null !== $result || ! self::is_ours( $request ) ) {
			return $result;
		}
		$limit = '/draftkeeper/v1/webhooks/gateway' === $request->get_route() ? self::MAX_WEBHOOK_BYTES : RequestBody::MAX_BYTES;
		if ( strlen( (string) $request->get_body() ) <= $limit ) {
			return $result;
		}
		$error = new ApiError( ErrorCode::BodyTooLarge, 413, __( 'The request is too large. Please send less at once.', 'draftkeeper' ), array( 'max_bytes' => $limit ) );
		return ErrorResponse::from( $error, RequestId::of( $request ) );
	}

	/**
	 * WordPress refuses malformed JSON under its own code, and before it has asked for permission: we ask first.
	 *
	 * @param array<string, mixed> $handler
	 */
	private function name_malformed_json( mixed $response, array $handler, WP_REST_Request $request ): mixed {
		if ( ! $response instanceof WP_Error || 'rest_invalid_json' !== $response->get_error_code() || ! self::is_ours( $request ) ) {
			return $response;
		}
		$permission = call_user_func( $handler['permission_callback'], $request );
		return $permission instanceof WP_Error ? $permission : ErrorResponse::from( RequestBody::malformed(), RequestId::of( $request ) );
	}

	private function add_request_id( mixed $response, WP_REST_Server $server, WP_REST_Request $request ): mixed {
		if ( ! $response instanceof WP_HTTP_Response || ! self::is_ours( $request ) ) {
			return $response;
		}
		$request_id = RequestId::of( $request );
		$response->header( 'X-Request-ID', $request_id );
		// Core's own errors (a stale nonce, an unknown route) carry it too.
		$data = $response->get_data();
		if ( $response->get_status() >= 400 && is_array( $data ) && isset( $data['code'] ) && is_array( $data['data'] ?? null ) ) {
			$data['data']['request_id'] ??= $request_id;
			$response->set_data( $data );
		}
		$this->has_own_cache_header = isset( $response->get_headers()['Cache-Control'] );
		return $response;
	}

	/** WordPress sends its no-store headers after ours; a browser would then throw the answer and its ETag away. */
	private function keep_own_cache_header( mixed $sends_nocache ): mixed {
		return $this->has_own_cache_header ? false : $sends_nocache;
	}

	private static function is_ours( WP_REST_Request $request ): bool {
		return str_starts_with( strtolower( $request->get_route() ), '/draftkeeper/v1/' );
	}
}
