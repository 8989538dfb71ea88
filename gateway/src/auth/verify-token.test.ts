import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { claimsFor, createTestSite, KEY_ID, ORIGIN, signToken, type TokenOverrides } from '../../test/test-site.ts';
import { MemoryUsedTokens } from './used-tokens.ts';
import { verifyToken, type SignedRequest, type TokenContext } from './verify-token.ts';

const NOW = Date.parse( '2026-03-01T09:30:00Z' );
const NOW_SECONDS = NOW / 1000;
const shop = createTestSite();
const other = createTestSite( { site_id: 'other', home: 'https://other.test' } );
const call = { method: 'POST', url: `${ ORIGIN }/v1/jobs`, body: '{"a":1}', now: NOW };

let context: TokenContext;

beforeEach( () => {
	context = {
		origin: () => ORIGIN,
		sites: new Map( [ [ shop.site.tenant, shop.site ], [ other.site.tenant, other.site ] ] ),
		usedTokens: new MemoryUsedTokens( NOW_SECONDS - 3_600 ),
	};
} );

const verify = ( token: string, request: Partial< SignedRequest > = {} ) =>
	verifyToken( context, { authorization: `Bearer ${ token }`, method: 'POST', path: '/v1/jobs', body: Buffer.from( call.body ), now: NOW, ...request } );

const verifyWith = async ( overrides: TokenOverrides ) => verify( await signToken( shop, call, overrides ) );

const encode = ( value: object ) => Buffer.from( JSON.stringify( value ) ).toString( 'base64url' );

describe( 'a token', () => {
	it( 'names the site that signed the request', async () => {
		expect( await verify( await signToken( shop, call ) ) ).toEqual( { site: shop.site, subject: 'pseudonym' } );
	} );

	it( 'covers the empty body where there is none', async () => {
		const token = await signToken( shop, { method: 'GET', url: `${ ORIGIN }/v1/jobs?ids=a`, now: NOW } );
		expect( await verify( token, { method: 'GET', body: Buffer.alloc( 0 ) } ) ).toMatchObject( { subject: 'pseudonym' } );
	} );

	it.each( [ undefined, '', 'Basic abc', 'Bearer', 'Bearer not-a-token', 'Bearer a.b.c d' ] )( 'is asked for when the header is %j', async ( authorization ) => {
		await expect( verify( '', { authorization } ) ).rejects.toMatchObject( { code: 'unauthenticated' } );
	} );

	it( 'that is not JSON inside is refused', async () => {
		await expect( verify( 'abc.def.ghi' ) ).rejects.toMatchObject( { code: 'invalid_token' } );
	} );

	it.each< [ string, TokenOverrides ] >( [
		[ 'of another type', { header: { typ: 'JWT' } } ],
		[ 'without a type', { header: { typ: undefined } } ],
		[ 'without a key id', { header: { kid: undefined } } ],
		[ 'of a key that the site does not have', { header: { kid: 'key-2' } } ],
		[ 'with a critical header that nobody knows', { header: { crit: [ 'x' ], x: 1 } } ],
		[ 'for another gateway', { claims: { aud: 'https://elsewhere.test' } } ],
		[ 'for another method', { claims: { htm: 'DELETE' } } ],
		[ 'for another address', { claims: { htu: `${ ORIGIN }/v1/jobs/1` } } ],
		[ 'with a query in its address', { claims: { htu: `${ ORIGIN }/v1/jobs?ids=1` } } ],
		[ 'without a jti', { claims: { jti: undefined } } ],
		[ 'with a time as text', { claims: { iat: '1' } } ],
		[ 'that lives longer than a minute', { claims: { exp: NOW_SECONDS + 61 } } ],
		[ 'that expires before it begins', { claims: { exp: NOW_SECONDS } } ],
	] )( '%s is refused', async ( _what, overrides ) => {
		const signing = overrides.header?.[ 'crit' ] === undefined
			? verifyWith( overrides )
			: verify( [ encode( { alg: 'ES256', typ: 'draftkeeper+jwt', kid: KEY_ID, ...overrides.header } ), encode( claimsFor( shop, call ) ), 'AAAA' ].join( '.' ) );
		await expect( signing ).rejects.toMatchObject( { code: 'invalid_token' } );
	} );

	it( 'of an unknown site or blog is refused', async () => {
		await expect( verifyWith( { claims: { iss: 'nobody' } } ) ).rejects.toMatchObject( { code: 'unknown_site' } );
		await expect( verifyWith( { claims: { bid: 2 } } ) ).rejects.toMatchObject( { code: 'unknown_site' } );
	} );

	it( 'signed with another site’s key is refused', async () => {
		await expect( verify( await signToken( other, call, { claims: { iss: 'shop', home: shop.site.home } } ) ) ).rejects.toMatchObject( { code: 'invalid_token' } );
	} );

	it( 'without a signature, or signed with the public key as a secret, is refused', async () => {
		const claims = encode( claimsFor( shop, call ) );
		const none = `${ encode( { alg: 'none', typ: 'draftkeeper+jwt', kid: KEY_ID } ) }.${ claims }.AA`;
		await expect( verify( none ) ).rejects.toMatchObject( { code: 'invalid_token' } );
		const signed = `${ encode( { alg: 'HS256', typ: 'draftkeeper+jwt', kid: KEY_ID } ) }.${ claims }`;
		const confused = `${ signed }.${ createHmac( 'sha256', shop.publicPem ).update( signed ).digest( 'base64url' ) }`;
		await expect( verify( confused ) ).rejects.toMatchObject( { code: 'invalid_token' } );
	} );

	it( 'that is signed well, but says more than we understand or in another form, is refused', async () => {
		const signed = ( header: object, dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363', hash = 'sha256' ) => {
			const data = [ encode( { alg: 'ES256', typ: 'draftkeeper+jwt', kid: KEY_ID, ...header } ), encode( claimsFor( shop, call ) ) ].join( '.' );
			return `${ data }.${ sign( hash, Buffer.from( data ), { key: shop.privateKey, dsaEncoding } ).toString( 'base64url' ) }`;
		};
		expect( await verify( signed( {} ) ) ).toMatchObject( { subject: 'pseudonym' } );
		for ( const token of [ signed( { crit: [ 'exp' ] } ), signed( { crit: [] } ), signed( { alg: 'ES384' } ), signed( {}, 'der' ), signed( {}, 'ieee-p1363', 'sha384' ), `${ signed( {} ) }A` ] ) {
			await expect( verify( token ) ).rejects.toMatchObject( { code: 'invalid_token' } );
		}
	} );

	it( 'with one changed character is refused', async () => {
		const token = await signToken( shop, call );
		const changed = token.replace( /[^.](?=[^.]*$)/, ( character ) => ( character === 'A' ? 'B' : 'A' ) );
		await expect( verify( changed ) ).rejects.toMatchObject( { code: 'invalid_token' } );
	} );

	it( 'does not fit another body', async () => {
		const token = await signToken( shop, call );
		await expect( verify( token, { body: Buffer.from( '{"a":2}' ) } ) ).rejects.toMatchObject( { code: 'body_hash_mismatch' } );
	} );

	it( 'holds with either key while the site rotates', async () => {
		const next = generateKeyPairSync( 'ec', { namedCurve: 'P-256' } );
		const rotating = { ...shop, site: { ...shop.site, keys: new Map( [ ...shop.site.keys, [ 'key-2', next.publicKey ] ] ) } };
		context = { ...context, sites: new Map( [ [ shop.site.tenant, rotating.site ] ] ) };
		expect( await verify( await signToken( shop, call ) ) ).toMatchObject( { site: { site_id: 'shop' } } );
		expect( await verify( await signToken( { ...shop, privateKey: next.privateKey }, call, { header: { kid: 'key-2' } } ) ) ).toMatchObject( { site: { site_id: 'shop' } } );
	} );
} );

