import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod';
import { GatewayError } from '../errors.ts';
import { tenantOf, type Site, type Sites } from '../sites/site.ts';
import type { UsedTokens } from './used-tokens.ts';

const SCHEME = 'v1';
const TOLERANCE_SECONDS = 120;
/** A caller sends one signature, and a second one while its secret changes. */
const MAX_SIGNATURES = 5;

export type RequestContext = {
	sites: Sites;
	/** Request ids that were used; outlives the process, because a signature may be dated ahead. */
	usedRequests: UsedTokens;
};

export type RequestToVerify = {
	headers: IncomingHttpHeaders;
	method: string;
	/** Path with the query, as it was sent. */
	target: string;
	body: Buffer;
	/** Milliseconds. */
	now: number;
};

type SignedParts = { method: string; target: string; site_id: string; request_id: string; timestamp: string; body: Buffer | string };

/** What the secret of a site signs: one line each, without a line break at the end. `docs/api.md` tells it to callers. */
export function stringToSign( { method, target, site_id, request_id, timestamp, body }: SignedParts ): string {
	return [ SCHEME, method, target, site_id, request_id, timestamp, createHash( 'sha256' ).update( body ).digest( 'hex' ) ].join( '\n' );
}

/** Answers the site whose secret has signed this very request. Throws a `GatewayError` whose code says what is wrong. */
export async function verifyRequest( { sites, usedRequests }: RequestContext, { headers, method, target, body, now }: RequestToVerify ): Promise< Site > {
	const { 'x-site-id': site_id, 'x-timestamp': timestamp, 'x-signature': signature, 'x-request-id': request_id } = headers;
	if ( ! isText( site_id ) || ! isText( timestamp ) || ! isText( signature ) || ! z.uuid().safeParse( request_id ).success || ! isText( request_id ) ) {
		throw new GatewayError( 'unauthenticated', 'A signed request carries X-Site-ID, X-Timestamp, X-Signature and, as a UUID, X-Request-ID.' );
	}
	const site = sites.get( site_id ) ?? sites.get( tenantOf( site_id, 1 ) );
	if ( site === undefined ) {
		throw new GatewayError( 'unknown_site', 'The gateway has no site of this id.' );
	}
	const signed = stringToSign( { method, target, site_id, request_id, timestamp, body } );
	if ( ! isSignedByAny( site.api_secrets, signed, signature ) ) {
		throw new GatewayError( 'bad_signature', 'The signature fits neither this request nor the site’s secret.' );
	}
	const seconds = Math.floor( now / 1000 );
	const time = /^[0-9]{1,12}$/.test( timestamp ) ? Number( timestamp ) : NaN;
	if ( ! ( Math.abs( seconds - time ) <= TOLERANCE_SECONDS ) ) {
		throw new GatewayError( 'stale_signature', `X-Timestamp is more than ${ TOLERANCE_SECONDS } seconds away.`, { isRetryable: true, serverTime: seconds } );
	}
	const used = await usedRequests.use( {
		tenant: site.tenant, jti: `request ${ request_id.toLowerCase() }`, iat: time, forget_at: time + TOLERANCE_SECONDS + 1, now: seconds,
	} );
	if ( used === 'too_old' ) {
		throw new GatewayError( 'stale_signature', 'The request is older than the gateway’s memory; sign a new one.', { isRetryable: true, serverTime: seconds } );
	}
	if ( used === 'again' ) {
		throw new GatewayError( 'token_replayed', 'A request with this X-Request-ID was here before; take a new one for each.', { isRetryable: true } );
	}
	return site;
}

/** Tries every secret and every signature, whichever fits, so that the time taken tells nothing. */
function isSignedByAny( secrets: readonly Buffer[], signed: string, header: string ): boolean {
	const given = header.split( ' ' ).slice( 0, MAX_SIGNATURES ).map( ( part ) => Buffer.from( part.startsWith( `${ SCHEME },` ) ? part.slice( SCHEME.length + 1 ) : '', 'base64' ) );
	let isSigned = false;
	for ( const secret of secrets ) {
		const right = createHmac( 'sha256', secret ).update( signed, 'utf8' ).digest();
		for ( const signature of given ) {
			isSigned = ( signature.length === right.length && timingSafeEqual( signature, right ) ) || isSigned;
		}
	}
	return isSigned;
}

function isText( value: string | string[] | undefined ): value is string {
	return typeof value === 'string' && value !== '';
}
