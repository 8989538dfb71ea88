import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { CONTRACT_VERSION, type Offer, type TicketClaims, type TokenClaims } from '@draftkeeper/contract';
import { CompactSign } from 'jose';
import { defaultSitePolicy } from '../src/policy/site-policy.ts';
import type { Site } from '../src/sites/site.ts';

export const ORIGIN = 'http://gateway.test';
export const KEY_ID = 'key-1';

export type TestSite = { site: Site; privateKey: ReturnType< typeof generateKeyPairSync >[ 'privateKey' ]; publicPem: string; secret: string };

/** A registered site and what only WordPress has of it: the private key. */
export function createTestSite( overrides: Partial< Site > = {} ): TestSite {
	const { privateKey, publicKey } = generateKeyPairSync( 'ec', { namedCurve: 'P-256' } );
	const secret = randomBytes( 32 );
	const site_id = overrides.site_id ?? 'shop';
	const blog_id = overrides.blog_id ?? 1;
	const site: Site = {
		tenant: `${ site_id }:${ blog_id }`,
		site_id,
		blog_id,
		home: 'https://shop.test',
		rest_url: 'https://shop.test/wp-json/',
		keys: new Map( [ [ KEY_ID, publicKey ] ] ),
		webhook_secrets: [ secret ],
		private_networks: [],
		origins: [],
		api: false,
		api_secrets: [],
		models: [ 'sample', 'other' ],
		default_model: 'sample',
		moderation_key: null,
		...defaultSitePolicy,
		...overrides,
	};
	return {
		site, privateKey, publicPem: publicKey.export( { type: 'spki', format: 'pem' } ) as string, secret: `whsec_${ secret.toString( 'base64' ) }`,
	};
}

export type TokenOverrides = { claims?: Partial< Record< keyof TokenClaims, unknown > >; header?: Record< string, unknown > };

type Call = { method: string; url: string; body?: string; now: number };

export function claimsFor( { site }: TestSite, { method, url, body = '', now }: Call ): TokenClaims {
	const { origin, pathname } = new URL( url );
	const iat = Math.floor( now / 1000 );
	return {
		iss: site.site_id,
		bid: site.blog_id,
		home: site.home,
		aud: origin,
		sub: 'pseudonym',
		htm: method,
		htu: `${ origin }${ pathname }`,
		bh: createHash( 'sha256' ).update( body ).digest( 'base64url' ),
		iat,
		exp: iat + 60,
		jti: randomBytes( 16 ).toString( 'base64url' ),
	};
}

/** Signs a request as WordPress does; overrides make it wrong in one point. */
export async function signToken( testSite: TestSite, call: Call, { claims, header }: TokenOverrides = {} ): Promise< string > {
	const payload = JSON.stringify( { ...claimsFor( testSite, call ), ...claims } );
	return new CompactSign( new TextEncoder().encode( payload ) )
		.setProtectedHeader( { alg: 'ES256', typ: 'draftkeeper+jwt', kid: KEY_ID, ...header } )
		.sign( testSite.privateKey );
}

/** Signs a ticket for the stream of one job as WordPress does; overrides make it wrong in one point. */
export async function signTicket(
	{ site, privateKey }: TestSite, { job, now }: { job: string; now: number }, { claims, header }: { claims?: Partial< TicketClaims >; header?: object } = {}
): Promise< string > {
	const iat = Math.floor( now / 1000 );
	const payload = JSON.stringify( {
		iss: site.site_id,
		bid: site.blog_id,
		home: site.home,
		aud: ORIGIN,
		job,
		origin: new URL( site.home ).origin,
		iat,
		exp: iat + 60,
		jti: randomBytes( 16 ).toString( 'base64url' ),
		...claims,
	} satisfies TicketClaims );
	return new CompactSign( new TextEncoder().encode( payload ) )
		.setProtectedHeader( { alg: 'ES256', typ: 'draftkeeper-ticket+jwt', kid: KEY_ID, ...header } )
		.sign( privateKey );
}

export const sampleFacts = {
	name: 'Fjord side table',
	sku: 'FJ-200',
	categories: [ 'Tables', 'Living room' ],
	tags: [ 'oak', 'handmade' ],
	attributes: [
		{ name: 'Width', value: '42', unit: 'cm' },
		{ name: 'Height', value: '55', unit: 'cm' },
		{ name: 'Material', value: 'solid oak', unit: null },
		{ name: 'Made in', value: 'Portugal', unit: null },
		{ name: 'Weight', value: '6.5', unit: 'kg' },
	],
	price: { amount: '129.00', currency: 'EUR' },
	images: [],
	existing_text: null,
};

export function userMessage( facts: object = sampleFacts, brief: object = {} ): string {
	const whole = { tone: 'plain', words: 120, audience: 'people in small flats', keywords: [ 'oak table' ], language: 'en-US', ...brief };
	return `Describe the product.\n<data>${ JSON.stringify( { facts, brief: whole } ) }</data>`;
}

export function createOffer( overrides: Partial< Offer > = {} ): Offer {
	return {
		contract_version: CONTRACT_VERSION,
		uuid: randomUUID(),
		task: 'product_description',
		model: null,
		messages: [ { role: 'system', content: 'You write product descriptions.' }, { role: 'user', content: userMessage() } ],
		temperature: 0.7,
		max_output_tokens: 2048,
		request_id: randomUUID(),
		expires_at: '2099-01-01T00:00:00Z',
		...overrides,
	};
}
