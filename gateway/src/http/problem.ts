import type { ErrorCode, Problem } from '@draftkeeper/contract';
import type { FastifyReply } from 'fastify';
import { GatewayError } from '../errors.ts';
import { isRedisOutage } from '../redis/redis-outage.ts';

const statuses: Partial< Record< ErrorCode, number > > = {
	unauthenticated: 401,
	invalid_token: 401,
	token_expired: 401,
	token_replayed: 401,
	body_hash_mismatch: 401,
	clock_skew: 401,
	unknown_site: 401,
	site_moved: 409,
	contract_unsupported: 409,
	idempotency_key_reused: 409,
	model_not_allowed: 403,
	malformed_json: 400,
	invalid_body: 400,
	invalid_query: 400,
	body_too_large: 413,
	prompt_too_long: 422,
	expired: 422,
	unknown_job: 404,
	overloaded: 503,
	rate_limited: 429,
	budget_exhausted: 402,
	budget_unavailable: 503,
	site_disabled: 503,
};

const titles: Record< number, string > = {
	400: 'Bad request',
	401: 'Not authenticated',
	402: 'Budget used up',
	403: 'Forbidden',
	404: 'Not found',
	409: 'Conflict',
	413: 'Body too large',
	422: 'Cannot be done',
	429: 'Too many requests',
	500: 'Internal error',
	503: 'Temporarily unavailable',
};

/** For an address that this gateway does not have: no code of the contract, so that nobody takes it for one of our answers. */
const NO_SUCH_ROUTE = 'not_found';

/** Answers with RFC 9457 problem+json. */
export function sendProblem( reply: FastifyReply, error: GatewayError ): FastifyReply {
	reply.request.refusal = error.code;
	return send( reply.headers( error.headers ), problemOf( error, reply.request.id ) );
}

export function sendNotFound( reply: FastifyReply ): FastifyReply {
	return send( reply, complete( { status: 404, code: NO_SUCH_ROUTE, detail: 'There is nothing at this address.', retryable: false, instance: reply.request.id } ) );
}

/** The refusal of one request, or of one job among several. */
export function problemOf( error: GatewayError, request_id: string ): Problem {
	return complete( {
		status: statuses[ error.code ] ?? 500,
		code: error.code,
		detail: error.message,
		instance: request_id,
		retryable: error.isRetryable,
		...( error.retryAfterMs === null ? {} : { retry_after_ms: error.retryAfterMs } ),
		...( error.serverTime === null ? {} : { server_time: error.serverTime } ),
	} );
}

const complete = ( fields: Omit< Problem, 'type' | 'title' > ): Problem => ( {
	type: `urn:draftkeeper:problem:${ fields.code }`,
	title: titles[ fields.status ] ?? 'Error',
	...fields,
} );

function send( reply: FastifyReply, problem: Problem ): FastifyReply {
	if ( problem.retry_after_ms !== undefined ) {
		reply.header( 'retry-after', Math.ceil( problem.retry_after_ms / 1000 ) );
	}
	return reply.code( problem.status ).type( 'application/problem+json' ).serializer( JSON.stringify ).send( problem );
}

type FastifyFailure = { code?: unknown; validation?: unknown; validationContext?: unknown; statusCode?: unknown };

/** Puts Fastify's own errors, and the database's, into our words; null for what nobody foresaw. */
export function toGatewayError( error: unknown ): GatewayError | null {
	if ( error instanceof GatewayError ) {
		return error;
	}
	const { code, validation, validationContext, statusCode } = error as FastifyFailure;
	if ( code === 'FST_ERR_CTP_BODY_TOO_LARGE' ) {
		return new GatewayError( 'body_too_large', 'The body is larger than 256 kB.' );
	}
	if ( validation !== undefined ) {
		return new GatewayError( validationContext === 'body' ? 'invalid_body' : 'invalid_query', describeValidation( validation ) );
	}
	if ( typeof code === 'string' && /^SQLITE_(FULL|READONLY|IOERR|BUSY|CANTOPEN)/.test( code ) ) {
		return new GatewayError( 'overloaded', 'The gateway cannot write to its disk at the moment.', { isRetryable: true, retryAfterMs: 30_000, cause: error } );
	}
	if ( error instanceof Error && error.name === 'RedisNotDurable' ) {
		return new GatewayError( 'overloaded', 'The gateway’s Redis server could lose the job at the moment.', { isRetryable: true, retryAfterMs: 30_000, cause: error } );
	}
	if ( isRedisOutage( error ) ) {
		return new GatewayError( 'overloaded', 'The gateway cannot reach its Redis server at the moment.', { isRetryable: true, retryAfterMs: 10_000, cause: error } );
	}
	if ( typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ) {
		return new GatewayError( 'invalid_body', 'The request could not be read.' );
	}
	return null;
}

/** Paths and rules, never the values that broke them. */
function describeValidation( validation: unknown ): string {
	const issues = Array.isArray( validation ) ? ( validation as { instancePath?: unknown; message?: unknown }[] ) : [];
	const parts = issues.slice( 0, 5 ).map( ( { instancePath, message } ) => `${ String( instancePath ) }: ${ String( message ) }` );
	return `The request does not have the right form. ${ parts.join( ' ' ) }`.trim();
}
