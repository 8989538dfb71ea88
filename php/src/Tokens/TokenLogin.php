<?php

namespace Draftkeeper\Tokens;

use Closure;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorResponse;
use Draftkeeper\Settings\Capability;
use Draftkeeper\Settings\RequestId;
use WP_REST_Request;
use WP_REST_Server;

defined( 'ABSPATH' ) || exit;

/** Lets the bearer of a token in as its user: on our own routes only, and only for what the token is for. */
final class TokenLogin {
	/** After cookies and application passwords. */
	private const AFTER_WORDPRESS = 30;

	/** Before WordPress asks a browser for its nonce. */
	private const BEFORE_NONCE = 50;

	private const CAPABILITIES = array(
		'generate'   => array( Capability::GENERATE ),
		'view_usage' => array( Capability::VIEW_USAGE ),
		'manage'     => array( Capability::MANAGE, 'view_site_health_checks' ),
	);

	private ?RestToken $token = null;

	private ?ApiError $refusal = null;

	/**
	 * @param Closure(): string $route the route that this request asks for; '' where it is no request of the REST API.
	 * @param Closure(): int    $now
	 */
	public function __construct( private readonly Closure $route, private readonly Closure $now ) {}

	public function register(): void {
		add_filter( 'determine_current_user', $this->log_in( ... ), self::AFTER_WORDPRESS );
		add_filter( 'rest_authentication_errors', $this->answer( ... ), self::BEFORE_NONCE );
		add_filter( 'rest_pre_dispatch', $this->refuse( ... ), 5, 3 );
	}

	private function log_in( mixed $user_id ): mixed {
		$header = $_SERVER['HTTP_AUTHORIZATION'] ?? $_SERVER['REDIRECT_HTTP_AUTHORIZATION'] ?? '';
		if ( ! is_string( $header ) || 0 !== stripos( $header, 'Bearer ' ) || ! str_starts_with( strtolower( ( $this->route )() ), '/draftkeeper/v1/' ) ) {
			return $user_id;
		}
		$text = trim( substr( $header, strlen( 'Bearer ' ) ) );
		if ( ! RestToken::is_one( $text ) ) {
			return $user_id;
		}
		try {
			$token = RestToken::read( $text, ( $this->now )() );
			if ( null === $this->token ) {
				// Not `user_has_cap`, which nobody asks about a network's super admin.
				add_filter( 'map_meta_cap', $this->narrow( ... ), PHP_INT_MAX, 2 );
			}
			$this->token = $token;
			return $token->user_id;
		} catch ( ApiError $refusal ) {
			$this->refusal = $refusal;
			return false;
		}
	}

	/** No nonce is asked of who brings a token. */
	private function answer( mixed $result ): mixed {
		return null === $this->token ? $result : ( $result ?? true );
	}

	/**
	 * @param list<string> $needed
	 * @return list<string>
	 */
	private function narrow( array $needed, string $capability ): array {
		if ( null === $this->token ) {
			return $needed;
		}
		$scope = array_search( true, array_map( static fn( array $names ) => in_array( $capability, $names, true ), self::CAPABILITIES ), true );
		return false === $scope || in_array( $scope, $this->token->scope, true ) ? $needed : array( 'do_not_allow' );
	}

	/** Says what is wrong with a token; whoever may only look must not stop or watch what is his own either. */
	private function refuse( mixed $result, WP_REST_Server $server, WP_REST_Request $request ): mixed {
		if ( null !== $result || ( null === $this->token && null === $this->refusal ) ) {
			return $result;
		}
		$is_look = in_array( $request->get_method(), array( 'GET', 'HEAD', 'OPTIONS' ), true ) || ! str_starts_with( strtolower( $request->get_route() ), '/draftkeeper/v1/jobs' );
		$refusal = $this->refusal ?? ( $is_look || in_array( 'generate', $this->token->scope, true ) ? null : ApiError::forbidden() );
		return null === $refusal ? $result : ErrorResponse::from( $refusal, RequestId::of( $request ) );
	}
}
