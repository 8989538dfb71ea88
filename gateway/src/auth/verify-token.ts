import { createHash } from 'node:crypto';
import { tokenClaims, type TokenClaims } from '@draftkeeper/contract';
import { compactVerify, decodeJwt, decodeProtectedHeader } from 'jose';
import { GatewayError } from '../errors.ts';
import { tenantOf, type Site, type Sites } from '../sites/site.ts';
import type { UsedTokens } from './used-tokens.ts';

const TOKEN_TYPE = 'draftkeeper+jwt';
const MAX_LIFETIME_SECONDS = 60;
const LEEWAY_SECONDS = 10;

export type TokenContext = {
	/** The gateway's public origin, `https://gateway.example`; a function, because the port may be known only late. */
	origin: () => string;
	sites: Sites;
	usedTokens: UsedTokens;
	/** When this process began, in milliseconds: it does not know what was used before. */
	startedAt: number;
};

export type SignedRequest = {
	/** Value of the `Authorization` header. */
	authorization: string | undefined;
	method: string;
	/** Path of the request, without the query. */
	path: string;
	body: Buffer;
	/** Milliseconds. */
	now: number;
};

/**
 * Answers the site that signed this very request. Throws a `GatewayError` whose code says what is wrong:
 * the signature first, then what it was given for, then the time, and only then whether it was used before.
 */
export async function verifyToken( context: TokenContext, request: SignedRequest ): Promise< Site > {
	const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec( request.authorization ?? '' )?.[ 1 ];
	if ( token === undefined ) {
		throw new GatewayError( 'unauthenticated', 'The request carries no signed token.' );
	}
	const { site, claims } = await verifySignature( context, token );
	assertMeantForThis( context, request, claims );
	assertTimely( context, claims, Math.floor( request.now / 1000 ) );
	if ( ! context.usedTokens.use( site.tenant, claims.jti, claims.exp + LEEWAY_SECONDS, Math.floor( request.now / 1000 ) ) ) {
		throw new GatewayError( 'token_replayed', 'The token was used before.', { isRetryable: true } );
	}
	if ( claims.home !== site.home ) {
		throw new GatewayError( 'site_moved', `The site is registered as ${ site.home }; this request comes from another address.` );
	}
	return site;
}

async function verifySignature( { sites }: TokenContext, token: string ): Promise< { site: Site; claims: TokenClaims } > {
	const { kid, iss, bid } = readUnverified( token );
	const site = sites.get( tenantOf( iss, bid ) );
	if ( site === undefined ) {
		throw new GatewayError( 'unknown_site', 'The gateway has no site of this id and blog.' );
	}
	const key = site.keys.get( kid );
	if ( key === undefined ) {
		throw invalidToken( 'The site has no key of this id.' );
	}
	let payload: Uint8Array;
	try {
		const verified = await compactVerify( token, key, { algorithms: [ 'ES256' ] } );
		if ( verified.protectedHeader.typ !== TOKEN_TYPE ) {
			throw new Error( 'typ' );
		}
		payload = verified.payload;
	} catch ( cause ) {
		throw invalidToken( 'The token’s signature or header is not valid.', cause );
	}
	const claims = tokenClaims.safeParse( JSON.parse( new TextDecoder().decode( payload ) ) );
	if ( ! claims.success ) {
		throw invalidToken( 'The token lacks a claim, or a claim has the wrong form.' );
	}
	return { site, claims: claims.data };
}

/** Reads which key the token names. Nothing of it is believed before the signature holds. */
function readUnverified( token: string ): { kid: string; iss: string; bid: number } {
	try {
		const { kid } = decodeProtectedHeader( token );
		const { iss, bid } = decodeJwt( token );
		if ( typeof kid === 'string' && typeof iss === 'string' && typeof bid === 'number' ) {
			return { kid, iss, bid };
		}
	} catch {
		// Said below.
	}
	throw invalidToken( 'The token cannot be read, or does not name its site and key.' );
}

function assertMeantForThis( context: TokenContext, { method, path, body }: SignedRequest, claims: TokenClaims ): void {
	const origin = context.origin();
	if ( claims.aud !== origin ) {
		throw invalidToken( `The token is meant for another gateway; this one is ${ origin }.` );
	}
	if ( claims.htm !== method || claims.htu !== `${ origin }${ path }` ) {
		throw invalidToken( 'The token is meant for another method or address.' );
	}
	if ( claims.bh !== createHash( 'sha256' ).update( body ).digest( 'base64url' ) ) {
		throw new GatewayError( 'body_hash_mismatch', 'The token is meant for another body.' );
	}
}

function assertTimely( { startedAt }: TokenContext, { iat, exp }: TokenClaims, now: number ): void {
	if ( exp <= iat || exp > iat + MAX_LIFETIME_SECONDS ) {
		throw invalidToken( `The token must be valid for 1 to ${ MAX_LIFETIME_SECONDS } seconds.` );
	}
	if ( iat > now + LEEWAY_SECONDS || exp < now - LEEWAY_SECONDS ) {
		throw new GatewayError( 'clock_skew', 'The clocks of the site and the gateway differ too much.', { isRetryable: true, serverTime: now } );
	}
	if ( iat <= Math.floor( startedAt / 1000 ) ) {
		throw new GatewayError( 'token_expired', 'The token is older than this run of the gateway; sign a new one.', { isRetryable: true } );
	}
}

function invalidToken( message: string, cause?: unknown ): GatewayError {
	return new GatewayError( 'invalid_token', message, { cause } );
}
