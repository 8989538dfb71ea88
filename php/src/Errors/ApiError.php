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
		return new self( ErrorCode::Unauthenticated, 401, __( 'Please log in, or send an application password.', 'draftkeeper' ) );
	}

	public static function forbidden(): self {
		return new self( ErrorCode::Forbidden, 403, __( 'You are not allowed to do this. An administrator can give your role the right to.', 'draftkeeper' ) );
	}

	/** The same words for a job that does not exist and for one the caller may not know of. */
	public static function job_not_found(): self {
		return new self( ErrorCode::JobNotFound, 404, __( 'There is no such job, or you may not see it. The list of jobs shows those that you may.', 'draftkeeper' ) );
	}

	public static function post_not_found(): self {
		return new self( ErrorCode::PostNotFound, 404, __( 'There is no such post, or you may not edit it. Its author or an administrator can give you access.', 'draftkeeper' ) );
	}

	/** @param list<array{path: string, message: string}> $violations */
	public static function invalid_body( array $violations ): self {
		return new self( ErrorCode::InvalidBody, 400, __( 'The request is not in the expected form. The violations beside this say which fields, and what they must be.', 'draftkeeper' ), array( 'violations' => $violations ) );
	}

	/** @param list<array{path: string, message: string}> $violations */
	public static function invalid_query( array $violations ): self {
		return new self( ErrorCode::InvalidQuery, 400, __( 'The address holds a value that is not in the expected form. The violations beside this say which one, and what it must be.', 'draftkeeper' ), array( 'violations' => $violations ) );
	}
}
