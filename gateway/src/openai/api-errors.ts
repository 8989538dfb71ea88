import type { ErrorCode } from '@draftkeeper/contract';
import type { ApiErrorBody } from '@draftkeeper/contract/openai';
import { GatewayError } from '../errors.ts';
import { failureMessage } from '../jobs/failure-messages.ts';
import { ProviderError } from '../providers/text-provider.ts';
import { InvalidRequest } from './invalid-request.ts';

type ErrorType = ApiErrorBody[ 'error' ][ 'type' ];
type Kind = readonly [ status: number, type: ErrorType, code?: string ];

const unauthenticated: Kind = [ 401, 'authentication_error', 'invalid_api_key' ];
const invalid: Kind = [ 400, 'invalid_request_error' ];
const away: Kind = [ 503, 'server_error' ];
const upstream: Kind = [ 502, 'server_error' ];

/** Status and type decide which exception OpenAI's clients throw; the code is OpenAI's own where it has one. */
const kinds: Partial< Record< ErrorCode, Kind > > = {
	unauthenticated,
	invalid_token: unauthenticated,
	token_expired: unauthenticated,
	token_replayed: unauthenticated,
	body_hash_mismatch: unauthenticated,
	clock_skew: unauthenticated,
	unknown_site: unauthenticated,
	bad_signature: unauthenticated,
	stale_signature: unauthenticated,
	site_moved: [ 403, 'permission_error' ],
	forbidden: [ 403, 'permission_error' ],
	api_off: [ 403, 'permission_error' ],
	model_not_allowed: [ 404, 'not_found_error', 'model_not_found' ],
	malformed_json: invalid,
	invalid_body: invalid,
	invalid_query: invalid,
	invalid_idempotency_key: invalid,
	body_too_large: [ 413, 'invalid_request_error' ],
	prompt_too_long: [ 400, 'invalid_request_error', 'context_length_exceeded' ],
	idempotency_key_reused: [ 422, 'invalid_request_error' ],
	request_in_progress: [ 409, 'invalid_request_error' ],
	rate_limited: [ 429, 'rate_limit_error', 'rate_limit_exceeded' ],
	budget_exhausted: [ 429, 'insufficient_quota', 'insufficient_quota' ],
	budget_unavailable: away,
	overloaded: away,
	site_disabled: away,
	provider_auth: upstream,
	provider_quota: upstream,
	provider_busy: away,
	provider_timeout: [ 504, 'server_error' ],
	provider_unavailable: upstream,
	provider_rejected: invalid,
	provider_bad_response: upstream,
	content_filtered: [ 400, 'invalid_request_error', 'content_filter' ],
	empty_result: upstream,
};

export type ApiAnswer = { status: number; headers: Record< string, string >; body: ApiErrorBody };

/** Says in OpenAI's shape what went wrong. What a provider wrote stays behind. */
export function toApiError( error: GatewayError | ProviderError, requestId: string ): ApiAnswer {
	const [ status, type, code = error.code ] = kinds[ error.code ] ?? [ 500, 'server_error' ];
	return {
		status,
		headers: {
			// OpenAI's clients repeat a 409, 429 or 5xx by themselves unless they are told not to.
			'x-should-retry': String( error.isRetryable ),
			...( error instanceof GatewayError ? error.headers : {} ),
			...( error.retryAfterMs === null ? {} : { 'retry-after': String( Math.ceil( error.retryAfterMs / 1000 ) ) } ),
		},
		body: {
			error: {
				message: error instanceof ProviderError ? failureMessage( error.code ) : error.message,
				type,
				param: error instanceof InvalidRequest ? error.param : null,
				code: error instanceof InvalidRequest ? ( error.openaiCode ?? code ) : code,
				draftkeeper: { code: error.code, request_id: requestId, retryable: error.isRetryable },
			},
		},
	};
}
