import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import vectors from '../../../contract/examples/request-signatures.json' with { type: 'json' };
import { signRequest } from '../../test/sign-request.ts';
import { createTestSite } from '../../test/test-site.ts';
import { API_SECRET_PREFIX, decodeSecrets } from '../decode-secrets.ts';
import type { Site } from '../sites/site.ts';
import { MemoryUsedTokens } from './used-tokens.ts';
import { verifyRequest } from './verify-request.ts';

const NOW = 1_772_357_400_000;
const secret = Buffer.alloc( 32, 's' );

function contextFor( ...sites: Site[] ) {
	return { sites: new Map( sites.map( ( site ) => [ site.tenant, site ] ) ), usedRequests: new MemoryUsedTokens( 0 ) };
}

describe( 'a signed request', () => {
	it.each( vectors.requests )( 'of the shared vector, $name: $expected', async ( { expected, now, secrets, method, target, body, ...sent } ) => {
		const api_secrets = secrets.length === 0 ? [] : decodeSecrets( secrets.join( ' ' ), API_SECRET_PREFIX );
		const { site } = createTestSite( { api_secrets } );
		const headers = { 'x-site-id': sent.site_id, 'x-request-id': sent.request_id, 'x-timestamp': sent.timestamp, 'x-signature': sent.signature };
		const verdict = await verifyRequest( contextFor( site ), { headers, method, target, body: Buffer.from( body ), now: now * 1000 } )
			.then( () => 'valid', ( error: { code: string } ) => error.code );
		expect( verdict ).toBe( expected );
	} );

	const { site } = createTestSite( { api_secrets: [ secret ] } );
	const request = ( overrides: Partial< Parameters< typeof signRequest >[ 1 ] > = {} ) => {
		const parts = { method: 'POST', target: '/v1/chat', body: '{}', now: NOW, ...overrides };
		return { headers: signRequest( secret, parts ), method: parts.method, target: parts.target, body: Buffer.from( parts.body ), now: NOW };
	};

	it( 'is let in once, of fifty at the same time too', async () => {
		const context = contextFor( site );
		const sent = request();
		const answers = await Promise.allSettled( Array.from( { length: 50 }, () => verifyRequest( context, sent ) ) );
		expect( answers.filter( ( { status } ) => status === 'fulfilled' ) ).toHaveLength( 1 );
		expect( answers.find( ( { status } ) => status === 'rejected' ) ).toMatchObject( { reason: { code: 'token_replayed' } } );
		await expect( verifyRequest( context, request() ) ).resolves.toBe( site );
	} );

	it( 'uses up its id only when the signature holds', async () => {
		const context = contextFor( site );
		const sent = request();
		await expect( verifyRequest( context, { ...sent, body: Buffer.from( '{ }' ) } ) ).rejects.toMatchObject( { code: 'bad_signature' } );
		await expect( verifyRequest( context, sent ) ).resolves.toBe( site );
	} );

	it( 'of one site opens nothing of another, and needs no blog number for the first blog', async () => {
		const other = createTestSite( { blog_id: 2, api_secrets: [ Buffer.alloc( 32, 'o' ) ] } ).site;
		const context = contextFor( site, other );
		await expect( verifyRequest( context, request( { site_id: 'shop:2' } ) ) ).rejects.toMatchObject( { code: 'bad_signature' } );
		await expect( verifyRequest( context, request( { site_id: 'shop' } ) ) ).resolves.toBe( site );
		await expect( verifyRequest( context, request( { site_id: 'none' } ) ) ).rejects.toMatchObject( { code: 'unknown_site' } );
	} );

	it.each( [ 'x-site-id', 'x-timestamp', 'x-signature', 'x-request-id' ] )( 'without %s is not authenticated', async ( name ) => {
		const sent = request();
		await expect( verifyRequest( contextFor( site ), { ...sent, headers: { ...sent.headers, [ name ]: undefined } } ) ).rejects.toMatchObject( { code: 'unauthenticated' } );
	} );

	it( 'is told the gateway’s time when its own is off', async () => {
		await expect( verifyRequest( contextFor( site ), request( { now: NOW - 121_000 } ) ) ).rejects.toMatchObject( { code: 'stale_signature', serverTime: NOW / 1000 } );
	} );

	it( 'needs a UUID as its id, so that callers do not choose what collides', async () => {
		await expect( verifyRequest( contextFor( site ), request( { request_id: 'one' } ) ) ).rejects.toMatchObject( { code: 'unauthenticated' } );
		await expect( verifyRequest( contextFor( site ), request( { request_id: randomUUID() } ) ) ).resolves.toBe( site );
	} );
} );
