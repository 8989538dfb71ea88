<?php

namespace Draftkeeper\Errors;

defined( 'ABSPATH' ) || exit;

/** Something that the caller of a route must be told. The message is for people. */
final class ApiError extends \RuntimeException {
	/** @param array<string, mixed> $details goes out beside status and request id. */
	public function __construct(
		public readonly ErrorCode $error_code,
		public readonly int $status,
		string $message,
		public readonly array $details = array(),
		?\Throwable $previous = null
	) {
		parent::__construct( $message, 0, $previous );
	}

	public static function unauthenticated(): self {
		return new self( ErrorCode::Unauthenticated, 401, __( 'Please log in.', 'draftkeeper' ) );
	}

	public static function forbidden(): self {
		return new self( ErrorCode::Forbidden, 403, __( 'You are not allowed to do this.', 'draftkeeper' ) );
	}

	/** The same words for a job that does not exist and for one the caller may not know of. */
	public static function job_not_found(): self {
		return new self( ErrorCode::JobNotFound, 404, __( 'There is no such job.', 'draftkeeper' ) );
	}

	public static function post_not_found(): self {
		return new self( ErrorCode::PostNotFound, 404, __( 'There is no such post, or you may not edit it.', 'draftkeeper' ) );
	}

	/** @param list<array{path: string, message: string}> $violations */
	public static function invalid_body( array $violations ): self {
		return new self( ErrorCode::InvalidBody, 400, __( 'The request is not in the expected form.', 'draftkeeper' ), array( 'violations' => $violations ) );
	}

	/** @param list<array{path: string, message: string}> $violations */
	public static function invalid_query( array $violations ): self {
		return new self( ErrorCode::InvalidQuery, 400, __( 'The address holds a value that is not in the expected form.', 'draftkeeper' ), array( 'violations' => $violations ) );
	}
}
