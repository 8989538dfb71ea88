import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Offer } from '@draftkeeper/contract';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { openDatabase } from '../../src/database.ts';
import { SqliteJobStore } from '../../src/jobs/sqlite-job-store.ts';
import { buildServer, removeServer } from '../server-process.ts';
import { createFaultWorld } from './fault-world.ts';

/** Enough for the schema and some dozen jobs. */
const FILE_LIMIT_BLOCKS = '1500';
const MAX_OFFERS = 400;
/** So many files are torn, each at another byte. */
const TEARS = 12;

beforeAll( () => buildServer( join( 'test', 'faults', 'crashing-gateway.ts' ) ) );
afterAll( removeServer );

async function createWorld( { onTestFinished }: TestContext ) {
	const world = await createFaultWorld( 'SQLite' );
	onTestFinished( world.remove );
	return { ...world, file: world.installation.environment[ 'DRAFTKEEPER_DATABASE' ] ?? '' };
}

/** Opens the file as the next start of the gateway does; answers which of the offers are in it. */
async function readBack( file: string, offers: readonly Offer[] ): Promise< boolean[] > {
	const database = openDatabase( file );
	expect( database.prepare( 'PRAGMA integrity_check' ).get() ).toMatchObject( { integrity_check: 'ok' } );
	const known = new Set( ( await new SqliteJobStore( database ).find( 'shop:1', offers.map( ( { uuid } ) => uuid ) ) ).map( ( { uuid } ) => uuid ) );
	database.close();
	return offers.map( ( { uuid } ) => known.has( uuid ) );
}

describe.concurrent( 'a gateway on SQLite', () => {
	it( 'whose disk is full sends offers away, and has every job that it took', async ( context ) => {
		const world = await createWorld( context );
		world.provider.hold();
		world.installation.environment[ 'FILE_LIMIT_BLOCKS' ] = FILE_LIMIT_BLOCKS;
		const limited = await world.start();
		const taken: Offer[] = [];
		let refusal: unknown = null;
		while ( refusal === null && taken.length < MAX_OFFERS ) {
			const offer = world.offer();
			const answer = await world.ask( 'POST', '/v1/jobs', JSON.stringify( offer ) );
			if ( answer.status === 202 ) {
				taken.push( offer );
				world.history.push( { what: 'accepted', uuid: offer.uuid } );
			} else {
				refusal = answer;
			}
		}
		expect( refusal ).toMatchObject( { status: 503, body: { code: 'overloaded', retryable: true } } );
		expect( taken.length ).toBeGreaterThan( 3 );
		await limited.kill( 'SIGKILL' );
		expect( await readBack( world.file, taken ) ).toEqual( taken.map( () => true ) );

		delete world.installation.environment[ 'FILE_LIMIT_BLOCKS' ];
		await world.start();
		world.provider.release();
		await world.finish( taken );
		expect( await world.check( taken ) ).toEqual( [] );
	} );

	it( 'that was killed while it wrote has every job that it took, and a file in order', async ( context ) => {
		const world = await createWorld( context );
		world.provider.hold();
		const server = await world.start();
		const offers = Array.from( { length: 12 }, world.offer );
		for ( const offer of offers ) {
			expect( await world.offerOnce( offer ) ).toBe( true );
		}
		await server.kill( 'SIGKILL' );
		const [ file, log ] = [ readFileSync( world.file ), readFileSync( `${ world.file }-wal` ) ];
		const torn = async ( tear: ( log: string ) => void ): Promise< boolean[] > => {
			const path = `${ world.file }.${ randomUUID() }`;
			writeFileSync( path, file );
			writeFileSync( `${ path }-wal`, log );
			tear( `${ path }-wal` );
			return readBack( path, offers );
		};
		for ( let tear = 0; tear < TEARS; tear++ ) {
			// Half a write after the last commit.
			expect( await torn( ( path ) => appendFileSync( path, randomBytes( randomInt( 1, 6_000 ) ) ) ) ).toEqual( offers.map( () => true ) );
			// A disk that lied about what it had: the last jobs are gone, but no job is half there.
			const known = await torn( ( path ) => truncateSync( path, randomInt( 0, log.length ) ) );
			expect( known ).toEqual( [ ...known ].sort( ( a, b ) => Number( b ) - Number( a ) ) );
		}
	} );
} );
