import { randomUUID } from 'node:crypto';
import type { FinishedJob, GatewayJob } from '@draftkeeper/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, settled } from '../../test/manual-clock.ts';
import { fakeProvider, testTarget } from '../../test/test-providers.ts';
import { openDatabase, type SqliteDatabase } from '../database.ts';
import { createLogger } from '../observability/logger.ts';
import { noJobPolicy, type JobPolicy } from '../policy/job-policy.ts';
import type { Models } from '../providers/models.ts';
import { ProviderError, type TextRequest, type TextResult } from '../providers/text-provider.ts';
import type { NewJob } from './job-store.ts';
import { SqliteJobStore } from './sqlite-job-store.ts';
import { LEASE_MS, Worker } from './worker.ts';

type Call = { request: TextRequest; resolve: ( result?: Partial< TextResult > ) => void; reject: ( error: unknown ) => void };

let clock: ManualClock;
let database: SqliteDatabase;
let store: SqliteJobStore;
let calls: Call[];
let ended: number;
let worker: Worker;
let models: Models;

const provider = fakeProvider( {
	generate: ( request: TextRequest ) => new Promise< TextResult >( ( resolve, reject ) => {
		request.signal.addEventListener( 'abort', () => reject( new Error( 'aborted' ) ) );
		calls.push( {
			request, reject, resolve: ( result ) => resolve( { text: 'A text.', tokens_in: 1_000, tokens_out: 500, finish_reason: 'stop', sample: false, ...result } ),
		} );
	} ),
} );
const prices = { input_micros_per_million_tokens: 150_000, output_micros_per_million_tokens: 600_000 };

function createWorker( policy: JobPolicy = noJobPolicy ): Worker {
	return new Worker( {
		store, clock, policy, models, concurrency: 8, random: () => 0.5, logger: createLogger( 'silent' ), onEnded: () => void ended++,
	} );
}

beforeEach( () => {
	clock = new ManualClock();
	models = new Map( [ [ 'small', { id: 'small', route: [ testTarget( provider, { clock, name: 'local', upstream_model: 'small-2026', prices } ) ] } ] ] );
	database = openDatabase( ':memory:' );
	store = new SqliteJobStore( database );
	calls = [];
	ended = 0;
	worker = createWorker();
} );

afterEach( async () => {
	await worker.stop();
	database.close();
} );

async function accept( overrides: Partial< NewJob > = {} ): Promise< NewJob > {
	const job: NewJob = {
		tenant: 'shop:1', uuid: randomUUID(), request_id: randomUUID(), task: 'product_description', model: 'small', body_hash: 'hash',
		request: { messages: [ { role: 'user', content: 'Write.' } ], temperature: 0.7, max_output_tokens: 100 },
		accepted_at: clock.now(), expires_at: clock.now() + 259_200_000, ...overrides,
	};
	await store.accept( job );
	worker.wake();
	await settled();
	return job;
}

async function stateOf( { tenant, uuid }: NewJob ): Promise< { state: GatewayJob[ 'state' ] | undefined; finished: FinishedJob | null } > {
	const [ job ] = await store.find( tenant, [ uuid ] );
	return { state: job?.state, finished: job?.finished ?? null };
}

const busy = ( retryAfterMs: number | null = null ) => new ProviderError( 'provider_busy', { isRetryable: true, retryAfterMs } );

