<?php

namespace Draftkeeper\Settings;

use Closure;

defined( 'ABSPATH' ) || exit;

/** Since when this site has had its secrets. It remembers a fingerprint of each, from which no secret can be made. */
final class KeyAge {
	private const OPTION = 'draftkeeper_keys_since';

	private const FINGERPRINT_LENGTH = 16;

	/** @param Closure(): int $now */
	public function __construct( private readonly Connection $connection, private readonly Closure $now ) {}

	/** Notes secrets that are new here and forgets those that are gone; the sweep does, so that nobody has to look. */
	public function note(): void {
		$known = $this->known();
		$since = array();
		foreach ( array( $this->connection->signing_key(), ...$this->connection->webhook_secrets() ) as $secret ) {
			if ( '' !== $secret ) {
				$name           = self::fingerprint( $secret );
				$since[ $name ] = $known[ $name ] ?? ( $this->now )();
			}
		}
		if ( $since !== $known ) {
			update_option( self::OPTION, $since, true );
		}
	}

	/**
	 * When the oldest of these secrets was first seen here; null when none has been.
	 *
	 * @param list<string> $secrets
	 */
	public function since( array $secrets ): ?int {
		$since = array_intersect_key( $this->known(), array_flip( array_map( self::fingerprint( ... ), $secrets ) ) );
		return array() === $since ? null : min( $since );
	}

	/** @return array<string, int> */
	private function known(): array {
		$known = get_option( self::OPTION, array() );
		return is_array( $known ) ? array_filter( $known, is_int( ... ) ) : array();
	}

	private static function fingerprint( string $secret ): string {
		// With a letter in front it is never taken for a number.
		return 'f' . substr( hash_hmac( 'sha256', $secret, 'draftkeeper key age' ), 0, self::FINGERPRINT_LENGTH );
	}
}
