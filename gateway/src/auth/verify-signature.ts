import { verify, type KeyObject } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, type JWTPayload, type ProtectedHeaderParameters } from 'jose';
import { GatewayError } from '../errors.ts';
import { tenantOf, type Site, type Sites } from '../sites/site.ts';

type ClaimsSchema< Claims > = { safeParse: ( value: unknown ) => { success: true; data: Claims } | { success: false } };

/** Answers the site whose key has signed `token`, and what it says. Nobody's time or purpose is checked here. */
export function verifySignature< Claims >(
	sites: Sites, token: string, type: string, schema: ClaimsSchema< Claims >
): { site: Site; claims: Claims } {
	const { header, payload, kid, iss, bid } = readUnverified( token );
	const site = sites.get( tenantOf( iss, bid ) );
	if ( site === undefined ) {
		throw new GatewayError( 'unknown_site', 'The gateway has no site of this id and blog.' );
	}
	const key = site.keys.get( kid );
	if ( key === undefined ) {
		throw invalidToken( 'The site has no key of this id.' );
	}
	// `crit` lists what a reader must understand; there is nothing of that kind here.
	if ( header.alg !== 'ES256' || header.typ !== type || 'crit' in header || ! isSignedBy( key, token ) ) {
		throw invalidToken( 'The token’s signature or header is not valid.' );
	}
	const claims = schema.safeParse( payload );
	if ( ! claims.success ) {
		throw invalidToken( 'The token lacks a claim, or a claim has the wrong form.' );
	}
	return { site, claims: claims.data };
}

/** Here and now: a fifth of a job's whole intake would go into having another thread do it. The keys are all on P-256, see `config-file.ts`. */
function isSignedBy( key: KeyObject, token: string ): boolean {
	const end = token.lastIndexOf( '.' );
	return verify( 'sha256', Buffer.from( token.slice( 0, end ) ), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from( token.slice( end + 1 ), 'base64url' ) );
}

type Unverified = { header: ProtectedHeaderParameters; payload: JWTPayload; kid: string; iss: string; bid: number };

/** Reads which key the token names. Nothing of it is believed before the signature holds. */
function readUnverified( token: string ): Unverified {
	try {
		const header = decodeProtectedHeader( token );
		const payload = decodeJwt( token );
		const { kid } = header;
		const { iss, bid } = payload;
		if ( typeof kid === 'string' && typeof iss === 'string' && typeof bid === 'number' ) {
			return { header, payload, kid, iss, bid };
		}
	} catch {
		// Said below.
	}
	throw invalidToken( 'The token cannot be read, or does not name its site and key.' );
}

export function invalidToken( message: string ): GatewayError {
	return new GatewayError( 'invalid_token', message );
}
