import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import vectors from '../../../contract/examples/signatures.json' with { type: 'json' };
import { decodeSecrets, WEBHOOK_SECRET_PREFIX } from '../decode-secrets.ts';
import { signWebhook } from './sign-webhook.ts';

describe( 'signing a webhook', () => {
	const genuine = vectors.webhooks.filter( ( { name } ) => name === 'the right signature' || name === 'the second of two secrets' );

	it.each( genuine )( 'reproduces the shared vector: $name', ( { secrets, headers, body } ) => {
		const signed = signWebhook( {
			id: headers[ 'webhook-id' ], timestamp: Number( headers[ 'webhook-timestamp' ] ), body, secrets: decodeSecrets( secrets.join( ' ' ), WEBHOOK_SECRET_PREFIX ).slice( -1 ),
		} );
		expect( signed ).toEqual( headers );
	} );

	it( 'is what the reference library verifies, with any of the live secrets', () => {
		fc.assert( fc.property( fc.string( { unit: 'grapheme' } ), fc.integer( { min: 24, max: 64 } ), ( note, length ) => {
			const body = JSON.stringify( { note } );
			const secrets = [ randomBytes( length ), randomBytes( 32 ) ];
			const headers = signWebhook( { id: 'msg_1', timestamp: Math.floor( Date.now() / 1000 ), body, secrets } );
			expect( headers[ 'webhook-signature' ]?.split( ' ' ) ).toHaveLength( 2 );
			for ( const secret of secrets ) {
				expect( new Webhook( `whsec_${ secret.toString( 'base64' ) }` ).verify( body, headers ) ).toEqual( { note } );
			}
		} ), { numRuns: 50 } );
	} );
} );
