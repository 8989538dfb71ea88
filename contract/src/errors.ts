import * as z from 'zod/mini';

/** Every error that one of the programs reports. Codes are for programs, messages are for people. */
export const errorCodes = [
	// What the caller got wrong.
	'unauthenticated',
	'forbidden',
	'malformed_json',
	'invalid_body',
	'invalid_query',
	'too_many_to_sort',
	'invalid_idempotency_key',
	'idempotency_key_reused',
	'unknown_task',
	'body_too_large',
	'prompt_too_long',
	'job_not_found',
	'post_not_found',
	'job_not_finished',
	'job_finished',
	'already_reviewed',
	'version_conflict',
	'request_gone',
	'rate_limited',
	'budget_exhausted',
	'budget_unavailable',
	'setting_locked',
	'request_in_progress',
	// States with a way out.
	'not_connected',
	'ai_disabled',
	'streaming_off',
	// WordPress and the gateway between themselves.
	'invalid_token',
	'token_expired',
	'token_replayed',
	'body_hash_mismatch',
	'clock_skew',
	'unknown_site',
	'site_moved',
	'contract_unsupported',
	'unknown_job',
	'overloaded',
	'site_disabled',
	'api_off',
	'model_not_allowed',
	'bad_signature',
	'stale_signature',
	'gateway_rejected',
	// Why a job failed.
	'provider_auth',
	'provider_quota',
	'provider_busy',
	'provider_timeout',
	'provider_unavailable',
	'provider_rejected',
	'provider_bad_response',
	'content_filtered',
	'empty_result',
	'worker_lost',
	'expired',
	'internal_error',
] as const;

export const errorCode = z.enum( errorCodes );
export type ErrorCode = z.infer< typeof errorCode >;

/** The gateway's error body, RFC 9457 `application/problem+json`. `instance` is the request id. */
export const problem = z.object( {
	type: z.string(),
	title: z.string(),
	status: z.int(),
	detail: z.string(),
	instance: z.string(),
	code: z.string(),
	retryable: z.boolean(),
	retry_after_ms: z.optional( z.int() ),
	/** Unix seconds at the gateway; present with `clock_skew`. */
	server_time: z.optional( z.int() ),
} );
export type Problem = z.infer< typeof problem >;
