/**
 * `node tools/run.mjs bench/gateway-queue.ts [--jobs 10000] [--rounds 7] [--intake] [--goals]`: what it costs to accept a job durably, as a ratio
 * to the engine's own inserts of the same bytes in the same run, one after the other and many at a time; then (not with `--intake`) that many
 * jobs through two workers on Redis, of which one is killed half-way.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Offer } from '@draftkeeper/contract';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { openDatabase } from '../gateway/src/database.ts';
import { createFaultWorld, type FaultEngine } from '../gateway/test/faults/fault-world.ts';
import { buildServer, removeServer } from '../gateway/test/server-process.ts';
import { sendAll, toBytes } from './gateway-queue/send-all.ts';
import { hasOption, numberOption, print, run } from './run.ts';
import { table } from './table.ts';

type World = Awaited< ReturnType< typeof createFaultWorld > >;
/** Jobs a second. `raw`: one after the other; `wide`: many at a time. */
type Rates = { raw: number; wide: number; accepted: number; known: number };

/** Requests at a time, as many as a server with some sites sees. */
const CLIENTS = 32;
const INTAKE_JOBS = 1_000;
/** As many as WordPress puts into one request when several wait, and so many such requests at a time. */
const BATCH = 25;
const BATCH_CLIENTS = 4;
const WARM_UP_ROUNDS = 2;
/** With those of the warm-up no more jobs than may wait of one site. */
const MAX_ROUNDS = 8;
/** Of inserts one after the other. Of many at a time, which share a write to the disk, one offer a request cannot be half: HTTP and a signature cost more. */
const GOAL = 0.5;

const jobs = numberOption( 'jobs', 10_000, 50_000 );
const rounds = numberOption( 'rounds', 7, MAX_ROUNDS );

await run( async () => {
	await buildServer();
	try {
		const missed: string[] = [];
		for ( const engine of [ 'SQLite', 'Redis' ] as const ) {
			missed.push( ...await intake( engine, 1 ), ...await intake( engine, BATCH ) );
		}
		return [ ...missed, ...( hasOption( 'intake' ) ? [] : await throughTwoWorkers() ) ];
	} finally {
		removeServer();
	}
}, 600_000 );

async function intake( engine: FaultEngine, batch: number ): Promise< string[] > {
	const world = await createFaultWorld( engine );
	try {
		const { origin } = await world.start( '', 'serve', '--intake-only' );
		const port = Number( new URL( origin ).port );
		// Neither side is measured while its code is still being compiled.
		for ( let round = 0; round < WARM_UP_ROUNDS; round++ ) {
			await rawRate( engine, world, CLIENTS );
			await intakeRate( world, port, offersOf( world ), batch );
		}
		const found: Rates[] = [];
		for ( let round = 0; round < rounds; round++ ) {
			const offers = offersOf( world );
			found.push( {
				raw: await rawRate( engine, world, 1 ),
				wide: await rawRate( engine, world, CLIENTS ),
				accepted: await intakeRate( world, port, offers, batch ),
				// The same offers under new signatures: everything but the storing.
				known: await intakeRate( world, port, offers, batch ),
			} );
		}
		const [ ratio, ofWide ] = [ medianOf( found, ( { accepted, raw } ) => accepted / raw ), medianOf( found, ( { accepted, wide } ) => accepted / wide ) ];
		const shown = ( name: keyof Rates ): string => medianOf( found, ( rates ) => rates[ name ] ).toFixed( 0 );
		print( table( [ 'engine', 'jobs a request', 'raw inserts/s', `${ CLIENTS } at a time`, 'jobs accepted/s', 'known before/s', 'ratio', `of ${ CLIENTS } at a time` ], [
			[ engine, String( batch ), shown( 'raw' ), shown( 'wide' ), shown( 'accepted' ), shown( 'known' ), ratio.toFixed( 2 ), ofWide.toFixed( 2 ) ],
		] ) );
		return hasOption( 'goals' ) && ratio < GOAL ? [ `${ engine }, ${ batch } a request: intake reaches ${ ratio.toFixed( 2 ) } of the raw rate, less than ${ GOAL }` ] : [];
	} finally {
		await world.remove();
	}
}