describe( 'a worker', () => {
	it( 'asks the provider for what was offered and files text, tokens, price and times', async () => {
		const job = await accept();
		expect( calls[ 0 ]?.request ).toMatchObject( {
			model: 'small-2026', messages: job.request.messages, temperature: 0.7, maxOutputTokens: 100, seed: job.uuid,
		} );
		await clock.advance( 1_200 );
		calls[ 0 ]?.resolve();
		await settled();
		expect( await stateOf( job ) ).toMatchObject( {
			state: 'succeeded',
			finished: {
				outcome: { status: 'succeeded', text: 'A text.', sample: false },
				attempts: [ {
					attempt: 1, provider: 'local', model: 'small', status: 'succeeded', tokens_in: 1_000, tokens_out: 500, cost_micros: 450, queue_ms: 0, provider_ms: 1_200,
				} ],
				maybe_billed_twice: false,
			},
		} );
		expect( ended ).toBe( 1 );
	} );

	it( 'does not invent a price when the usage is missing', async () => {
		const job = await accept();
		calls[ 0 ]?.resolve( { tokens_out: null } );
		await settled();
		expect( ( await stateOf( job ) ).finished?.attempts ).toMatchObject( [ { tokens_in: 1_000, tokens_out: null, cost_micros: null } ] );
	} );

	it( 'works on several jobs at a time, but not on all', async () => {
		for ( let job = 0; job < 10; job++ ) {
			await accept();
		}
		expect( calls ).toHaveLength( 8 );
		calls[ 0 ]?.resolve();
		await settled();
		expect( calls ).toHaveLength( 9 );
	} );

	it( 'keeps its lease for as long as the provider takes', async () => {
		const job = await accept();
		const other = createWorker();
		other.wake();
		await clock.advance( 20 * LEASE_MS );
		expect( calls ).toHaveLength( 1 );
		calls[ 0 ]?.resolve();
		await settled();
		expect( ( await stateOf( job ) ).finished?.attempts ).toHaveLength( 1 );
		await other.stop();
	} );

	it.each( [ [ 'forward', 3_600_000 ], [ 'back', -3_600_000 ] ] )( 'keeps its lease where the clock is set %s an hour', async ( _way, milliseconds ) => {
		const job = await accept();
		const other = createWorker();
		other.wake();
		await settled();
		clock.setBy( milliseconds );
		await store.clockSetBack( { now: clock.now(), lease_until: clock.now() + LEASE_MS } );
		other.wake();
		await clock.advance( 20 * LEASE_MS );
		expect( calls ).toHaveLength( 1 );
		calls[ 0 ]?.resolve();
		await settled();
		expect( ( await stateOf( job ) ).finished ).toMatchObject( { maybe_billed_twice: false, attempts: [ { status: 'succeeded' } ] } );
		await other.stop();
	} );

	it( 'takes over what was left by one that died before the clock was set forward, a lease later', async () => {
		const silent = worker;
		worker = createWorker();
		await worker.stop();
		await accept();
		await store.claim( { lease: 'dead', now: clock.now(), lease_until: clock.now() + LEASE_MS } );
		worker = silent;
		worker.wake();
		await settled();
		clock.setBy( 3_600_000 );
		worker.wake();
		await clock.advance( LEASE_MS - 1 );
		expect( calls ).toHaveLength( 0 );
		await clock.advance( 1 );
		expect( calls ).toHaveLength( 1 );
	} );

	it( 'takes over what a dead worker left, and pays the second call honestly', async () => {
		const lease = { lease: 'dead', now: clock.now(), lease_until: clock.now() + LEASE_MS };
		const silent = worker;
		worker = new Worker( { store, clock, policy: noJobPolicy, models: new Map(), concurrency: 8, random: () => 0, logger: createLogger( 'silent' ), onEnded: () => {} } );
		await worker.stop();
		const job = await accept();
		const claimed = await store.claim( lease );
		expect( claimed ).toMatchObject( { uuid: job.uuid } );
		await store.startAttempt( { ...job, lease: 'dead' }, { provider: 'local', model: 'small', queue_ms: 0, started_at: clock.now() } );
		worker = silent;
		worker.wake();
		await settled();
		expect( calls ).toHaveLength( 0 );
		await clock.advance( LEASE_MS );
		expect( calls ).toHaveLength( 1 );
		calls[ 0 ]?.resolve();
		await settled();
		expect( ( await stateOf( job ) ).finished ).toMatchObject( {
			maybe_billed_twice: true, attempts: [ { attempt: 1, error_code: 'worker_lost', tokens_in: null }, { attempt: 2, status: 'succeeded' } ],
		} );
	} );

	it( 'fails a job that has cost three workers their life', async () => {
		await worker.stop();
		const job = await accept();
		for ( let call = 0; call < 3; call++ ) {
			const claimed = await store.claim( { lease: `dead-${ call }`, now: clock.now(), lease_until: clock.now() } );
			expect( claimed ).toMatchObject( { attempts: call } );
			await store.startAttempt( { ...job, lease: `dead-${ call }` }, { provider: 'local', model: 'small', queue_ms: 0, started_at: clock.now() } );
		}
		worker = createWorker();
		worker.wake();
		await settled();
		expect( calls ).toHaveLength( 0 );
		expect( ( await stateOf( job ) ).finished ).toMatchObject( { outcome: { status: 'failed', code: 'worker_lost' }, attempts: [ {}, {}, {} ] } );
	} );

	it( 'fails a job whose model is no longer configured, without a call', async () => {
		const job = await accept( { model: 'gone' } );
		expect( calls ).toHaveLength( 0 );
		expect( ( await stateOf( job ) ).finished ).toMatchObject( { outcome: { status: 'failed', code: 'model_not_allowed' }, attempts: [] } );
		expect( ended ).toBe( 1 );
	} );

	it( 'files an error that nobody foresaw as internal_error', async () => {
		const job = await accept();
		calls[ 0 ]?.reject( new TypeError( 'canary' ) );
		await settled();
		expect( ( await stateOf( job ) ).finished ).toMatchObject( { outcome: { status: 'failed', code: 'internal_error' }, attempts: [ { error_code: 'internal_error' } ] } );
	} );
} );

