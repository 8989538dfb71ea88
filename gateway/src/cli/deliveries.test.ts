import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../database.ts';
import { SqliteDeliveryStore } from '../deliveries/sqlite-delivery-store.ts';
import { SqliteJobStore } from '../jobs/sqlite-job-store.ts';
import { deliveries } from './deliveries.ts';

const NOW = Date.parse( '2026-03-01T09:30:00Z' );
const public_key = generateKeyPairSync( 'ec', { namedCurve: 'P-256' } ).publicKey.export( { type: 'spki', format: 'pem' } );
const price = { input_micros_per_million_tokens: 0, output_micros_per_million_tokens: 0 };

let folder: string;

beforeEach( () => {
	folder = mkdtempSync( join( tmpdir(), 'draftkeeper-deliveries-' ) );
	writeFileSync( join( folder, 'gateway.json' ), JSON.stringify( {
		sites: [ {
			site_id: 'shop', home: 'https://shop.test', rest_url: 'https://shop.test/wp-json/', keys: [ { kid: 'k', public_key } ], webhook_secret_env: 'SECRET',
			models: [ 'sample' ], default_model: 'sample',
		} ],
		providers: { sample: { kind: 'sample' } }, models: [ { id: 'sample', provider: 'sample', upstream_model: 'sample', ...price } ],
	} ) );
} );

afterEach( () => rmSync( folder, { recursive: true } ) );

/** A result that its site did not take; answers the id of its delivery. */
async function giveUp( tenant: string ): Promise< string > {
	const database = openDatabase( join( folder, 'gateway.sqlite' ) );
	const [ jobs, store ] = [ new SqliteJobStore( database ), new SqliteDeliveryStore( database ) ];
	const key = { tenant, uuid: randomUUID() };
	await jobs.accept( {
		...key, request_id: randomUUID(), task: 'product_description', model: 'sample', body_hash: 'hash', accepted_at: NOW, expires_at: NOW + 1_000,
		request: { messages: [], temperature: 0, max_output_tokens: 1 },
	} );
	await jobs.cancel( key, NOW );
	const due = await store.claimDelivery( { now: NOW, lease_until: NOW + 1, busy_tenants: [] } );
	await store.settleDelivery( due?.id ?? '', { then: 'dead', failure: 'http 500' }, NOW + 60_000 );
	database.close();
	return due?.id ?? '';
}

async function run( ...args: string[] ) {
	const out: string[] = [];
	const notes: string[] = [];
	const context = {
		environment: {
			DRAFTKEEPER_GATEWAY_CONFIG: join( folder, 'gateway.json' ), DRAFTKEEPER_DATABASE: join( folder, 'gateway.sqlite' ),
			SECRET: `whsec_${ randomBytes( 32 ).toString( 'base64' ) }`,
		},
		now: () => NOW + 120_000, randomBytes, write: ( line: string ) => void out.push( line ), note: ( line: string ) => void notes.push( line ),
	};
	const failure = await deliveries.run( args, context ).then( () => null, ( error: unknown ) => ( error as Error ).message );
	return { out, notes: notes.join( '\n' ), failure };
}

describe( 'deliveries list', () => {
	it( 'tells which results were given up, when and why', async () => {
		const id = await giveUp( 'shop:1' );
		const { out } = await run( 'list' );
		expect( out ).toHaveLength( 2 );
		expect( out[ 1 ] ).toContain( `${ id }  shop:1` );
		expect( out[ 1 ] ).toMatch( /2026-03-01 09:31 UTC {2}http 500$/ );
	} );

	it( 'shows those of one site', async () => {
		await giveUp( 'shop:1' );
		await giveUp( 'shop:2' );
		expect( ( await run( 'list', '--site', 'shop' ) ).out.slice( 1 ).join() ).toMatch( /shop:1/ );
		expect( ( await run( 'list', '--site', 'shop:3' ) ).notes ).toBe( 'There are no results that were given up.' );
		expect( ( await run( 'list', '--limit', '1' ) ).notes ).toContain( 'raise --limit' );
	} );
} );

describe( 'deliveries replay', () => {
	it( 'sends the named results again, and says which it does not have', async () => {
		const [ first, second ] = [ await giveUp( 'shop:1' ), await giveUp( 'shop:1' ) ];
		expect( await run( 'replay', first, second ) ).toMatchObject( { notes: '2 of 2 are sent again.', failure: null } );
		expect( await run( 'replay', first, 'msg_x' ) ).toMatchObject( { notes: '0 of 2 are sent again.', failure: `Not given up, or not known: ${ first }, msg_x` } );
		expect( ( await run( 'list' ) ).notes ).toContain( 'no results' );
	} );

	it( 'sends all of a site again', async () => {
		await giveUp( 'shop:1' );
		await giveUp( 'shop:1' );
		await giveUp( 'shop:2' );
		expect( await run( 'replay', '--all', '--site', 'shop' ) ).toMatchObject( { notes: '2 of 2 are sent again.', failure: null } );
		expect( ( await run( 'list' ) ).out ).toHaveLength( 2 );
	} );

	it.each( [ [ 'replay' ], [ 'replay', '--all', 'msg_x' ], [ 'list', '--limit', 'many' ], [ 'list', '--colour' ], [ 'burn' ], [] ] )( 'explains itself where it is not understood: %s', async ( ...args ) => {
		expect( ( await run( ...args ) ).failure ).toMatch( /deliveries replay|--limit takes/ );
	} );
} );
