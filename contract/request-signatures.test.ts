import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

type Vector = {
	name: string; expected: string; secrets: string[]; signature: string;
	method: string; target: string; site_id: string; request_id: string; timestamp: string; body: string;
};
const { requests } = JSON.parse( readFileSync( join( import.meta.dirname, 'examples', 'request-signatures.json' ), 'utf8' ) ) as { requests: Vector[] };

/** As `docs/api.md` tells callers to. */
function sign( { method, target, site_id, request_id, timestamp, body }: Vector, secret: string ): string {
	const signed = [ 'v1', method, target, site_id, request_id, timestamp, createHash( 'sha256' ).update( body ).digest( 'hex' ) ].join( '\n' );
	return `v1,${ createHmac( 'sha256', Buffer.from( secret.replace( 'dksec_', '' ), 'base64' ) ).update( signed ).digest( 'base64' ) }`;
}

describe( 'signatures of requests', () => {
	it.each( requests )( '$name: $expected', ( vector ) => {
		const right = vector.secrets.map( ( secret ) => sign( vector, secret ) );
		const isSigned = vector.signature.split( ' ' ).some( ( signature ) => right.includes( signature ) );
		expect( isSigned ).toBe( vector.expected !== 'bad_signature' );
	} );
} );
