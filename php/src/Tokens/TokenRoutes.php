<?php

namespace Draftkeeper\Tokens;

use Closure;
use Draftkeeper\Contract\Contract;
use Draftkeeper\Contract\RequestBody;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Errors\ErrorResponse;
use Draftkeeper\Settings\Capability;
use stdClass;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `POST /token`: a token for a quarter of an hour at most, for programs that should not carry an application password along. */
final class TokenRoutes {
	private const DEFAULT_SECONDS = 900;
	private const DEFAULT_SCOPE   = array( 'generate' );

	/** @param Closure(): int $now */
	public function __construct( private readonly Closure $now ) {}

	public function register(): void {
		add_action( 'rest_api_init', $this->add_routes( ... ) );
	}

	private function add_routes(): void {
		register_rest_route(
			'draftkeeper/v1',
			'/token',
			array(
				array(
					'methods'             => 'POST',
					'permission_callback' => static fn( WP_REST_Request $request ) => Capability::check( $request ),
					'callback'            => fn( WP_REST_Request $request ) => ErrorResponse::guard( $request, fn() => $this->create( $request ) ),
					'body'                => 'create_token',
				),
				'schema' => static fn() => Contract::schema( 'rest_token' ),
			)
		);
	}

	private function create( WP_REST_Request $request ): WP_REST_Response {
		$body        = '' === (string) $request->get_body() ? new stdClass() : RequestBody::read( $request, 'create_token' );
		$password_id = rest_get_authenticated_app_password();
		if ( ! is_string( $password_id ) ) {
			throw new ApiError( ErrorCode::Forbidden, 403, __( 'A token is given for an application password only. Make one in your profile, and send it with this request.', 'draftkeeper' ) );
		}
		$scope = array_values( array_unique( $body->scope ?? self::DEFAULT_SCOPE ) );
		foreach ( $scope as $name ) {
			if ( ! current_user_can( "draftkeeper_$name" ) ) {
				throw ApiError::forbidden();
			}
		}
		$token    = new RestToken( get_current_user_id(), $password_id, $scope, ( $this->now )() + ( $body->expires_in ?? self::DEFAULT_SECONDS ) );
		$response = new WP_REST_Response( array( 'token' => $token->text(), 'scope' => $scope, 'expires_at' => gmdate( 'Y-m-d\TH:i:s\Z', $token->expires_at ) ), 201 );
		$response->header( 'Cache-Control', 'no-store' );
		return $response;
	}
}
