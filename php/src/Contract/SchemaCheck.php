<?php

namespace Draftkeeper\Contract;

use stdClass;

defined( 'ABSPATH' ) || exit;

/** Checks decoded JSON against the contract's subset of JSON Schema draft-04 (contract/dialect.ts). */
final class SchemaCheck {
	/**
	 * @param array<string, mixed> $schema
	 * @return list<array{path: string, message: string}>
	 */
	public static function violations( array $schema, mixed $value, string $path ): array {
		if ( isset( $schema['anyOf'] ) || isset( $schema['oneOf'] ) ) {
			return self::check_union( $schema['anyOf'] ?? $schema['oneOf'], isset( $schema['oneOf'] ), $value, $path );
		}
		if ( isset( $schema['type'] ) && ! self::is_one_of( (array) $schema['type'], $value ) ) {
			return array( self::violation( $path, 'must be of type ' . implode( ' or ', (array) $schema['type'] ) ) );
		}
		if ( isset( $schema['enum'] ) && ! in_array( $value, $schema['enum'], true ) ) {
			return array( self::violation( $path, 'must be one of ' . implode( ', ', array_map( self::quote( ... ), $schema['enum'] ) ) ) );
		}
		return match ( true ) {
			is_string( $value ) => self::check_string( $schema, $value, $path ),
			is_int( $value ), is_float( $value ) => self::check_number( $schema, $value, $path ),
			is_array( $value ) => self::check_list( $schema, $value, $path ),
			$value instanceof stdClass => self::check_object( $schema, $value, $path ),
			default => array(),
		};
	}

	/** @param array<string> $types */
	private static function is_one_of( array $types, mixed $value ): bool {
		foreach ( $types as $type ) {
			$fits = match ( $type ) {
				'null' => null === $value,
				'boolean' => is_bool( $value ),
				'integer' => is_int( $value ),
				'number' => is_int( $value ) || ( is_float( $value ) && is_finite( $value ) ),
				'string' => is_string( $value ),
				'array' => is_array( $value ) && array_is_list( $value ),
				'object' => $value instanceof stdClass,
				default => throw new \LogicException( "The contract uses an unknown type '$type'." ),
			};
			if ( $fits ) {
				return true;
			}
		}
		return false;
	}

	/**
	 * @param list<array<string, mixed>> $branches
	 * @return list<array{path: string, message: string}>
	 */
	private static function check_union( array $branches, bool $exactly_one, mixed $value, string $path ): array {
		$fitting = 0;
		$nearest = null;
		foreach ( $branches as $branch ) {
			$violations = self::violations( $branch, $value, $path );
			if ( array() === $violations ) {
				++$fitting;
				continue;
			}
			// The branch that was meant is the one that gets furthest: its discriminator fits.
			$is_meant = $value instanceof stdClass && self::fits_constants( $branch, $value );
			if ( null === $nearest || $is_meant ) {
				$nearest = $is_meant || 1 === count( $branches ) ? $violations : array( self::violation( $path, 'fits none of the allowed shapes' ) );
			}
		}
		if ( 0 === $fitting ) {
			return $nearest ?? array();
		}
		return $exactly_one && $fitting > 1 ? array( self::violation( $path, 'fits more than one of the allowed shapes' ) ) : array();
	}

	/** @param array<string, mixed> $branch */
	private static function fits_constants( array $branch, stdClass $value ): bool {
		$constants = array_filter( $branch['properties'] ?? array(), static fn( array $property ) => 1 === count( $property['enum'] ?? array() ) );
		foreach ( $constants as $name => $property ) {
			if ( ( $value->$name ?? null ) !== $property['enum'][0] ) {
				return false;
			}
		}
		return array() !== $constants;
	}