function offersOf( world: World ): Offer[] {
	return Array.from( { length: INTAKE_JOBS }, () => world.offer() );
}

async function intakeRate( world: World, port: number, offers: readonly Offer[], batch: number ): Promise< number > {
	const requests = await Promise.all( Array.from( { length: offers.length / batch }, async ( _nothing, index ) => {
		const [ first = world.offer(), ...others ] = offers.slice( index * batch, ( index + 1 ) * batch );
		return toBytes( await world.signed( first, ...others ) );
	} ) );
	const startedAt = performance.now();
	await sendAll( port, requests, batch === 1 ? CLIENTS : BATCH_CLIENTS, batch );
	return offers.length / ( ( performance.now() - startedAt ) / 1_000 );
}

function rawRate( engine: FaultEngine, world: World, clients: number ): Promise< number > {
	return engine === 'SQLite' ? rawSqlite( world ) : rawRedis( world, clients );
}

/** One row per commit, with the bytes of a job, in a file beside the gateway's; always one after the other, as there is one writer. */
async function rawSqlite( world: World ): Promise< number > {
	const database = openDatabase( `${ world.installation.environment[ 'DRAFTKEEPER_DATABASE' ] }.raw` );
	database.exec( 'CREATE TABLE IF NOT EXISTS raw ( id TEXT PRIMARY KEY, body TEXT )' );
	const insert = database.prepare( 'INSERT INTO raw ( id, body ) VALUES ( ?, ? )' );
	const body = JSON.stringify( world.offer() );
	const reached = await rate( INTAKE_JOBS, async () => insert.run( randomUUID(), body ) );
	database.close();
	return reached;
}

/** One job of BullMQ per insert, in the same server. */
async function rawRedis( world: World, clients: number ): Promise< number > {
	const connection = new Redis( world.redis?.url ?? '', { maxRetriesPerRequest: null } );
	const queue = new Queue( 'raw', { connection, prefix: 'raw' } );
	const offer = world.offer();
	const reached = await rate( INTAKE_JOBS, () => queue.add( 'raw', offer ), clients );
	await queue.close();
	connection.disconnect();
	return reached;
}

/** How many times a second `act` can be done by all the clients together. */
async function rate( count: number, act: () => Promise< unknown >, clients = CLIENTS ): Promise< number > {
	const startedAt = performance.now();
	let begun = 0;
	await Promise.all( Array.from( { length: clients }, async () => {
		while ( begun++ < count ) {
			await act();
		}
	} ) );
	return count / ( ( performance.now() - startedAt ) / 1_000 );
}

async function throughTwoWorkers(): Promise< string[] > {
	const world = await createFaultWorld( 'Redis' );
	try {
		await world.start( '', 'serve', '--intake-only' );
		const workers = [ await world.installation.start( 'worker' ), await world.installation.start( 'worker' ) ];
		const offers: Offer[] = [];
		const startedAt = performance.now();
		const offering = rate( jobs, async () => {
			const offer = world.offer();
			offers.push( offer );
			await world.offerOnce( offer );
		} );
		const ended = async ( count: number ) => {
			while ( world.applied.size < count ) {
				await delay( 20 );
			}
		};
		await ended( jobs / 2 );
		await workers[ 0 ]?.kill( 'SIGKILL' );
		await offering;
		await ended( jobs );
		const seconds = ( performance.now() - startedAt ) / 1_000;
		const calls = world.history.filter( ( { what } ) => what === 'called' ).length;
		const deliveries = world.history.filter( ( { what } ) => what === 'delivered' ).length;
		print( table( [ 'jobs', 'ended/s', 'seconds', 'calls', 'deliveries' ], [ [ jobs, jobs / seconds, seconds, calls, deliveries ].map( ( value ) => value.toFixed( 0 ) ) ] ) );
		return await world.check( offers );
	} finally {
		await world.remove();
	}
}

function medianOf( found: readonly Rates[], figure: ( rates: Rates ) => number ): number {
	return found.map( figure ).sort( ( a, b ) => a - b )[ Math.floor( found.length / 2 ) ] ?? 0;
}
