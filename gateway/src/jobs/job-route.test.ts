import { randomUUID } from 'node:crypto';
import type { FinishedJob } from '@draftkeeper/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, settled } from '../../test/manual-clock.ts';
import { COOL_DOWN_MS, fakeProvider, testTarget } from '../../test/test-providers.ts';
import { openDatabase, type SqliteDatabase } from '../database.ts';
import { createLogger } from '../observability/logger.ts';
import { noJobPolicy, type JobPolicy } from '../policy/job-policy.ts';
import type { Model, Target } from '../providers/models.ts';
import { ProviderError, type TextRequest, type TextResult } from '../providers/text-provider.ts';
import { MemoryStreamStore } from '../streams/memory-stream-store.ts';
import type { Piece } from '../streams/stream-store.ts';
import type { NewJob } from './job-store.ts';
import { SqliteJobStore } from './sqlite-job-store.ts';
import { Worker } from './worker.ts';

type Behavior = ( request: TextRequest ) => TextResult | Promise< TextResult >;

const result: TextResult = { text: 'A text.', tokens_in: 10, tokens_out: 5, finish_reason: 'stop', sample: false };
const works: Behavior = () => result;
const fails = ( code: ProviderError[ 'code' ], isRetryable = true, retryAfterMs: number | null = null ): Behavior => () => {
	throw new ProviderError( code, { isRetryable, retryAfterMs } );
};

let clock: ManualClock;
let database: SqliteDatabase;
let store: SqliteJobStore;
let called: string[];
let behaviors: Record< string, Behavior >;
let models: Map< string, Model >;
let worker: Worker;
let previews: [ number, string ][];

function place( name: string, limits = { job: 100, request: 100 } ): Target {
	const generate = async ( request: TextRequest ) => {
		called.push( name );
		return ( behaviors[ name ] ?? works )( request );
	};
	return testTarget( fakeProvider( { generate } ), { clock, name, upstream_model: name, limits } );
}

beforeEach( () => {
	clock = new ManualClock();
	database = openDatabase( ':memory:' );
	store = new SqliteJobStore( database );
	called = [];
	behaviors = {};
	previews = [];
	models = new Map( [
		[ 'alone', { id: 'alone', route: [ place( 'alone' ) ] } ],
		[ 'writer', { id: 'writer', route: [ place( 'first' ), place( 'second' ) ] } ],
		[ 'slow', { id: 'slow', route: [ place( 'slow', { job: 3, request: 100 } ) ] } ],
	] );
	worker = createWorker();
} );

function createWorker( policy: JobPolicy = noJobPolicy ): Worker {
	return new Worker( {
		store, clock, models, concurrency: 4, random: () => 0.5, logger: createLogger( 'silent' ), onEnded: () => {},
		policy,
		streams: Object.assign( new MemoryStreamStore( clock ), {
			publish: ( _job: unknown, { attempt, text }: Piece ) => void previews.push( [ attempt, text ] ),
		} ),
	} );
}

afterEach( async () => {
	await worker.stop();
	database.close();
} );

async function accept( model: string, overrides: Partial< NewJob > = {} ): Promise< NewJob > {
	const job: NewJob = {
		tenant: 'shop:1', uuid: randomUUID(), request_id: randomUUID(), task: 'product_description', model, body_hash: 'hash',
		request: { messages: [ { role: 'user', content: 'Write.' } ], temperature: 0.7, max_output_tokens: 100 },
		accepted_at: clock.now(), expires_at: clock.now() + 259_200_000, ...overrides,
	};
	await store.accept( job );
	worker.wake();
	await settled();
	return job;
}

async function finished( { tenant, uuid }: NewJob ): Promise< FinishedJob | null > {
	return ( await store.find( tenant, [ uuid ] ) )[ 0 ]?.finished ?? null;
}

const attemptsOf = async ( job: NewJob ) => ( await finished( job ) )?.attempts.map( ( { provider, error_code } ) => [ provider, error_code ] );

