import { compactVerify, decodeJwt, decodeProtectedHeader } from 'jose';
import { GatewayError } from '../errors.ts';
import { tenantOf, type Site, type Sites } from '../sites/site.ts';

type ClaimsSchema< Claims > = { safeParse: ( value: unknown ) => { success: true; data: Claims } | { success: false } };

/** Answers the site whose key has signed `token`, and what it says. Nobody's time or purpose is checked here. */
export async function verifySignature< Claims >(
	sites: Sites, token: string, type: string, schema: ClaimsSchema< Claims >
): Promise< { site: Site; claims: Claims } > {
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
		if ( verified.protectedHeader.typ !== type ) {
			throw new Error( 'typ' );
		}
		payload = verified.payload;
	} catch ( cause ) {
		throw invalidToken( 'The token’s signature or header is not valid.', cause );
	}
	const claims = schema.safeParse( JSON.parse( new TextDecoder().decode( payload ) ) );
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

export function invalidToken( message: string, cause?: unknown ): GatewayError {
	return new GatewayError( 'invalid_token', message, { cause } );
}
