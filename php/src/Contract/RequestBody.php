<?php

namespace Draftkeeper\Contract;

use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorCode;
use stdClass;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/** The JSON body of a request, checked before WordPress's argument handling could coerce anything. */
final class RequestBody {
	public const MAX_BYTES = 256 * 1024;

	private const MAX_DEPTH = 32;

	/** Reads a body that must fit a named schema; throws `malformed_json` or `invalid_body`. */
	public static function read( WP_REST_Request $request, string $schema ): stdClass {
		$body       = self::decode( (string) $request->get_body() );
		$violations = Contract::check( $schema, $body );
		if ( array() !== $violations ) {
			throw ApiError::invalid_body( $violations );
		}
		return $body;
	}

	/** Reads a body that must be a JSON object. */
	public static function decode( string $body ): stdClass {
		$value = json_decode( $body, false, self::MAX_DEPTH );
		if ( JSON_ERROR_NONE !== json_last_error() ) {
			throw self::malformed();
		}
		if ( ! $value instanceof stdClass ) {
			throw ApiError::invalid_body( array( array( 'path' => '', 'message' => 'must be of type object' ) ) );
		}
		return $value;
	}

	public static function malformed(): ApiError {
		return new ApiError( ErrorCode::MalformedJson, 400, __( 'The request is not valid JSON. Please send one JSON object.', 'draftkeeper' ) );
	}
}
