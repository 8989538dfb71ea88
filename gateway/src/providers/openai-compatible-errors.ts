import { APICallError } from '@ai-sdk/provider';
import * as z from 'zod';
import { readRetryAfter } from '../retry-after.ts';
import { ProviderError, type ProviderErrorCode } from './text-provider.ts';

/** OpenAI's error body, as far as it decides anything. */
const errorBody = z.object( {
	error: z.object( { code: z.union( [ z.string(), z.number() ] ).nullish(), type: z.string().nullish() } ),
} );

const QUOTA_CODES = [ 'insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active' ];
const CONTENT_FILTER_CODES = [ 'content_filter', 'content_policy_violation' ];

/** The request never reached the provider: nothing can have been charged. */
const UNSENT_CODE = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|.*(CERT|TLS|SSL|SIGNATURE).*)$/;
const TIMEOUT_CODES = [ 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT' ];

/** Says in our words what went wrong with a call; what the provider wrote stays behind. */
export function toProviderError( error: unknown, now: number ): ProviderError {
	if ( error instanceof ProviderError ) {
		return error;
	}
	const status = APICallError.isInstance( error ) ? error.statusCode : undefined;
	if ( APICallError.isInstance( error ) && status !== undefined && ( status < 200 || status > 299 ) ) {
		return fromStatus( status, error, now );
	}
	const networkCode = findNetworkCode( error );
	if ( networkCode !== null ) {
		return new ProviderError( TIMEOUT_CODES.includes( networkCode ) ? 'provider_timeout' : 'provider_unavailable', {
			isRetryable: true,
			mayBeBilled: ! UNSENT_CODE.test( networkCode ),
		} );
	}
	// The call succeeded as HTTP goes, and what came is no chat completion.
	return new ProviderError( 'provider_bad_response', { isRetryable: false } );
}

function fromStatus( status: number, error: APICallError, now: number ): ProviderError {
	const { code, isRetryable } = classify( status, readErrorCodes( error.responseBody ) );
	return new ProviderError( code, {
		isRetryable,
		// A proxy gave up waiting; the model behind it may have gone on.
		mayBeBilled: status === 504 || status === 524,
		retryAfterMs: isRetryable ? readRetryAfter( error.responseHeaders?.[ 'retry-after' ], now ) : null,
	} );
}

function classify( status: number, codes: readonly string[] ): { code: ProviderErrorCode; isRetryable: boolean } {
	if ( status === 402 || codes.some( ( code ) => QUOTA_CODES.includes( code ) ) ) {
		return { code: 'provider_quota', isRetryable: false };
	}
	if ( codes.some( ( code ) => CONTENT_FILTER_CODES.includes( code ) ) ) {
		return { code: 'content_filtered', isRetryable: false };
	}
	if ( status === 401 || status === 403 ) {
		return { code: 'provider_auth', isRetryable: false };
	}
	if ( status === 408 ) {
		return { code: 'provider_timeout', isRetryable: true };
	}
	if ( status === 429 ) {
		return { code: 'provider_busy', isRetryable: true };
	}
	if ( status >= 500 ) {
		return { code: 'provider_unavailable', isRetryable: true };
	}
	return { code: 'provider_rejected', isRetryable: false };
}

function readErrorCodes( body: string | undefined ): string[] {
	try {
		const { error } = errorBody.parse( JSON.parse( body ?? '' ) );
		return [ String( error.code ?? '' ), error.type ?? '' ];
	} catch {
		return [];
	}
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