	/**
	 * @param array<string, mixed> $schema
	 * @return list<array{path: string, message: string}>
	 */
	private static function check_string( array $schema, string $value, string $path ): array {
		$length = mb_strlen( $value, 'UTF-8' );
		if ( $length < ( $schema['minLength'] ?? 0 ) ) {
			return array( self::violation( $path, "must have at least {$schema['minLength']} characters" ) );
		}
		if ( isset( $schema['maxLength'] ) && $length > $schema['maxLength'] ) {
			return array( self::violation( $path, "must have at most {$schema['maxLength']} characters" ) );
		}
		// `D`: without it `$` also fits before a final newline, which ECMAScript does not allow.
		if ( isset( $schema['pattern'] ) && 1 !== preg_match( '~' . str_replace( '~', '\~', $schema['pattern'] ) . '~uD', $value ) ) {
			return array( self::violation( $path, "must match {$schema['pattern']}" ) );
		}
		return array();
	}

	/**
	 * @param array<string, mixed> $schema
	 * @return list<array{path: string, message: string}>
	 */
	private static function check_number( array $schema, int|float $value, string $path ): array {
		if ( isset( $schema['minimum'] ) ) {
			$is_exclusive = true === ( $schema['exclusiveMinimum'] ?? false );
			if ( $value < $schema['minimum'] || ( $is_exclusive && $value === $schema['minimum'] ) ) {
				return array( self::violation( $path, ( $is_exclusive ? 'must be greater than ' : 'must be at least ' ) . $schema['minimum'] ) );
			}
		}
		if ( isset( $schema['maximum'] ) ) {
			$is_exclusive = true === ( $schema['exclusiveMaximum'] ?? false );
			if ( $value > $schema['maximum'] || ( $is_exclusive && $value === $schema['maximum'] ) ) {
				return array( self::violation( $path, ( $is_exclusive ? 'must be less than ' : 'must be at most ' ) . $schema['maximum'] ) );
			}
		}
		return array();
	}

	/**
	 * @param array<string, mixed> $schema
	 * @param array<mixed> $value a list; is_one_of() has looked.
	 * @return list<array{path: string, message: string}>
	 */
	private static function check_list( array $schema, array $value, string $path ): array {
		if ( count( $value ) < ( $schema['minItems'] ?? 0 ) ) {
			return array( self::violation( $path, "must have at least {$schema['minItems']} items" ) );
		}
		if ( isset( $schema['maxItems'] ) && count( $value ) > $schema['maxItems'] ) {
			return array( self::violation( $path, "must have at most {$schema['maxItems']} items" ) );
		}
		$violations = array();
		foreach ( isset( $schema['items'] ) ? $value : array() as $index => $item ) {
			array_push( $violations, ...self::violations( $schema['items'], $item, "{$path}[$index]" ) );
		}
		return $violations;
	}

	/**
	 * @param array<string, mixed> $schema
	 * @return list<array{path: string, message: string}>
	 */
	private static function check_object( array $schema, stdClass $value, string $path ): array {
		$properties = $schema['properties'] ?? array();
		$violations = array();
		foreach ( $schema['required'] ?? array() as $name ) {
			if ( ! property_exists( $value, $name ) ) {
				$violations[] = self::violation( self::join( $path, $name ), 'is missing' );
			}
		}
		foreach ( get_object_vars( $value ) as $name => $item ) {
			$name = (string) $name;
			$rule = $properties[ $name ] ?? $schema['additionalProperties'] ?? true;
			if ( false === $rule ) {
				$violations[] = self::violation( self::join( $path, $name ), 'is not known' );
			} elseif ( is_array( $rule ) ) {
				array_push( $violations, ...self::violations( $rule, $item, self::join( $path, $name ) ) );
			}
		}
		return $violations;
	}

	private static function join( string $path, string $name ): string {
		$name = strlen( $name ) > 60 ? mb_substr( $name, 0, 60, 'UTF-8' ) : $name;
		return '' === $path ? $name : "$path.$name";
	}

	private static function quote( mixed $value ): string {
		return (string) wp_json_encode( $value );
	}

	/** @return array{path: string, message: string} */
	private static function violation( string $path, string $message ): array {
		return array(
			'path'    => $path,
			'message' => $message,
		);
	}
}