describe( 'the time of a token', () => {
	const at = async ( skewSeconds: number ) => verify( await signToken( shop, { ...call, now: NOW + skewSeconds * 1000 } ) );

	it.each( [ 10, 0, -60, -70 ] )( 'may differ by %i seconds', async ( skew ) => {
		expect( await at( skew ) ).toMatchObject( { site: { site_id: 'shop' } } );
	} );

	it.each( [ 11, 3_600, -71, -3_600 ] )( 'is answered with ours when it differs by %i seconds', async ( skew ) => {
		await expect( at( skew ) ).rejects.toMatchObject( { code: 'clock_skew', serverTime: NOW_SECONDS, isRetryable: true } );
	} );

	it( 'is not told to someone who cannot sign', async () => {
		await expect( verify( await signToken( other, { ...call, now: 0 }, { claims: { iss: 'shop' } } ) ) ).rejects.toMatchObject( { code: 'invalid_token' } );
	} );

	it( 'must be after the start of this process', async () => {
		context = { ...context, usedTokens: new MemoryUsedTokens( NOW_SECONDS - 1 ) };
		await expect( at( -1 ) ).rejects.toMatchObject( { code: 'token_expired', isRetryable: true } );
		expect( await at( 0 ) ).toMatchObject( { site: { site_id: 'shop' } } );
	} );
} );

describe( 'the use of a token', () => {
	it( 'succeeds once of fifty at the same time', async () => {
		const token = await signToken( shop, call );
		const results = await Promise.allSettled( Array.from( { length: 50 }, () => verify( token ) ) );
		expect( results.filter( ( { status } ) => status === 'fulfilled' ) ).toHaveLength( 1 );
		const codes = results.flatMap( ( result ) => ( result.status === 'rejected' ? [ ( result.reason as { code: string } ).code ] : [] ) );
		expect( new Set( codes ) ).toEqual( new Set( [ 'token_replayed' ] ) );
	} );

	it( 'is not used up by a forger who knows its jti', async () => {
		const jti = 'aaaaaaaaaaaaaaaaaaaaaa';
		await expect( verify( await signToken( other, call, { claims: { iss: 'shop', jti } } ) ) ).rejects.toMatchObject( { code: 'invalid_token' } );
		expect( await verifyWith( { claims: { jti } } ) ).toMatchObject( { site: { site_id: 'shop' } } );
	} );

	it( 'is remembered per site', async () => {
		const jti = 'aaaaaaaaaaaaaaaaaaaaaa';
		await verifyWith( { claims: { jti } } );
		expect( await verify( await signToken( other, call, { claims: { jti } } ) ) ).toMatchObject( { site: { site_id: 'other' } } );
	} );

	it( 'from a copy of the site is told that the site has moved', async () => {
		await expect( verifyWith( { claims: { home: 'https://staging.test' } } ) ).rejects.toMatchObject( { code: 'site_moved' } );
	} );
} );
