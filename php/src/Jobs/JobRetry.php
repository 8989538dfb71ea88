<?php

namespace Draftkeeper\Jobs;

use Draftkeeper\Contract\Contract;
use Draftkeeper\Errors\ApiError;
use Draftkeeper\Errors\ErrorCode;

defined( 'ABSPATH' ) || exit;

/** Repeats an ended job as a new one. */
final class JobRetry {
	public function __construct( private readonly JobCreation $creation, private readonly JobAccess $access ) {}

	/**
	 * Asks again for what an ended job asked for, as a new job of this user; under the key of an earlier retry, returns that one.
	 *
	 * @return array{Job, bool} the job, and whether it was there before.
	 */
	public function retry( Job $job, ?string $key, int $user_id, string $request_id ): array {
		if ( ! $this->access->may_retry( $job ) ) {
			throw ApiError::forbidden();
		}
		if ( ! $job->status->is_final() ) {
			throw new ApiError( ErrorCode::JobNotFinished, 409, __( 'This job has not ended yet. Wait for it, or cancel it first.', 'draftkeeper' ), array( 'job_status' => $job->status->value ) );
		}
		if ( 'sealed' === $job->texts_missing() ) {
			throw new ApiError( ErrorCode::RequestGone, 409, __( 'What this job asked for is encrypted, and the key is missing on this site. An administrator can set it.', 'draftkeeper' ) );
		}
		if ( ! $job->has_request() ) {
			throw new ApiError( ErrorCode::RequestGone, 409, __( 'What this job asked for has been removed. Please ask for a new draft.', 'draftkeeper' ) );
		}
		$request = $job->request();
		$body    = array(
			'task'       => $job->task,
			'input'      => $request->input,
			'options'    => $request->options,
			'model'      => $job->model,
			'post_id'    => $job->post_id,
			'target'     => $job->target,
			'client_ref' => $job->client_ref,
			// Whoever asks again has seen the text that there is.
			'cache'      => 'bypass',
		);
		$body    = (object) array_filter( $body, static fn( mixed $value ) => null !== $value );
		// The rules may have changed since.
		$violations = Contract::check( 'create_job', $body );
		if ( array() !== $violations ) {
			throw ApiError::invalid_body( $violations );
		}
		return $this->creation->create( $body, $key, $user_id, $request_id, $job->uuid );
	}
}
