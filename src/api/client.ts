import apiFetch from '@wordpress/api-fetch';
import * as z from 'zod/mini';
import { ApiError } from './api-error';
import { createUuid } from './uuid';

const NAMESPACE = '/draftkeeper/v1';
export const REQUEST_TIMEOUT_MS = 30_000;
const NONCE_TIMEOUT_MS = 10_000;

export interface ApiRequest< Schema extends z.ZodMiniType > {
	method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
	/** Path below the namespace, with its query. */
	path: string;
	schema: Schema;
	body?: unknown;
	headers?: Record< string, string >;
	/** Made once per action of a person, so that one click is one line in every log. */
	requestId?: string;
	signal?: AbortSignal | undefined;
	timeoutMs?: number;
}

export interface ApiAnswer< Data > {
	data: Data;
	etag: string | null;
}

const wordPressError = z.object( {
	code: z.string(),
	message: z.string(),
	data: z.optional( z.nullable( z.looseObject( { request_id: z.optional( z.string() ) } ) ) ),
} );

/**
 * Sends a request and parses its answer.
 *
 * @throws {ApiError} for every answer that is not a success of the expected shape, and for none at all.
 */
export async function request< Schema extends z.ZodMiniType >(
	options: ApiRequest< Schema >
): Promise< ApiAnswer< z.output< Schema > > > {
	const answer = await requestIfChanged( options, null );
	if ( answer === 'unchanged' ) {
		throw new ApiError( { code: 'bad_answer', status: 304, message: '', requestId: options.requestId ?? '' } );
	}
	return answer;
}

/** As `request`, but answers `unchanged` where the server still has what `etag` names. */
export async function requestIfChanged< Schema extends z.ZodMiniType >(
	options: ApiRequest< Schema >,
	etag: string | null
): Promise< ApiAnswer< z.output< Schema > > | 'unchanged' > {
	const requestId = options.requestId ?? createUuid();
	const headers = {
		...options.headers,
		'X-Request-ID': requestId,
		...( etag ? { 'If-None-Match': etag } : {} ),
	};
	const timer = startTimer( options.timeoutMs ?? REQUEST_TIMEOUT_MS, options.signal );
	try {
		const response = await send( { ...options, headers }, timer.signal, requestId );
		if ( response.status === 304 ) {
			return 'unchanged';
		}
		const parsed = z.safeParse( options.schema, await readJson( response ) );
		if ( ! parsed.success ) {
			throw new ApiError( {
				code: 'bad_answer',
				status: response.status,
				message: z.prettifyError( parsed.error ),
				requestId: response.headers.get( 'X-Request-ID' ) ?? requestId,
			} );
		}
		return { data: parsed.data, etag: response.headers.get( 'ETag' ) };
	} catch ( error ) {
		throw timer.hasExpired() ? new ApiError( { code: 'timeout', status: 0, message: '', requestId } ) : error;
	} finally {
		timer.stop();
	}
}

async function send< Schema extends z.ZodMiniType >(
	options: ApiRequest< Schema >,
	signal: AbortSignal,
	requestId: string,
	mayRefreshNonce = true
): Promise< Response > {
	try {
		return await apiFetch< unknown, false >( {
			path: NAMESPACE + options.path,
			method: options.method ?? 'GET',
			headers: options.headers ?? {},
			...( options.body === undefined ? {} : { data: options.body } ),
			parse: false,
			signal,
		} );
	} catch ( failure ) {
		// With `parse: false` every answer outside 200–299 arrives here as it is, 304 too.
		if ( ! ( failure instanceof Response ) ) {
			throw toLocalError( failure, requestId );
		}
		if ( failure.status === 304 ) {
			return failure;
		}
		const error = await toApiError( failure, requestId );
		if ( error.code !== 'rest_cookie_invalid_nonce' || ! mayRefreshNonce ) {
			throw error;
		}
		await refreshNonce( requestId );
		return send( options, signal, requestId, false );
	}
}

let nonceRefresh: Promise< void > | null = null;

/** apiFetch renews an expired nonce by itself only when it parses the answers. Several requests share one renewal. */
function refreshNonce( requestId: string ): Promise< void > {
	nonceRefresh ??= fetchNonce( requestId ).finally( () => {
		nonceRefresh = null;
	} );
	return nonceRefresh;
}

async function fetchNonce( requestId: string ): Promise< void > {
	const loggedOut = new ApiError( { code: 'logged_out', status: 403, message: '', requestId } );
	if ( ! apiFetch.nonceEndpoint || ! apiFetch.nonceMiddleware ) {
		throw loggedOut;
	}
	const timer = startTimer( NONCE_TIMEOUT_MS );
	try {
		const response = await fetch( apiFetch.nonceEndpoint, { signal: timer.signal, credentials: 'include' } );
		const nonce = ( await response.text() ).trim();
		// admin-ajax.php answers `0` or a page to somebody who is not logged in.
		if ( ! response.ok || ! /^[0-9a-f]{6,}$/i.test( nonce ) ) {
			throw loggedOut;
		}
		apiFetch.nonceMiddleware.nonce = nonce;
	} catch ( error ) {
		throw error instanceof ApiError ? error : toLocalError( error, requestId );
	} finally {
		timer.stop();
	}
}

async function toApiError( response: Response, requestId: string ): Promise< ApiError > {
	const parsed = z.safeParse( wordPressError, await readJson( response ) );
	const details = parsed.success ? parsed.data.data ?? {} : {};
	return new ApiError( {
		code: parsed.success ? parsed.data.code : 'bad_answer',
		status: response.status,
		message: parsed.success ? parsed.data.message : '',
		requestId: details.request_id ?? response.headers.get( 'X-Request-ID' ) ?? requestId,
		retryAfterMs: parseRetryAfter( response.headers.get( 'Retry-After' ), Date.now() ),
		details,
	} );
}

function toLocalError( failure: unknown, requestId: string ): unknown {
	if ( failure instanceof Error && failure.name === 'AbortError' ) {
		return failure;
	}
	const code = isOfflineFailure( failure ) ? 'offline' : 'unreachable';
	return new ApiError( { code, status: 0, message: failure instanceof Error ? failure.message : '', requestId } );
}

function isOfflineFailure( failure: unknown ): boolean {
	return ! window.navigator.onLine ||
		( typeof failure === 'object' && failure !== null && 'code' in failure && failure.code === 'offline_error' );
}

/** Reads `Retry-After`, which is a number of seconds or a date. */
export function parseRetryAfter( value: string | null, nowMs: number ): number | null {
	if ( value === null ) {
		return null;
	}
	const atMs = /^\d+$/.test( value ) ? nowMs + ( Number( value ) * 1000 ) : Date.parse( value );
	return Number.isNaN( atMs ) ? null : Math.max( 0, atMs - nowMs );
}

async function readJson( response: Response ): Promise< unknown > {
	try {
		return await response.json();
	} catch ( error ) {
		if ( error instanceof Error && error.name === 'AbortError' ) {
			throw error;
		}
		return undefined;
	}
}

function startTimer( timeoutMs: number, signal?: AbortSignal ) {
	const controller = new AbortController();
	let expired = false;
	const abort = () => controller.abort();
	const timer = setTimeout( () => {
		expired = true;
		abort();
	}, timeoutMs );
	if ( signal?.aborted ) {
		abort();
	}
	signal?.addEventListener( 'abort', abort );
	return {
		signal: controller.signal,
		hasExpired: () => expired,
		stop() {
			clearTimeout( timer );
			signal?.removeEventListener( 'abort', abort );
		},
	};
}
