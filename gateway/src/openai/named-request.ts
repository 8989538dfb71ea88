import { createHash } from 'node:crypto';
import type { NamedRequest } from '../calls/answer-store.ts';
import { GatewayError } from '../errors.ts';
import type { Caller } from './models.ts';

const VISIBLE_ASCII = /^[\x20-\x7e]{1,255}$/;

/** What the caller has named with `Idempotency-Key`, plain or as a quoted string; null where it has not. */
export function readNamedRequest( header: string | string[] | undefined, { site, key }: Caller, body: unknown ): NamedRequest | null {
	if ( header === undefined ) {
		return null;
	}
	const name = typeof header === 'string' ? header.trim().replace( /^"(.*)"$/, '$1' ) : '';
	if ( ! VISIBLE_ASCII.test( name ) ) {
		throw new GatewayError( 'invalid_idempotency_key', 'Idempotency-Key must be 1 to 255 visible ASCII characters.' );
	}
	return { tenant: site.tenant, owner: key?.id ?? 'site', name, body_hash: createHash( 'sha256' ).update( JSON.stringify( body ) ).digest( 'base64url' ) };
}
