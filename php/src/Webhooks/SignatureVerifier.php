<?php

namespace Draftkeeper\Webhooks;

use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorCode;

defined( 'ABSPATH' ) || exit;

/** Verifies a Standard Webhooks (v1) delivery. */
final class SignatureVerifier {
	private const TOLERANCE_SECONDS = 120;

	/** More signatures than any rotation needs are not worth the work. */
	private const MAX_SIGNATURES = 20;

	/**
	 * Throws `stale_signature` or `bad_signature` unless one live secret made one of the signatures.
	 *
	 * @param list<string> $secrets `whsec_` and base64.
	 * @param int          $now     Unix seconds.
	 */
	public static function verify( string $id, string $timestamp, string $signatures, string $body, array $secrets, int $now ): void {
		if ( 1 !== preg_match( '/^[0-9]{1,12}$/D', $timestamp ) || abs( $now - (int) $timestamp ) > self::TOLERANCE_SECONDS ) {
			throw new ApiError( ErrorCode::StaleSignature, 401, __( 'The time of this delivery is missing, or too far from now. Set the clocks of the gateway and of this site, best by NTP.', 'draftkeeper' ) );
		}
		if ( 1 !== preg_match( '/^[\x21-\x7e]{1,100}$/D', $id ) || ! self::is_signed( "$id.$timestamp.$body", $signatures, $secrets ) ) {
			throw new ApiError( ErrorCode::BadSignature, 401, __( 'The signature of this delivery is not right. Compare the secret at the gateway with this site’s, and let no proxy change headers or body.', 'draftkeeper' ) );
		}
	}

	/** @param list<string> $secrets */
	private static function is_signed( string $message, string $signatures, array $secrets ): bool {
		$given = array();
		foreach ( array_slice( explode( ' ', $signatures ), 0, self::MAX_SIGNATURES ) as $signature ) {
			if ( str_starts_with( $signature, 'v1,' ) ) {
				$given[] = substr( $signature, 3 );
			}
		}
		$is_signed = false;
		foreach ( $secrets as $secret ) {
			$key = base64_decode( str_starts_with( $secret, 'whsec_' ) ? substr( $secret, 6 ) : $secret, true );
			if ( false === $key || '' === $key ) {
				continue;
			}
			$expected = base64_encode( hash_hmac( 'sha256', $message, $key, true ) );
			foreach ( $given as $signature ) {
				// No early end: the time must not tell which secret fits.
				$is_signed = hash_equals( $expected, $signature ) || $is_signed;
			}
		}
		return $is_signed;
	}
}
