import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isWellFormedApiKey } from '../keys/api-key.ts';
import { keys } from './keys.ts';

const NOW = Date.parse( '2026-03-01T09:30:00Z' );
const public_key = generateKeyPairSync( 'ec', { namedCurve: 'P-256' } ).publicKey.export( { type: 'spki', format: 'pem' } );
const price = { input_micros_per_million_tokens: 0, output_micros_per_million_tokens: 0 };

let folder: string;

beforeEach( () => {
	folder = mkdtempSync( join( tmpdir(), 'draftkeeper-keys-' ) );
} );

afterEach( () => rmSync( folder, { recursive: true } ) );

async function run( ...args: string[] ) {
	const site = { home: 'https://shop.test', rest_url: 'https://shop.test/wp-json/', keys: [ { kid: 'k', public_key } ], webhook_secret_env: 'SECRET', models: [ 'sample' ], default_model: 'sample' };
	writeFileSync( join( folder, 'gateway.json' ), JSON.stringify( {
		sites: [ { site_id: 'shop', api: true, ...site }, { site_id: 'shop', blog_id: 2, ...site } ],
		providers: { sample: { kind: 'sample' } }, models: [ { id: 'sample', provider: 'sample', upstream_model: 'sample', ...price } ],
	} ) );
	const out: string[] = [];
	const notes: string[] = [];
	await keys.run( args, {
		environment: {
			DRAFTKEEPER_GATEWAY_CONFIG: join( folder, 'gateway.json' ), DRAFTKEEPER_DATABASE: join( folder, 'gateway.sqlite' ),
			SECRET: `whsec_${ randomBytes( 32 ).toString( 'base64' ) }`,
		},
		now: () => NOW, randomBytes, write: ( line ) => void out.push( line ), note: ( line ) => void notes.push( line ),
	} );
	return { out, notes: notes.join( '\n' ) };
}

const add = ( ...args: string[] ) => run( 'add', '--site', 'shop', '--name', 'Newsletter tool', ...args );

describe( 'keys add', () => {
	it( 'shows the key once and keeps no more than its hash', async () => {
		const { out, notes } = await add();
		expect( out ).toHaveLength( 1 );
		expect( isWellFormedApiKey( out[ 0 ] ?? '' ) ).toBe( true );
		expect( notes ).toContain( 'the only time' );
		expect( notes ).not.toContain( '"api": true' );
		const stored = readdirSync( folder ).map( ( file ) => readFileSync( join( folder, file ), 'latin1' ) ).join( '' );
		expect( stored ).toContain( 'Newsletter tool' );
		expect( stored ).not.toContain( out[ 0 ] );
		expect( ( await run( 'list' ) ).out.join( '\n' ) ).not.toContain( out[ 0 ] );
	} );

	it( 'says when the site’s API is off', async () => {
		expect( ( await run( 'add', '--site', 'shop:2', '--name', 'x' ) ).notes ).toContain( 'The API is off for shop:2' );
	} );

	it( 'limits a key as asked', async () => {
		await add( '--routes', 'models,chat', '--models', 'sample', '--expires', '2027-01-31', '--requests-per-minute', '60', '--dollars-per-month', '12.5', '--tokens-per-day', '5000', '--browser' );
		const [ head, row ] = ( await run( 'list', '--site', 'shop' ) ).out;
		expect( head ).toMatch( /^ID +SITE +STATE +ROUTES/ );
		expect( row?.split( /\s{2,}/ ).slice( 1 ) ).toEqual( [ 'shop:1', 'active', 'chat,models', 'sample', 'yes', '60', '0/5000 tokens a day, $0.00/$12.50 a month', '2026-03-01', '2027-01-31', '-', 'Newsletter tool' ] );
	} );

	it.each( [
		[ 'no site', [ 'add', '--name', 'x' ], /which site/ ],
		[ 'another site', [ 'add', '--site', 'blog', '--name', 'x' ], /no site blog/ ],
		[ 'another model', [ 'add', '--site', 'shop', '--name', 'x', '--models', 'gpt' ], /may not use the model gpt/ ],
		[ 'a route there is not', [ 'add', '--site', 'shop', '--name', 'x', '--routes', 'jobs' ], /chat,embeddings,models/ ],
		[ 'a day that has passed', [ 'add', '--site', 'shop', '--name', 'x', '--expires', '2026-03-01' ], /day to come/ ],
		[ 'nonsense', [ 'add', '--site', 'shop', '--name', 'x', '--requests-per-minute', '-1' ], /argument is ambiguous|above zero/ ],
		[ 'no tokens', [ 'add', '--site', 'shop', '--name', 'x', '--tokens-per-day', '0' ], /--tokens-per-day takes a number above zero/ ],
		[ 'no number', [ 'add', '--site', 'shop', '--name', 'x', '--dollars-per-month', 'much' ], /above zero/ ],
		[ 'an option there is not', [ 'add', '--sites', 'shop' ], /--sites/ ],
		[ 'no verb', [], /keys add/ ],
		[ 'a verb there is not', [ 'constructor' ], /keys add/ ],
	] )( 'refuses %s with a sentence', async ( _what, args, sentence ) => {
		await expect( run( ...args ) ).rejects.toThrow( sentence );
	} );
} );

describe( 'keys revoke', () => {
	it( 'takes the id, or the whole key that was found somewhere', async () => {
		const [ first ] = ( await add() ).out;
		await add( '--name', 'Other' );
		expect( ( await run( 'revoke', first ?? '' ) ).notes ).toContain( 'Newsletter tool' );
		const list = ( await run( 'list' ) ).out;
		const id = list.find( ( line ) => line.endsWith( 'Other' ) )?.split( ' ' )[ 0 ] ?? '';
		await run( 'revoke', id );
		expect( ( await run( 'list' ) ).out.slice( 1 ).map( ( line ) => line.split( /\s{2,}/ )[ 2 ] ) ).toEqual( [ 'revoked', 'revoked' ] );
		await expect( run( 'revoke', '0123456789abcdef' ) ).rejects.toThrow( 'There is no such key.' );
	} );
} );
