<?php

namespace Draftkeeper\Privacy;

defined( 'ABSPATH' ) || exit;

/**
 * Texts as the database holds them: encrypted when `DRAFTKEEPER_ENCRYPTION_KEY` is set, plain else; both can be read side by side.
 *
 * The key is 32 bytes in base64. Several, separated by spaces: the first encrypts, all decrypt.
 */
final class SealedText {
	private const SEALED = 'dk-sealed:';

	/** Before a plain text that looks as if it were encrypted. */
	private const PLAIN = 'dk-plain:';

	private const KEY_NAME = 'DRAFTKEEPER_ENCRYPTION_KEY';

	/** @throws UnreadableText when what is set is no key: who wants texts encrypted gets none stored that are not. */
	public static function seal( string $text ): string {
		$keys = self::keys();
		$id   = array_key_first( $keys );
		if ( '' === $text ) {
			return '';
		}
		if ( 'invalid' === self::state() ) {
			throw new UnreadableText( self::KEY_NAME . ' holds no key, so no text can be stored.' );
		}
		if ( null === $id ) {
			return str_starts_with( $text, self::SEALED ) || str_starts_with( $text, self::PLAIN ) ? self::PLAIN . $text : $text;
		}
		$nonce = random_bytes( SODIUM_CRYPTO_SECRETBOX_NONCEBYTES );
		return self::SEALED . "$id:" . base64_encode( $nonce . sodium_crypto_secretbox( $text, $nonce, $keys[ $id ] ) );
	}

	/** @throws UnreadableText when the key is missing, or the text is not what was stored. */
	public static function open( string $stored ): string {
		if ( str_starts_with( $stored, self::PLAIN ) ) {
			return substr( $stored, strlen( self::PLAIN ) );
		}
		if ( ! str_starts_with( $stored, self::SEALED ) ) {
			return $stored;
		}
		list( $id, $box ) = explode( ':', substr( $stored, strlen( self::SEALED ) ), 2 ) + array( '', '' );

		$key   = self::keys()[ $id ] ?? throw new UnreadableText( "A text is encrypted with the key $id, which " . self::KEY_NAME . ' does not hold.' );
		$bytes = (string) base64_decode( $box, true );
		$text  = strlen( $bytes ) < SODIUM_CRYPTO_SECRETBOX_NONCEBYTES + SODIUM_CRYPTO_SECRETBOX_MACBYTES ? false : sodium_crypto_secretbox_open(
			substr( $bytes, SODIUM_CRYPTO_SECRETBOX_NONCEBYTES ),
			substr( $bytes, 0, SODIUM_CRYPTO_SECRETBOX_NONCEBYTES ),
			$key
		);
		return false === $text ? throw new UnreadableText( 'An encrypted text was changed or cut.' ) : $text;
	}

	/** `off`, `on`, or `invalid` when what is set is no key. */
	public static function state(): string {
		return '' === self::value() ? 'off' : ( array() === self::keys() ? 'invalid' : 'on' );
	}

	/** @return array<string, string> keys by the id that stands in what they encrypt. */
	private static function keys(): array {
		static $read = array();
		$value       = self::value();
		if ( '' === $value ) {
			return array();
		}
		if ( ! isset( $read[ $value ] ) ) {
			$keys = array();
			foreach ( preg_split( '/\s+/', $value, -1, PREG_SPLIT_NO_EMPTY ) ?: array() as $encoded ) {
				$key = base64_decode( $encoded, true );
				if ( is_string( $key ) && SODIUM_CRYPTO_SECRETBOX_KEYBYTES === strlen( $key ) ) {
					$keys[ 'k' . substr( hash( 'sha256', "draftkeeper key id\n$key" ), 0, 8 ) ] = $key;
				}
			}
			$read = array( $value => $keys );
		}
		return $read[ $value ];
	}

	private static function value(): string {
		$value = defined( self::KEY_NAME ) ? constant( self::KEY_NAME ) : getenv( self::KEY_NAME );
		return is_string( $value ) ? trim( $value ) : '';
	}
}
