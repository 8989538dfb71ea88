<?php

namespace Draftkeeper\Gateway;

use Draftkeeper\Settings\Connection;
use OpenSSLAsymmetricKey;

defined( 'ABSPATH' ) || exit;

/** Signs one request to the gateway, or one look of a browser at it: JWTs (ES256) that live a minute and work once. */
final class TokenSigner {
	public const LIFETIME_SECONDS = 60;

	/** Bytes of r, and of s, on P-256. */
	private const COORDINATE_BYTES = 32;

	/** The curve's object identifier, and an ECPrivateKey up to its number, in DER. */
	private const P256   = "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
	private const SCALAR = '/\x02\x01\x01\x04\x20(.{32})/s';

	private const PSEUDONYM_OPTION = 'draftkeeper_pseudonym_key';

	/** @var array<string, OpenSSLAsymmetricKey> by the PEM that they were read from: one, read once. */
	private static array $keys = array();

	public function __construct( private readonly Connection $connection ) {}

	/**
	 * Bound to method, URL and body of one request of WordPress.
	 *
	 * @param int $now Unix seconds by the gateway's clock.
	 */
	public function token( string $method, string $url, string $body, int $user_id, int $now ): string {
		return $this->jwt(
			'draftkeeper+jwt',
			array(
				'sub' => $this->pseudonym( $user_id ),
				'htm' => $method,
				'htu' => preg_replace( '/[?#].*$/s', '', $url ),
				'bh'  => self::base64url( hash( 'sha256', $body, true ) ),
			),
			$now
		);
	}

	/**
	 * Opens the stream of one job to a page of one origin.
	 *
	 * @param int $now Unix seconds by the gateway's clock.
	 */
	public function ticket( string $uuid, string $origin, int $now ): string {
		return $this->jwt( 'draftkeeper-ticket+jwt', array( 'job' => $uuid, 'origin' => $origin ), $now );
	}

	/** @param array<string, mixed> $claims beside those that every token has. */
	private function jwt( string $type, array $claims, int $now ): string {
		$header  = array(
			'alg' => 'ES256',
			'typ' => $type,
			'kid' => $this->connection->key_id(),
		);
		$claims += array(
			'iss'  => $this->connection->site_id(),
			'bid'  => get_current_blog_id(),
			'home' => home_url(),
			'aud'  => $this->connection->gateway_origin(),
			'iat'  => $now,
			'exp'  => $now + self::LIFETIME_SECONDS,
			'jti'  => self::base64url( random_bytes( 18 ) ),
		);
		$signed  = self::base64url( (string) wp_json_encode( $header ) ) . '.' . self::base64url( (string) wp_json_encode( $claims ) );
		return $signed . '.' . self::base64url( $this->sign( $signed ) );
	}

	public static function base64url( string $bytes ): string {
		return rtrim( strtr( base64_encode( $bytes ), '+/', '-_' ), '=' );
	}

	/** Turns OpenSSL's signature (DER: a sequence of two integers) into what JWS wants: r and s, 32 bytes each. */
	public static function raw_signature( string $der ): string {
		// Sequence, its length, then twice: integer, length, value. On P-256 each length is one byte.
		if ( 1 !== preg_match( '/^\x30(.)\x02(.)/s', $der, $start ) || strlen( $der ) !== ord( $start[1] ) + 2 ) {
			throw new \RuntimeException( 'OpenSSL made a signature in an unknown form.' );
		}
		$r_length = ord( $start[2] );
		$r        = substr( $der, 4, $r_length );
		$s        = substr( $der, 4 + $r_length + 2 );
		if ( "\x02" !== substr( $der, 4 + $r_length, 1 ) || strlen( $s ) !== ord( substr( $der, 5 + $r_length, 1 ) ) ) {
			throw new \RuntimeException( 'OpenSSL made a signature in an unknown form.' );
		}
		return self::coordinate( $r ) . self::coordinate( $s );
	}

	/** OpenSSL 3 takes twenty times as long to find out what a PEM holds as to sign with it, so the usual form is read here. */
	public static function private_key( string $pem ): OpenSSLAsymmetricKey {
		$der = base64_decode( (string) preg_replace( '/-----[^-]+-----|\s+/', '', $pem ), true );
		if ( is_string( $der ) && str_contains( $der, self::P256 ) && 1 === preg_match( self::SCALAR, $der, $found ) ) {
			$key = openssl_pkey_new( array( 'ec' => array( 'curve_name' => 'prime256v1', 'd' => $found[1] ) ) );
			if ( false !== $key ) {
				return $key;
			}
		}
		// Encrypted, on another curve, or no key at all.
		$key = openssl_pkey_get_private( $pem );
		if ( false === $key || 'prime256v1' !== ( openssl_pkey_get_details( $key )['ec']['curve_name'] ?? '' ) ) {
			throw new \RuntimeException( 'DRAFTKEEPER_SIGNING_KEY is no private key on P-256 in PEM form.' );
		}
		return $key;
	}

	private function sign( string $message ): string {
		$pem = $this->connection->signing_key();
		$der = '';

		self::$keys[ $pem ] ??= self::private_key( $pem );
		if ( ! openssl_sign( $message, $der, self::$keys[ $pem ], OPENSSL_ALGO_SHA256 ) ) {
			throw new \RuntimeException( 'OpenSSL could not sign a request to the gateway.' );
		}
		return self::raw_signature( $der );
	}

	private static function coordinate( string $integer ): string {
		$bytes = ltrim( $integer, "\x00" );
		if ( strlen( $bytes ) > self::COORDINATE_BYTES ) {
			throw new \RuntimeException( 'The signing key is on another curve than P-256.' );
		}
		return str_pad( $bytes, self::COORDINATE_BYTES, "\x00", STR_PAD_LEFT );
	}

	/** Tells users apart at the gateway without telling who they are; '0' stands for the site itself. */
	public function pseudonym( int $user_id ): string {
		$key = get_option( self::PSEUDONYM_OPTION, '' );
		if ( ! is_string( $key ) || '' === $key ) {
			add_option( self::PSEUDONYM_OPTION, bin2hex( random_bytes( 32 ) ), '', true );
			$key = (string) get_option( self::PSEUDONYM_OPTION );
		}
		return self::base64url( hash_hmac( 'sha256', (string) $user_id, $key, true ) );
	}
}
