<?php

namespace Draftkeeper\Contract;

defined( 'ABSPATH' ) || exit;

/** The shapes and tables that Draftkeeper's programs share, generated into schemas.php. */
final class Contract {
	private const MAX_VIOLATIONS = 20;

	/** @var array<string, mixed>|null */
	private static ?array $generated = null;

	/**
	 * Checks a value decoded by `json_decode( $body, false )` against a named schema.
	 *
	 * Stricter than WordPress's own check: nothing is coerced, objects and lists are told apart, patterns match whole strings.
	 *
	 * @return list<array{path: string, message: string}> what is wrong; empty when nothing is.
	 */
	public static function check( string $schema, mixed $value ): array {
		return array_slice( SchemaCheck::violations( self::schema( $schema ), $value, '' ), 0, self::MAX_VIOLATIONS );
	}

	/**
	 * A named schema as draft-04, for the `schema` of a REST route.
	 *
	 * @return array<string, mixed>
	 */
	public static function schema( string $name ): array {
		$schemas = self::table( 'schemas' );
		if ( ! isset( $schemas[ $name ] ) ) {
			throw new \LogicException( "The contract has no schema '$name'." );
		}
		return $schemas[ $name ];
	}

	/** A part of the contract beside the schemas: 'error_codes', 'option_bounds', 'offer_answers', 'log_secrets' or 'version'. */
	public static function table( string $key ): mixed {
		$generated       = self::$generated ?? require __DIR__ . '/schemas.php';
		self::$generated = $generated;
		if ( ! array_key_exists( $key, $generated ) ) {
			throw new \LogicException( "The contract has no table '$key'." );
		}
		return $generated[ $key ];
	}
}
