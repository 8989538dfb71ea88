import * as z from 'zod';

const detail = z.looseObject( { reason: z.unknown().optional(), retryDelay: z.unknown().optional() } );

/** An error object as OpenAI, Anthropic, Google and OpenRouter write it, as far as it decides anything. */
const errorObject = z.looseObject( {
	code: z.union( [ z.string(), z.number() ] ).nullish().catch( null ),
	type: z.string().nullish().catch( null ),
	status: z.string().nullish().catch( null ),
	details: z.array( detail.catch( {} ) ).nullish().catch( null ),
} );

export type ErrorBody = {
	/** The names that it gives the error: `insufficient_quota`, `overloaded_error`, `RESOURCE_EXHAUSTED`. */
	names: readonly string[];
	/** An HTTP status told in the body. */
	status: number | null;
	/** Google's way to say when to come back. */
	retryAfterMs: number | null;
};

/** What is known of HTTP statuses where only a name is told, in a stream that began well for example. */
const statusOfName: Record< string, number > = {
	invalid_request_error: 400, INVALID_ARGUMENT: 400, FAILED_PRECONDITION: 400, context_length_exceeded: 400,
	authentication_error: 401, invalid_api_key: 401, UNAUTHENTICATED: 401, API_KEY_INVALID: 401,
	billing_error: 402, insufficient_quota: 402, billing_hard_limit_reached: 402, billing_not_active: 402,
	permission_error: 403, PERMISSION_DENIED: 403,
	not_found_error: 404, model_not_found: 404, NOT_FOUND: 404,
	request_too_large: 413,
	rate_limit_error: 429, rate_limit_exceeded: 429, RESOURCE_EXHAUSTED: 429,
	server_error: 500, api_error: 500, internal_error: 500, INTERNAL: 500, UNAVAILABLE: 503,
	timeout_error: 504, DEADLINE_EXCEEDED: 504,
	overloaded_error: 529,
};

/** Reads the JSON text of an error answer; null where it is none. */
export function readErrorBody( text: string | undefined ): ErrorBody | null {
	try {
		const body: unknown = JSON.parse( text ?? '' );
		// Google wraps the error of a stream in an array.
		const whole: unknown = Array.isArray( body ) ? body[ 0 ] : body;
		return readErrorObject( ( whole as { error?: unknown } | null )?.error );
	} catch {
		return null;
	}
}

/** Reads the error object itself; null where it is none. */
export function readErrorObject( error: unknown ): ErrorBody | null {
	if ( typeof error === 'string' ) {
		return { names: [], status: null, retryAfterMs: null };
	}
	const parsed = errorObject.safeParse( error );
	if ( ! parsed.success ) {
		return null;
	}
	const { code, type, status, details } = parsed.data;
	const names = [ code, type, status, ...( details ?? [] ).map( ( { reason } ) => reason ) ].filter( ( name ) => typeof name === 'string' );
	return { names, status: toStatus( code ) ?? statusOf( names ), retryAfterMs: readRetryDelay( details ?? [] ) };
}

function statusOf( names: readonly string[] ): number | null {
	const known = names.find( ( name ) => Object.hasOwn( statusOfName, name ) );
	return known === undefined ? null : ( statusOfName[ known ] ?? null );
}

function toStatus( code: string | number | null | undefined ): number | null {
	const status = Number( code ?? Number.NaN );
	return Number.isInteger( status ) && status >= 400 && status <= 599 ? status : null;
}

function readRetryDelay( details: readonly { retryDelay?: unknown }[] ): number | null {
	for ( const { retryDelay } of details ) {
		const seconds = /^([0-9]{1,6}(?:\.[0-9]+)?)s$/.exec( typeof retryDelay === 'string' ? retryDelay : '' )?.[ 1 ];
		if ( seconds !== undefined ) {
			return Math.ceil( Number( seconds ) * 1000 );
		}
	}
	return null;
}