describe( 'retries', () => {
	it( 'come after a growing pause, each as an attempt of its own, and end', async () => {
		const job = await accept();
		for ( const pause of [ 2_000, 40_000 ] ) {
			calls.at( -1 )?.reject( busy() );
			await settled();
			expect( ( await stateOf( job ) ).state ).toBe( 'queued' );
			const before = calls.length;
			await clock.advance( pause - 1 );
			expect( calls ).toHaveLength( before );
			await clock.advance( 1 );
			expect( calls ).toHaveLength( before + 1 );
		}
		calls.at( -1 )?.reject( busy() );
		await settled();
		const { finished } = await stateOf( job );
		expect( finished?.outcome ).toMatchObject( { status: 'failed', code: 'provider_busy' } );
		expect( finished?.attempts.map( ( { attempt, error_code } ) => [ attempt, error_code ] ) ).toEqual( [ 1, 2, 3 ].map( ( number ) => [ number, 'provider_busy' ] ) );
		expect( finished?.maybe_billed_twice ).toBe( false );
		expect( calls ).toHaveLength( 3 );
	} );

	it( 'wait as long as the provider asks', async () => {
		await accept();
		calls[ 0 ]?.reject( busy( 30_000 ) );
		await settled();
		await clock.advance( 29_999 );
		expect( calls ).toHaveLength( 1 );
		await clock.advance( 1 );
		expect( calls ).toHaveLength( 2 );
	} );

	it( 'survive a restart', async () => {
		const job = await accept();
		calls[ 0 ]?.reject( busy( 30_000 ) );
		await settled();
		await worker.stop();
		worker = createWorker();
		worker.wake();
		await clock.advance( 30_000 );
		calls[ 1 ]?.resolve();
		await settled();
		expect( ( await stateOf( job ) ).state ).toBe( 'succeeded' );
	} );

	it( 'are not made for errors that stay', async () => {
		const job = await accept();
		calls[ 0 ]?.reject( new ProviderError( 'content_filtered', { isRetryable: false, usage: { tokens_in: 1_000, tokens_out: 0 } } ) );
		await settled();
		expect( ( await stateOf( job ) ).finished ).toMatchObject( {
			outcome: { code: 'content_filtered' }, attempts: [ { error_code: 'content_filtered', tokens_in: 1_000, cost_micros: 150 } ],
		} );
	} );

	it( 'are not made when they would come after the deadline, or after hours', async () => {
		const [ late, long ] = [ await accept( { expires_at: clock.now() + 1_000 } ), await accept() ];
		calls[ 0 ]?.reject( busy() );
		calls[ 1 ]?.reject( busy( 7_200_000 ) );
		await settled();
		expect( ( await stateOf( late ) ).finished?.outcome ).toMatchObject( { code: 'provider_busy' } );
		expect( ( await stateOf( long ) ).finished?.outcome ).toMatchObject( { code: 'provider_busy' } );
	} );

	it( 'say that a call which timed out may have been billed', async () => {
		const job = await accept();
		calls[ 0 ]?.reject( new ProviderError( 'provider_timeout', { isRetryable: true, mayBeBilled: true } ) );
		await settled();
		await clock.advance( 2_000 );
		calls[ 1 ]?.resolve();
		await settled();
		expect( ( await stateOf( job ) ).finished ).toMatchObject( { maybe_billed_twice: true, attempts: [ { error_code: 'provider_timeout' }, { status: 'succeeded' } ] } );
	} );
} );