describe( 'a job on a route', () => {
	it( 'goes to the next place at once, each call an attempt of its own', async () => {
		behaviors[ 'first' ] = fails( 'provider_unavailable' );
		const job = await accept( 'writer' );
		await settled();
		expect( await attemptsOf( job ) ).toEqual( [ [ 'first', 'provider_unavailable' ], [ 'second', null ] ] );
		expect( ( await finished( job ) )?.attempts ).toMatchObject( [ { attempt: 1, model: 'writer' }, { attempt: 2, model: 'writer', queue_ms: 0 } ] );
	} );

	it( 'goes there for a wrong key too, which no pause would put right', async () => {
		behaviors[ 'first' ] = fails( 'provider_auth', false );
		expect( await attemptsOf( await accept( 'writer' ) ) ).toEqual( [ [ 'first', 'provider_auth' ], [ 'second', null ] ] );
	} );

	it( 'does not shop around for another filter', async () => {
		behaviors[ 'first' ] = fails( 'content_filtered', false );
		expect( await attemptsOf( await accept( 'writer' ) ) ).toEqual( [ [ 'first', 'content_filtered' ] ] );
	} );

	it( 'begins the next round after a pause, and fails after the second', async () => {
		behaviors[ 'first' ] = behaviors[ 'second' ] = fails( 'provider_busy' );
		const job = await accept( 'writer' );
		await settled();
		expect( called ).toEqual( [ 'first', 'second' ] );
		await clock.advance( 1_999 );
		expect( called ).toHaveLength( 2 );
		await clock.advance( 1 );
		await settled();
		expect( called ).toEqual( [ 'first', 'second', 'first', 'second' ] );
		expect( await finished( job ) ).toMatchObject( { outcome: { status: 'failed', code: 'provider_busy' }, attempts: [ {}, {}, {}, {} ] } );
	} );

	it( 'passes the text on as it is written, with the number of its attempt', async () => {
		behaviors[ 'first' ] = ( { onText } ) => {
			onText?.( 'A te' );
			throw new ProviderError( 'provider_unavailable', { isRetryable: true, mayBeBilled: true } );
		};
		behaviors[ 'second' ] = ( { onText } ) => {
			onText?.( 'A text.' );
			return result;
		};
		const job = await accept( 'writer' );
		await settled();
		expect( previews ).toEqual( [ [ 1, '' ], [ 1, 'A te' ], [ 2, '' ], [ 2, 'A text.' ] ] );
		expect( await finished( job ) ).toMatchObject( { maybe_billed_twice: true } );
	} );
} );

describe( 'a provider that is out of order', () => {
	async function breakAlone(): Promise< void > {
		behaviors[ 'alone' ] = fails( 'provider_unavailable', false );
		for ( let job = 0; job < 5; job++ ) {
			await accept( 'alone' );
		}
		called = [];
	}

	it( 'fails no further job: they wait without an attempt, one probes, and all are done when it is back', async () => {
		await breakAlone();
		const jobs = [];
		for ( let number = 0; number < 20; number++ ) {
			jobs.push( await accept( 'alone' ) );
		}
		await clock.advance( COOL_DOWN_MS - 100 );
		expect( called ).toEqual( [] );
		behaviors[ 'alone' ] = works;
		await clock.advance( 30_000 );
		for ( const job of jobs ) {
			expect( await finished( job ) ).toMatchObject( { outcome: { status: 'succeeded' }, attempts: [ { attempt: 1 } ] } );
		}
		expect( called ).toHaveLength( 20 );
	} );

	it( 'costs no question to the rules of the site either, which may ask somebody over the network', async () => {
		await breakAlone();
		let asked = 0;
		await worker.stop();
		worker = createWorker( { ...noJobPolicy, before: async () => ( asked++, null ) } );
		const job = await accept( 'alone' );
		await clock.advance( COOL_DOWN_MS - 1_000 );
		expect( asked ).toBe( 0 );
		behaviors[ 'alone' ] = works;
		await clock.advance( 3_000 );
		expect( await finished( job ) ).toMatchObject( { outcome: { status: 'succeeded' } } );
		expect( asked ).toBe( 1 );
	} );

	it( 'is called once in a cool-down while it stays away, however many wait', async () => {
		await breakAlone();
		behaviors[ 'alone' ] = fails( 'provider_unavailable' );
		for ( let number = 0; number < 20; number++ ) {
			await accept( 'alone' );
		}
		await clock.advance( 3 * COOL_DOWN_MS + 10_000 );
		expect( called ).toHaveLength( 3 );
	} );

	it( 'lets a job expire in the end', async () => {
		await breakAlone();
		const job = await accept( 'alone', { expires_at: clock.now() + 5_000 } );
		await clock.advance( 5_000 );
		expect( await finished( job ) ).toMatchObject( { outcome: { code: 'expired' }, attempts: [] } );
	} );
} );

describe( 'a slow provider', () => {
	it( 'does not take the places of the others', async () => {
		const open: ( () => void )[] = [];
		behaviors[ 'slow' ] = () => new Promise( ( resolve ) => open.push( () => resolve( result ) ) );
		for ( let number = 0; number < 10; number++ ) {
			await accept( 'slow' );
		}
		expect( called ).toEqual( [ 'slow', 'slow', 'slow' ] );
		// They wait where they are: nobody looks at them again and again.
		expect( database.prepare( `SELECT COUNT( * ) AS count FROM jobs WHERE state = 'queued' AND next_run_at = accepted_at` ).get() ).toMatchObject( { count: 7 } );
		const quick = await accept( 'alone' );
		expect( await finished( quick ) ).toMatchObject( { outcome: { status: 'succeeded' } } );
		open.splice( 0 ).forEach( ( end ) => end() );
		await settled();
		for ( let second = 0; second < 20; second++ ) {
			await clock.advance( 1_000 );
			open.splice( 0 ).forEach( ( end ) => end() );
			await settled();
		}
		expect( called.filter( ( name ) => name === 'slow' ) ).toHaveLength( 10 );
		expect( await store.nextDueAt() ).toBeNull();
	} );
} );
