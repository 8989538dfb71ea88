<?php
/** What other plugins may call. docs/hooks.md tells about it; everything else may change in any version. */

use Draftkeeper\Plugin;

defined( 'ABSPATH' ) || exit;

/**
 * Asks for a draft as the current user, with the checks of `POST /draftkeeper/v1/jobs`: capability, contract, post, limits, budgets.
 *
 * The job is stored when this returns; `draftkeeper_job_finished` fires when it has ended. Without an `idempotency_key`,
 * the same request of the same user within a minute is the same job.
 *
 * @param array<string, mixed> $job `task`, `input`, and where wanted `options`, `model`, `post_id`, `target`, `client_ref`, `idempotency_key`.
 * @return array<string, mixed>|WP_Error the job as its route answers it, or an error with one of Draftkeeper's codes.
 */
function draftkeeper_create_job( array $job ): array|WP_Error {
	return Plugin::job_requests()->create( $job );
}
