<?php

namespace Draftkeeper\Errors;

use Draftkeeper\Contract\Contract;

defined( 'ABSPATH' ) || exit;

/**
 * Lines in PHP's error log: what happened, to which job or request, and where. Never a text, a key or a statement with its values,
 * whatever the message of an error quotes. What counts as a secret stands in the contract, for the gateway's log too.
 */
final class Log {
	private const REDACTED   = '[redacted]';
	private const MAX_LENGTH = 300;

	/** What a database quotes: values, or the statement with all of them. */
	private const QUOTED = array(
		'~\b(?:INSERT|REPLACE)\s+(?:IGNORE\s+)?INTO\b.*~is',
		'~\b(?:UPDATE|DELETE\s+FROM)\s+[`"\w].*~is',
		'~\bSELECT\s.*~is',
		'~(?<![\pL\pN])\'.*\'(?![\pL\pN])~us',
		'~".*"~us',
	);

	/** @param array<string, mixed> $fields shown behind it as JSON. */
	public static function line( string $what, array $fields = array() ): void {
		$shown = array() === $fields ? '' : ' ' . wp_json_encode( self::without_secrets( $fields ), JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE );
		error_log( 'Draftkeeper: ' . self::redact( $what ) . $shown );
	}

	/**
	 * Tells the class and the place of an error, and its message where we have written it: what another plugin says in one may be anything.
	 *
	 * @param array<string, mixed> $fields
	 */
	public static function error( string $what, \Throwable $error, array $fields = array() ): void {
		$place = str_replace( ABSPATH, '', "{$error->getFile()}:{$error->getLine()}" );
		self::line( "$what: " . $error::class . self::message( $error ) . " in $place", $fields );
	}

	/** A message without what it quotes; of the page that WordPress's SQLite driver makes of an error, the sentence of the database. */
	private static function message( \Throwable $error ): string {
		if ( ! str_starts_with( $error->getFile(), dirname( __DIR__, 2 ) ) ) {
			return '';
		}
		$text = $error->getMessage();
		$text = 1 === preg_match( '~^(.{0,80}?: )?<.*\b(SQLSTATE\[\w+\][^<\n]*)~s', $text, $found ) ? $found[1] . $found[2] : trim( wp_strip_all_tags( $text ) );
		foreach ( self::QUOTED as $pattern ) {
			$text = preg_replace( $pattern, '…', $text ) ?? '…';
		}
		return '' === $text ? '' : ': ' . mb_substr( $text, 0, self::MAX_LENGTH );
	}

	/** Takes out what looks like a key or a token. */
	public static function redact( string $text ): string {
		$patterns = array_map( static fn( string $pattern ) => "`$pattern`u", Contract::table( 'log_secrets' )['patterns'] );
		// What is no UTF-8 cannot be looked through.
		return preg_replace( $patterns, self::REDACTED, $text ) ?? self::REDACTED;
	}

	/**
	 * @param array<array-key, mixed> $fields
	 * @return array<array-key, mixed>
	 */
	private static function without_secrets( array $fields ): array {
		$names = array_map( 'strtolower', Contract::table( 'log_secrets' )['names'] );
		$shown = array();
		foreach ( $fields as $name => $value ) {
			$shown[ $name ] = match ( true ) {
				in_array( strtolower( (string) $name ), $names, true ) => self::REDACTED,
				is_object( $value ) => self::without_secrets( get_object_vars( $value ) ),
				is_array( $value ) => self::without_secrets( $value ),
				is_string( $value ) => self::redact( $value ),
				default => $value,
			};
		}
		return $shown;
	}
}
