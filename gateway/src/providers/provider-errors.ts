import { APICallError, InvalidArgumentError, InvalidPromptError, InvalidResponseDataError, UnsupportedFunctionalityError } from '@ai-sdk/provider';
import { readRetryAfter } from '../retry-after.ts';
import { readErrorBody, readErrorObject, type ErrorBody } from './error-body.ts';
import { ProviderError, type ProviderErrorCode } from './text-provider.ts';

const QUOTA_NAMES = [ 'insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active', 'billing_error' ];
const CONTENT_FILTER_NAMES = [ 'content_filter', 'content_policy_violation', 'PROHIBITED_CONTENT' ];
const KEY_NAMES = [ 'API_KEY_INVALID', 'invalid_api_key' ];

/** The request never reached the provider: nothing can have been charged. */
const UNSENT_CODE = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|.*(CERT|TLS|SSL|SIGNATURE).*)$/;
const TIMEOUT_CODES = [ 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT' ];

/** Says in our words what went wrong with a call; what the provider wrote stays behind. */
export function toProviderError( error: unknown, now: number ): ProviderError {
	if ( error instanceof ProviderError ) {
		return error;
	}
	// The package refuses what its provider cannot do, before anything is sent.
	if ( UnsupportedFunctionalityError.isInstance( error ) || InvalidPromptError.isInstance( error ) || InvalidArgumentError.isInstance( error ) ) {
		return new ProviderError( 'provider_rejected', { isRetryable: false, mayFailOver: true } );
	}
	const answer = APICallError.isInstance( error ) ? error : null;
	if ( answer?.statusCode !== undefined && ( answer.statusCode < 200 || answer.statusCode > 299 ) ) {
		return fromAnswer( answer.statusCode, answer.responseBody, answer.responseHeaders?.[ 'retry-after' ], now );
	}
	const networkCode = findNetworkCode( error );
	if ( networkCode !== null ) {
		return new ProviderError( TIMEOUT_CODES.includes( networkCode ) ? 'provider_timeout' : 'provider_unavailable', {
			isRetryable: true,
			mayBeBilled: ! UNSENT_CODE.test( networkCode ),
		} );
	}
	// The call succeeded as HTTP goes; what came may be an error all the same, or nothing that can be read.
	return fromErrorBody( readErrorBody( answer?.responseBody ) );
}

/** The same for an answer whose status is an error. */
export function fromAnswer( status: number, body: string | undefined, retryAfter: string | undefined, now: number ): ProviderError {
	return fromStatus( status, readErrorBody( body ), readRetryAfter( retryAfter, now ) );
}

/** The same for an answer that was read as one, and holds nothing. */
export function fromContent( body: unknown ): ProviderError {
	return fromErrorBody( readErrorObject( ( body as { error?: unknown } | null | undefined )?.error ) );
}

/** The same for an error that comes inside a stream. */
export function fromStreamError( error: unknown, now: number ): ProviderError {
	if ( InvalidResponseDataError.isInstance( error ) && error.data === undefined ) {
		return cutShort();
	}
	if ( error instanceof Error ) {
		const { code, isRetryable, retryAfterMs, mayFailOver } = toProviderError( error, now );
		return new ProviderError( code, { isRetryable, retryAfterMs, mayFailOver, mayBeBilled: true } );
	}
	return fromErrorBody( readErrorObject( error ) );
}

/** A stream that ended before the model had: the provider broke down on the way. */
export function cutShort(): ProviderError {
	return new ProviderError( 'provider_unavailable', { isRetryable: true, mayBeBilled: true } );
}

/** An error inside an answer that began well: the provider may have charged what it had done until then. */
function fromErrorBody( body: ErrorBody | null ): ProviderError {
	const isFiltered = body?.names.some( ( name ) => CONTENT_FILTER_NAMES.includes( name ) ) ?? false;
	if ( body === null || ( body.status === null && ! isFiltered ) ) {
		return new ProviderError( 'provider_bad_response', { isRetryable: false, mayBeBilled: true } );
	}
	const { code, isRetryable, mayFailOver } = fromStatus( body.status ?? 400, body, null );
	return new ProviderError( code, { isRetryable, mayFailOver, retryAfterMs: isRetryable ? body.retryAfterMs : null, mayBeBilled: true } );
}

function fromStatus( status: number, body: ErrorBody | null, retryAfterMs: number | null ): ProviderError {
	const { code, isRetryable } = classify( status, body?.names ?? [] );
	return new ProviderError( code, {
		isRetryable,
		// A proxy gave up waiting; the model behind it may have gone on.
		mayBeBilled: status === 504 || status === 524,
		// The model is not there: another provider's may be.
		...( status === 404 ? { mayFailOver: true } : {} ),
		retryAfterMs: isRetryable ? ( retryAfterMs ?? body?.retryAfterMs ?? null ) : null,
	} );
}

function classify( status: number, names: readonly string[] ): { code: ProviderErrorCode; isRetryable: boolean } {
	const isNamed = ( known: readonly string[] ) => names.some( ( name ) => known.includes( name ) );
	if ( status === 402 || isNamed( QUOTA_NAMES ) ) {
		return { code: 'provider_quota', isRetryable: false };
	}
	if ( isNamed( CONTENT_FILTER_NAMES ) ) {
		return { code: 'content_filtered', isRetryable: false };
	}
	if ( status === 401 || status === 403 || isNamed( KEY_NAMES ) ) {
		return { code: 'provider_auth', isRetryable: false };
	}
	if ( status === 408 || status === 504 || status === 524 ) {
		return { code: 'provider_timeout', isRetryable: true };
	}
	if ( status === 429 ) {
		return { code: 'provider_busy', isRetryable: true };
	}
	if ( status >= 500 ) {
		return { code: 'provider_unavailable', isRetryable: true };
	}
	if ( status < 400 ) {
		return { code: 'provider_bad_response', isRetryable: false };
	}
	return { code: 'provider_rejected', isRetryable: false };
}

/** Looks for a network error's code along the chain of causes; '' for a broken connection without one. */
function findNetworkCode( error: unknown ): string | null {
	for ( let cause = error, depth = 0; cause instanceof Error && depth < 10; cause = cause.cause, depth++ ) {
		const { code } = cause as { code?: unknown };
		if ( typeof code === 'string' ) {
			return code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' ? null : code;
		}
		if ( cause instanceof TypeError && /fetch failed|terminated/i.test( cause.message ) && cause.cause === undefined ) {
			return '';
		}
	}
	return null;
}
