<?php

namespace Draftkeeper\Webhooks;

defined( 'ABSPATH' ) || exit;

/**
 * Who sends a delivery, and whether that address is listed.
 *
 * `DRAFTKEEPER_WEBHOOK_ALLOW` lists the gateway's addresses or networks; without it every address may try its signature.
 * `DRAFTKEEPER_TRUSTED_PROXIES` lists the proxies whose X-Forwarded-For is believed. Both are constants or environment.
 */
final class SenderAddress {
	/**
	 * @param list<string> $allowed addresses and networks, `192.0.2.7` or `2001:db8::/32`.
	 * @param list<string> $proxies
	 */
	public function __construct( private readonly array $allowed, private readonly array $proxies ) {}

	public static function from_configuration(): self {
		return new self( self::listed( 'DRAFTKEEPER_WEBHOOK_ALLOW' ), self::listed( 'DRAFTKEEPER_TRUSTED_PROXIES' ) );
	}

	/** @param array<string, mixed> $server as `$_SERVER`. */
	public function is_allowed( array $server ): bool {
		return array() === $this->allowed || self::is_in( $this->sender( $server ), $this->allowed );
	}

	/**
	 * The last address that no trusted proxy has vouched for: what stands before it, anybody may have written.
	 *
	 * @param array<string, mixed> $server
	 */
	private function sender( array $server ): string {
		$address = self::address( $server['REMOTE_ADDR'] ?? '' );
		$chain   = array_reverse( explode( ',', is_string( $server['HTTP_X_FORWARDED_FOR'] ?? null ) ? $server['HTTP_X_FORWARDED_FOR'] : '' ) );
		foreach ( $chain as $forwarded ) {
			if ( ! self::is_in( $address, $this->proxies ) || '' === trim( $forwarded ) ) {
				break;
			}
			$address = self::address( $forwarded );
		}
		return $address;
	}

	/** @param list<string> $networks */
	private static function is_in( string $address, array $networks ): bool {
		$bytes = '' === $address ? false : inet_pton( $address );
		if ( false === $bytes ) {
			return false;
		}
		foreach ( $networks as $network ) {
			list( $base, $bits ) = explode( '/', $network, 2 ) + array( '', null );

			$base = self::address( $base );
			$base = '' === $base ? '' : (string) inet_pton( $base );
			$size = strlen( $base ) * 8;
			if ( strlen( $base ) !== strlen( $bytes ) || ( null !== $bits && ( 1 !== preg_match( '/^[0-9]{1,3}$/D', $bits ) || (int) $bits > $size ) ) ) {
				continue;
			}
			if ( self::begin_alike( $bytes, $base, null === $bits ? $size : (int) $bits ) ) {
				return true;
			}
		}
		return false;
	}

	private static function begin_alike( string $one, string $other, int $bits ): bool {
		$whole = intdiv( $bits, 8 );
		$rest  = $bits % 8;
		if ( substr( $one, 0, $whole ) !== substr( $other, 0, $whole ) ) {
			return false;
		}
		$mask = 0xff << ( 8 - $rest ) & 0xff;
		return 0 === $rest || ( ord( $one[ $whole ] ) & $mask ) === ( ord( $other[ $whole ] ) & $mask );
	}

	/** An IP address in its usual form, without a port; an IPv4 address inside IPv6 as what it is; '' for anything else. */
	private static function address( mixed $text ): string {
		$text = is_string( $text ) ? trim( $text ) : '';
		if ( 1 === preg_match( '/^\[([0-9a-f:.]+)\](?::\d+)?$/iD', $text, $part ) || 1 === preg_match( '/^(\d+\.\d+\.\d+\.\d+):\d+$/D', $text, $part ) ) {
			$text = $part[1];
		}
		$text = (string) preg_replace( '/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i', '', $text );
		return false === filter_var( $text, FILTER_VALIDATE_IP ) ? '' : $text;
	}

	/** @return list<string> */
	private static function listed( string $name ): array {
		return self::parse( defined( $name ) ? constant( $name ) : getenv( $name ) );
	}

	/**
	 * @param mixed $value of a constant or the environment: text, or a list of texts. What is neither must not open a door that somebody
	 *                     wanted shut.
	 * @return list<string>
	 */
	public static function parse( mixed $value ): array {
		$texts = array_map( static fn( mixed $text ): string => is_string( $text ) ? $text : 'no-address', is_array( $value ) ? $value : array( false === $value || null === $value ? '' : $value ) );
		return preg_split( '/[\s,]+/', implode( ' ', $texts ), -1, PREG_SPLIT_NO_EMPTY ) ?: array();
	}
}
