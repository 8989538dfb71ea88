import type { FastifyRequest, onRequestAsyncHookHandler, preValidationAsyncHookHandler } from 'fastify';
import { verifyRequest, type RequestContext } from '../auth/verify-request.ts';
import { verifyToken, type TokenContext } from '../auth/verify-token.ts';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { hashApiKey, isSameHash, isWellFormedApiKey, type ApiKey, type ApiRoute } from '../keys/api-key.ts';
import type { ApiKeyStore } from '../keys/api-key-store.ts';
import type { Logger } from '../observability/logger.ts';
import { readTrace, traceOfRequest, type Trace } from '../observability/trace.ts';
import type { Caller } from '../openai/models.ts';
import { assertEnabled } from '../policy/kill-switch.ts';
import { originsOf } from '../sites/site-origins.ts';
import { parseJson } from './require-token.ts';

declare module 'fastify' {
	interface FastifyRequest {
		/** Who asks; set by `requireCaller`. */
		caller: Caller | null;
	}
}

export type CallerContext = TokenContext & RequestContext & { keys: ApiKeyStore; clock: Clock; logger: Logger };

const USE_RESOLUTION_MS = 3_600_000;

type RequireCaller = { onRequest: onRequestAsyncHookHandler; preValidation: preValidationAsyncHookHandler };

/**
 * Lets only programs of a site pass: with one of its keys, or with a signature under its secret; WordPress itself, with its token,
 * where `wordpress` says so. A key is checked before the body is read, a signature needs the body.
 */
export function requireCaller( context: CallerContext, route: ApiRoute, { wordpress = false } = {} ): RequireCaller {
	return {
		async onRequest( request ) {
			const bearer = /^Bearer +(\S+)$/i.exec( request.headers.authorization ?? '' )?.[ 1 ];
			if ( bearer?.startsWith( 'dk_' ) === true ) {
				enter( request, await findCaller( context, route, bearer ) );
			} else if ( request.headers[ 'x-signature' ] === undefined && ! ( wordpress && bearer !== undefined ) ) {
				throw new GatewayError( 'unauthenticated', 'Send an API key of the site as "Authorization: Bearer dk_…", or sign the request.' );
			}
		},
		async preValidation( request ) {
			const body = Buffer.isBuffer( request.body ) ? request.body : Buffer.alloc( 0 );
			if ( request.caller === null ) {
				enter( request, await verifyCaller( context, request, body ) );
			}
			if ( request.method === 'POST' ) {
				request.body = parseJson( body );
			}
		},
	};
}

export function callerOf( { caller }: FastifyRequest ): Caller {
	if ( caller === null ) {
		throw new Error( 'The route does not require a caller.' );
	}
	return caller;
}

/** The caller's own trace, or the one that its request begins. */
export const traceOf = ( { headers, id }: FastifyRequest ): Trace => readTrace( headers.traceparent ) ?? traceOfRequest( id );

async function findCaller( { keys, sites, clock, logger }: CallerContext, route: ApiRoute, given: string ): Promise< Caller > {
	const { id, hash } = hashApiKey( given );
	const key = isWellFormedApiKey( given ) ? await keys.find( id ) : null;
	const now = clock.now();
	const site = key === null ? undefined : sites.get( key.tenant );
	if ( key === null || ! isSameHash( key.hash, hash ) || site === undefined ) {
		throw new GatewayError( 'unauthenticated', 'There is no such API key.' );
	}
	if ( key.revoked_at !== null || ( key.expires_at !== null && key.expires_at <= now ) ) {
		throw new GatewayError( 'unauthenticated', `The API key ${ key.revoked_at === null ? 'has expired' : 'was revoked' }.` );
	}
	if ( ! site.api ) {
		throw apiOff();
	}
	if ( ! key.routes.includes( route ) ) {
		throw new GatewayError( 'forbidden', `The API key is not for ${ route }, only for ${ key.routes.join( ', ' ) }.` );
	}
	if ( key.last_used_at === null || now - key.last_used_at >= USE_RESOLUTION_MS ) {
		keys.markUsed( id, now ).catch( ( error: unknown ) => logger.warn( { err: error, key_id: id }, 'use of a key was not noted' ) );
	}
	return { site, key };
}

async function verifyCaller( context: CallerContext, { headers, method, url }: FastifyRequest, body: Buffer ): Promise< Caller > {
	const now = context.clock.now();
	if ( headers[ 'x-signature' ] === undefined ) {
		// The site asks for itself: the API for others may be off.
		const path = url.split( '?', 1 )[ 0 ] ?? '';
		const { site } = await verifyToken( context, { authorization: headers.authorization, method, path, body, now } );
		return { site, key: null };
	}
	const site = await verifyRequest( context, { headers, method, target: url, body, now } );
	if ( ! site.api ) {
		throw apiOff();
	}
	return { site, key: null };
}

function enter( request: FastifyRequest, caller: Caller ): void {
	assertEnabled( caller.site );
	assertFromSite( request.headers.origin, caller );
	request.caller = caller;
	request.site = caller.site;
}

/** A script of a page brings its origin along. Whoever stands behind a page can read the key: that must have been wanted. */
function assertFromSite( origin: string | undefined, { site, key }: Caller ): void {
	if ( origin === undefined ) {
		return;
	}
	if ( ! isForBrowsers( key ) ) {
		throw new GatewayError( 'forbidden', 'This key is not for use in browsers: there everybody can read it. Make one with --browser, and limit it.' );
	}
	if ( ! originsOf( site ).has( origin ) ) {
		throw new GatewayError( 'forbidden', 'The page does not belong to the site of this key.' );
	}
}

function isForBrowsers( key: ApiKey | null ): boolean {
	return key?.browser === true;
}

function apiOff(): GatewayError {
	return new GatewayError( 'api_off', 'The API is off for this site; the operator of the gateway turns it on with "api": true.' );
}
