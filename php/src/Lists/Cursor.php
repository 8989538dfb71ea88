<?php

namespace Draftkeeper\Lists;

defined( 'ABSPATH' ) || exit;

/** Where the page after a row begins, as a word for the one who asks for it. */
final class Cursor {
	public static function encode( string|int ...$parts ): string {
		return rtrim( strtr( base64_encode( implode( '|', $parts ) ), '+/', '-_' ), '=' );
	}

	/** @return list<string>|null the parts; null where they are not as many, or not as the pattern of each says. */
	public static function decode( string $cursor, string ...$patterns ): ?array {
		$text = base64_decode( strtr( $cursor, '-_', '+/' ), true );
		return false !== $text && 1 === preg_match( '/^(' . implode( ')\|(', $patterns ) . ')$/D', $text, $parts ) ? array_values( array_slice( $parts, 1 ) ) : null;
	}
}
