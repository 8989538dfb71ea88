import { createHash } from 'node:crypto';
import { tokenClaims, type TokenClaims } from '@draftkeeper/contract';
import { GatewayError } from '../errors.ts';
import type { Site, Sites } from '../sites/site.ts';
import type { UsedTokens } from './used-tokens.ts';
import { invalidToken, verifySignature } from './verify-signature.ts';

const TOKEN_TYPE = 'draftkeeper+jwt';
const MAX_LIFETIME_SECONDS = 60;
const LEEWAY_SECONDS = 10;

export type TokenContext = {
	/** The gateway's public origin, `https://gateway.example`; a function, because the port may be known only late. */
	origin: () => string;
	sites: Sites;
	usedTokens: UsedTokens;
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
 * Answers the site that signed this very request, and for whom. Throws a `GatewayError` whose code says what is wrong:
 * the signature first, then what it was given for, then the time, and only then whether it was used before.
 */
export async function verifyToken( context: TokenContext, request: SignedRequest ): Promise< { site: Site; subject: string } > {
	const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec( request.authorization ?? '' )?.[ 1 ];
	if ( token === undefined ) {
		throw new GatewayError( 'unauthenticated', 'The request carries no signed token.' );
	}
	const { site, claims } = verifySignature( context.sites, token, TOKEN_TYPE, tokenClaims );
	assertMeantForThis( context, request, claims );
	assertTimely( claims, request.now );
	await useOnce( context, site, claims, request.now );
	return { site, subject: claims.sub };
}

/** Takes the token out of circulation. Throws where it was used before, may have been, or comes from a copy of the site. */
export async function useOnce(
	{ usedTokens }: TokenContext, site: Site, { jti, iat, exp, home }: Pick< TokenClaims, 'jti' | 'iat' | 'exp' | 'home' >, now: number
): Promise< void > {
	const used = await usedTokens.use( { tenant: site.tenant, jti, iat, forget_at: exp + LEEWAY_SECONDS, now: Math.floor( now / 1000 ) } );
	if ( used === 'too_old' ) {
		throw new GatewayError( 'token_expired', 'The token is older than this run of the gateway; sign a new one.', { isRetryable: true } );
	}
	if ( used === 'again' ) {
		throw new GatewayError( 'token_replayed', 'The token was used before.', { isRetryable: true } );
	}
	if ( home !== site.home ) {
		throw new GatewayError( 'site_moved', `The site is registered as ${ site.home }; this request comes from another address.` );
	}
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

/** `milliseconds` is the time now. */
export function assertTimely( { iat, exp }: Pick< TokenClaims, 'iat' | 'exp' >, milliseconds: number ): void {
	const now = Math.floor( milliseconds / 1000 );
	if ( exp <= iat || exp > iat + MAX_LIFETIME_SECONDS ) {
		throw invalidToken( `The token must be valid for 1 to ${ MAX_LIFETIME_SECONDS } seconds.` );
	}
	if ( iat > now + LEEWAY_SECONDS || exp < now - LEEWAY_SECONDS ) {
		throw new GatewayError( 'clock_skew', 'The clocks of the site and the gateway differ too much.', { isRetryable: true, serverTime: now } );
	}
}
