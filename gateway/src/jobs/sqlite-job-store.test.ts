import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../database.ts';
import { describeDeliveryStore } from '../deliveries/delivery-store.conformance.ts';
import { SqliteDeliveryStore } from '../deliveries/sqlite-delivery-store.ts';
import { describeJobStore } from './job-store.conformance.ts';
import { SqliteJobStore } from './sqlite-job-store.ts';

async function openStores() {
	const database = openDatabase( ':memory:' );
	return { jobs: new SqliteJobStore( database ), deliveries: new SqliteDeliveryStore( database ), close: async () => void database.close() };
}

describeJobStore( 'SQLite', openStores );
describeDeliveryStore( 'SQLite', openStores );

describe( 'the SQLite file', () => {
	const folders: string[] = [];
	const newFile = () => {
		const folder = mkdtempSync( join( tmpdir(), 'draftkeeper-' ) );
		folders.push( folder );
		return join( folder, 'deeper', 'gateway.sqlite' );
	};

	afterEach( () => {
		for ( const folder of folders.splice( 0 ) ) {
			rmSync( folder, { recursive: true } );
		}
	} );

	const job = {
		tenant: 'shop:1', uuid: '018f6b0a-7c1e-4b8e-9d55-0c4f3f1e2a77', request_id: 'f47ac10b-58cc-4372-a567-0e02b2c3d479', task: 'product_description' as const,
		model: 'sample', body_hash: 'hash', request: { messages: [ { role: 'user' as const, content: 'a canary in the prompt' } ], temperature: 0, max_output_tokens: 1 },
		accepted_at: 1, expires_at: 9_999,
	};

	it( 'syncs every commit to the disk, with a log beside it', () => {
		const database = openDatabase( newFile() );
		expect( database.prepare( 'PRAGMA synchronous' ).get() ).toMatchObject( { synchronous: 2 } );
		expect( database.prepare( 'PRAGMA journal_mode' ).get() ).toMatchObject( { journal_mode: 'wal' } );
		database.close();
	} );

	it( 'keeps its jobs when it is closed and opened again', async () => {
		const file = newFile();
		const first = openDatabase( file );
		await new SqliteJobStore( first ).accept( job );
		first.close();
		const second = openDatabase( file );
		expect( await new SqliteJobStore( second ).find( 'shop:1', [ job.uuid ] ) ).toMatchObject( [ { state: 'queued' } ] );
		second.close();
	} );

	it( 'serves two connections without losing or doubling a job', async () => {
		const file = newFile();
		const [ one, two ] = [ openDatabase( file ), openDatabase( file ) ];
		const answers = await Promise.all( [ new SqliteJobStore( one ).accept( job ), new SqliteJobStore( two ).accept( job ) ] );
		expect( answers.map( ( { kind } ) => kind ).sort() ).toEqual( [ 'accepted', 'known' ] );
		one.close();
		two.close();
	} );

	it( 'is readable for its owner only', () => {
		const file = newFile();
		openDatabase( file ).close();
		expect( statSync( file ).mode & 0o077 ).toBe( process.platform === 'win32' ? statSync( file ).mode & 0o077 : 0 );
	} );

	it( 'is refused when a newer gateway wrote it', () => {
		const file = newFile();
		const database = openDatabase( file );
		database.exec( 'PRAGMA user_version = 99' );
		database.close();
		expect( () => openDatabase( file ) ).toThrow( /schema version 99.*newer gateway/ );
	} );

	it( 'forgets the request when the job ends', async () => {
		const file = newFile();
		const database = openDatabase( file );
		const store = new SqliteJobStore( database );
		await store.accept( job );
		await store.cancel( job, 5 );
		expect( database.prepare( 'SELECT request_json FROM jobs' ).get() ).toMatchObject( { request_json: null } );
		database.exec( 'PRAGMA wal_checkpoint(TRUNCATE)' );
		database.close();
		expect( readFileSync( file ).includes( 'a canary in the prompt' ) ).toBe( false );
	} );
} );
