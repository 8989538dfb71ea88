<?php

namespace Draftkeeper\Settings;

defined( 'ABSPATH' ) || exit;

/** What may be the address of a gateway. */
final class GatewayAddress {
	private const LOCAL_HOST = '/^(?:localhost|[a-z0-9.-]+\.localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])$/D';

	/** An http address without a password, a query and a fragment. */
	public static function is_usable( string $url ): bool {
		$parts = wp_parse_url( $url );
		return is_array( $parts ) && in_array( strtolower( $parts['scheme'] ?? '' ), array( 'http', 'https' ), true ) && '' !== ( $parts['host'] ?? '' )
			&& ! isset( $parts['user'] ) && ! isset( $parts['pass'] ) && ! isset( $parts['query'] ) && ! isset( $parts['fragment'] )
			&& 1 !== preg_match( '/[\s\\\\<>"\']/', $url );
	}

	/** What is wrong with an address that somebody has typed in, in words; null when it may be stored. */
	public static function problem( string $url ): ?string {
		if ( ! self::is_usable( $url ) ) {
			return __( 'The address must begin with https:// and hold no user name, password, query or fragment.', 'draftkeeper' );
		}
		$parts = (array) wp_parse_url( $url );
		if ( 'https' === strtolower( $parts['scheme'] ?? '' ) || self::is_local( strtolower( $parts['host'] ?? '' ) ) ) {
			return null;
		}
		return __( 'The address must begin with https://. Only a gateway on this server, or of a local site, may be reached without it.', 'draftkeeper' );
	}

	/** On this server, or wherever a local site without https has its gateway, such as in a container beside it. */
	private static function is_local( string $host ): bool {
		return 1 === preg_match( self::LOCAL_HOST, $host ) || ( 'local' === wp_get_environment_type() && str_starts_with( home_url(), 'http://' ) );
	}
}
