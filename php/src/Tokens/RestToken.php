<?php

namespace Draftkeeper\Tokens;

use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorCode;
use Draftkeeper\Gateway\TokenSigner;

defined( 'ABSPATH' ) || exit;

/**
 * What stands in for an application password for a while (JWT, HS256). It is worth nothing on another site, after its end, or when that
 * password is gone.
 */
final class RestToken {
	private const HEADER = '{"typ":"draftkeeper-rest+jwt","alg":"HS256"}';

	/** @param list<string> $scope `generate`, `view_usage`, `manage`. */
	public function __construct(
		public readonly int $user_id,
		/** The id of the application password. */
		public readonly string $password_id,
		public readonly array $scope,
		public readonly int $expires_at,
	) {}

	public function text(): string {
		$claims = array( 'sub' => $this->user_id, 'app' => $this->password_id, 'scope' => $this->scope, 'exp' => $this->expires_at );
		$signed = TokenSigner::base64url( self::HEADER ) . '.' . TokenSigner::base64url( (string) wp_json_encode( $claims ) );
		return "$signed." . self::signature( $signed );
	}

	/** Whether a bearer's token is one of this kind, genuine or not; others may know theirs. */
	public static function is_one( string $text ): bool {
		return str_starts_with( $text, TokenSigner::base64url( self::HEADER ) . '.' );
	}

	/** @throws ApiError `invalid_token`, `token_expired` */
	public static function read( string $text, int $now ): self {
		$parts = explode( '.', $text );
		// The header is compared as a whole: nobody chooses an algorithm.
		if ( 3 !== count( $parts ) || ! self::is_one( $text ) || ! hash_equals( self::signature( "$parts[0].$parts[1]" ), $parts[2] ) ) {
			throw self::invalid();
		}
		$claims = json_decode( (string) base64_decode( strtr( $parts[1], '-_', '+/' ), true ), true );
		if ( $claims['exp'] <= $now ) {
			throw new ApiError( ErrorCode::TokenExpired, 401, __( 'This token is over. Ask for another one with the application password.', 'draftkeeper' ) );
		}
		$token = new self( $claims['sub'], $claims['app'], $claims['scope'], $claims['exp'] );
		$user  = get_userdata( $token->user_id );
		if ( false === $user || ! wp_is_application_passwords_available_for_user( $user ) || null === \WP_Application_Passwords::get_user_application_password( $user->ID, $token->password_id ) ) {
			throw self::invalid();
		}
		return $token;
	}

	private static function invalid(): ApiError {
		return new ApiError( ErrorCode::InvalidToken, 401, __( 'This token is not valid here. Ask for another one with an application password.', 'draftkeeper' ) );
	}

	private static function signature( string $signed ): string {
		$key = hash_hmac( 'sha256', 'draftkeeper rest token ' . get_current_blog_id(), wp_salt( 'auth' ), true );
		return TokenSigner::base64url( hash_hmac( 'sha256', $signed, $key, true ) );
	}
}