describe( 'stopping', () => {
	it( 'calls one job off and leaves the others alone', async () => {
		const [ wanted, unwanted ] = [ await accept(), await accept() ];
		await store.cancel( unwanted, clock.now() );
		await worker.cancel( unwanted );
		expect( ( await stateOf( unwanted ) ).finished ).toMatchObject( { outcome: { status: 'canceled' }, attempts: [ { status: 'canceled', provider_ms: 0 } ] } );
		expect( ( await stateOf( wanted ) ).state ).toBe( 'running' );
	} );

	it( 'notices a cancel that was filed elsewhere', async () => {
		const job = await accept();
		await store.cancel( job, clock.now() );
		await clock.advance( 3_000 );
		expect( ( await stateOf( job ) ).state ).toBe( 'canceled' );
		expect( ended ).toBe( 1 );
	} );

	it( 'hangs up at once on a call that was canceled elsewhere, when it is told that something has happened there', async () => {
		const job = await accept();
		await store.cancel( job, clock.now() );
		worker.checkLeases();
		await settled();
		expect( calls[ 0 ]?.request.signal.aborted ).toBe( true );
		expect( ( await stateOf( job ) ).state ).toBe( 'canceled' );
	} );

	it( 'lets running calls end and begins no other', async () => {
		const running = await accept();
		const drained = worker.drain();
		const waiting = await accept();
		calls[ 0 ]?.resolve();
		await drained;
		expect( ( await stateOf( running ) ).state ).toBe( 'succeeded' );
		expect( ( await stateOf( waiting ) ).state ).toBe( 'queued' );
		expect( calls ).toHaveLength( 1 );
	} );

	it( 'hands a call that does not end back to the queue', async () => {
		const job = await accept();
		await worker.stop();
		expect( ( await stateOf( job ) ).state ).toBe( 'queued' );
		worker = createWorker();
		worker.wake();
		await settled();
		calls[ 1 ]?.resolve();
		await settled();
		expect( ( await stateOf( job ) ).finished ).toMatchObject( { maybe_billed_twice: true, attempts: [ { error_code: 'worker_lost' }, { status: 'succeeded' } ] } );
	} );
} );

describe( 'a disk that is full for a moment', () => {
	it( 'does not cost a text that is paid for', async () => {
		const job = await accept();
		database.exec( 'PRAGMA query_only = ON' );
		calls[ 0 ]?.resolve();
		await settled();
		expect( ( await stateOf( job ) ).state ).toBe( 'running' );
		await clock.advance( 5_000 );
		database.exec( 'PRAGMA query_only = OFF' );
		await clock.advance( 2_000 );
		expect( ( await stateOf( job ) ).finished ).toMatchObject( { outcome: { text: 'A text.' }, attempts: [ { status: 'succeeded', attempt: 1 } ] } );
	} );
} );
