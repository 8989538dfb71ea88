import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, settled } from '../../../test/manual-clock.ts';
import { createLogger } from '../../observability/logger.ts';
import { silentMeter } from '../../observability/meter.ts';
import type { CacheStore } from './cache-store.ts';
import { MemoryCacheStore } from './memory-cache-store.ts';
import { ResponseCache, type Cacheable } from './response-cache.ts';

type Answer = { text: string; whole: boolean };
type Call = { resolve: ( answer?: Partial< Answer > ) => void; reject: ( error: unknown ) => void };

let clock: ManualClock;
let store: CacheStore;
let cache: ResponseCache;
let calls: Call[];
let outcomes: string[];

beforeEach( () => {
	clock = new ManualClock();
	calls = [];
	outcomes = [];
	store = new MemoryCacheStore( clock );
	cache = openCache();
} );

function openCache(): ResponseCache {
	return new ResponseCache( {
		store, clock, logger: createLogger( 'silent' ), meter: { ...silentMeter, cacheAsked: ( outcome ) => outcomes.push( outcome ) },
	} );
}

function ask( overrides: Partial< Cacheable< Answer > > = {}, from = cache ): Promise< { answer: Answer; cached: boolean } > {
	const asked: Cacheable< Answer > = {
		tenant: 'shop:1', scope: 'anna', request: [ 'write' ], ttl_ms: 60_000, isBypassed: false, signal: new AbortController().signal,
		isKept: ( { whole } ) => whole, ...overrides,
	};
	return from.answer( asked, () => new Promise( ( resolve, reject ) => {
		asked.signal.addEventListener( 'abort', () => reject( asked.signal.reason ) );
		calls.push( { reject, resolve: ( answer ) => resolve( { text: `Text ${ calls.length }`, whole: true, ...answer } ) } );
	} ) );
}

async function answered( overrides: Partial< Cacheable< Answer > > = {} ) {
	const asked = ask( overrides );
	await settled();
	calls.at( -1 )?.resolve();
	return asked;
}

describe( 'the cache', () => {
	it( 'counts what it was good for', async () => {
		const first = ask();
		const joined = ask();
		await settled();
		calls[ 0 ]?.resolve();
		await Promise.all( [ first, joined, settled() ] );
		await ask();
		await answered( { isBypassed: true } );
		expect( outcomes.sort() ).toEqual( [ 'bypass', 'hit', 'miss', 'shared' ] );
	} );

	it( 'answers the same question without a second call, until its time is over', async () => {
		expect( await answered() ).toEqual( { answer: { text: 'Text 1', whole: true }, cached: false } );
		expect( await ask() ).toEqual( { answer: { text: 'Text 1', whole: true }, cached: true } );
		expect( calls ).toHaveLength( 1 );
		await clock.advance( 60_001 );
		expect( ( await answered() ).cached ).toBe( false );
	} );

	it.each< [ string, Partial< Cacheable< Answer > > ] >( [
		[ 'tenant', { tenant: 'shop:2' } ], [ 'person', { scope: 'berta' } ], [ 'question', { request: [ 'write', 1 ] } ],
		[ 'tenant whose name runs into the person’s', { tenant: 'shop:1 a', scope: 'nna' } ],
	] )( 'shares nothing with another %s', async ( _what, other ) => {
		await answered();
		expect( ( await answered( other ) ).cached ).toBe( false );
		expect( calls ).toHaveLength( 2 );
	} );

	it( 'makes one call for many that ask at the same time', async () => {
		const asked = Array.from( { length: 20 }, () => ask() );
		await settled();
		expect( calls ).toHaveLength( 1 );
		calls[ 0 ]?.resolve();
		const answers = await Promise.all( asked );
		expect( answers.filter( ( { cached } ) => ! cached ) ).toHaveLength( 1 );
		expect( new Set( answers.map( ( { answer } ) => answer.text ) ).size ).toBe( 1 );
	} );

	it( 'lets another take over when the one that called does not want it any more', async () => {
		const leader = new AbortController();
		const first = ask( { signal: leader.signal } ).catch( ( error: unknown ) => error );
		const [ second, third ] = [ ask(), ask() ];
		await settled();
		leader.abort( 'canceled' );
		expect( await first ).toBe( 'canceled' );
		await settled();
		expect( calls ).toHaveLength( 2 );
		calls[ 1 ]?.resolve();
		expect( ( await Promise.all( [ second, third ] ) ).map( ( { cached } ) => cached ).sort() ).toEqual( [ false, true ] );
	} );

	it( 'lets one that waits go without the others', async () => {
		const impatient = new AbortController();
		const first = ask();
		const second = ask( { signal: impatient.signal } ).catch( ( error: unknown ) => error );
		await settled();
		impatient.abort( 'gone' );
		expect( await second ).toBe( 'gone' );
		calls[ 0 ]?.resolve();
		expect( ( await first ).cached ).toBe( false );
	} );

	it( 'tells everybody of a failure, and keeps none', async () => {
		const asked = [ ask(), ask() ].map( ( each ) => each.catch( ( error: unknown ) => error ) );
		await settled();
		calls[ 0 ]?.reject( 'busy' );
		expect( await Promise.all( asked ) ).toEqual( [ 'busy', 'busy' ] );
		expect( ( await answered() ).cached ).toBe( false );
	} );

	it( 'brings a new answer where one is wanted, and keeps that from then on', async () => {
		await answered();
		expect( await answered( { isBypassed: true } ) ).toMatchObject( { answer: { text: 'Text 2' }, cached: false } );
		expect( await ask() ).toMatchObject( { answer: { text: 'Text 2' }, cached: true } );
	} );

	it( 'does not keep what is not worth it', async () => {
		const asked = ask();
		await settled();
		calls[ 0 ]?.resolve( { whole: false } );
		await asked;
		expect( ( await answered() ).cached ).toBe( false );
	} );

	it( 'calls as if it held nothing while its store is away', async () => {
		const away = () => Promise.reject( new Error( 'away' ) );
		store = { claim: away, renew: away, finish: away };
		cache = openCache();
		expect( ( await answered() ).cached ).toBe( false );
	} );
} );

describe( 'the caches of two processes with one store', () => {
	let other: ResponseCache;

	beforeEach( () => {
		other = openCache();
	} );

	it( 'make one call for what both are asked at the same time', async () => {
		const asked = [ ask(), ask( {}, other ), ask( {}, other ) ];
		await settled();
		expect( calls ).toHaveLength( 1 );
		// Longer than a claim lasts by itself: who holds it is alive.
		await clock.advance( 40_000 );
		expect( calls ).toHaveLength( 1 );
		calls[ 0 ]?.resolve();
		await clock.advance( 100 );
		const answers = await Promise.all( asked );
		expect( answers.map( ( { cached } ) => cached ) ).toEqual( [ false, true, true ] );
		expect( new Set( answers.map( ( { answer } ) => answer.text ) ).size ).toBe( 1 );
		expect( outcomes.sort() ).toEqual( [ 'miss', 'shared', 'shared' ] );
		expect( clock.timers ).toBe( 0 );
	} );

	it( 'call anew where the one that called does not want it any more, has failed or has brought what is not kept', async () => {
		const gone = new AbortController();
		for ( const end of [ () => gone.abort( 'gone' ), () => calls.at( -1 )?.reject( 'busy' ), () => calls.at( -1 )?.resolve( { whole: false } ) ] ) {
			const before = calls.length;
			const first = ask( { signal: gone.signal.aborted ? new AbortController().signal : gone.signal } ).catch( () => null );
			await settled();
			const second = ask( {}, other );
			await settled();
			expect( calls ).toHaveLength( before + 1 );
			end();
			await first;
			await clock.advance( 100 );
			expect( calls ).toHaveLength( before + 2 );
			calls.at( -1 )?.resolve( { whole: false } );
			expect( ( await second ).cached ).toBe( false );
		}
	} );

	it( 'take over from a process that has died, and do not wait for ever for one that is slow', async () => {
		const whole = store;
		store = { claim: ( ...claim ) => whole.claim( ...claim ), renew: async () => {}, finish: async () => {} };
		void ask( {}, openCache() );
		await settled();
		const waiting = ask( {}, other );
		await clock.advance( 14_000 );
		expect( calls ).toHaveLength( 1 );
		await clock.advance( 1_100 );
		expect( calls ).toHaveLength( 2 );
		const impatient = ask();
		await clock.advance( 59_000 );
		expect( calls ).toHaveLength( 2 );
		await clock.advance( 1_100 );
		expect( calls ).toHaveLength( 3 );
		calls[ 2 ]?.resolve();
		expect( ( await impatient ).cached ).toBe( false );
		calls[ 1 ]?.resolve();
		expect( ( await waiting ).cached ).toBe( false );
	} );

	it( 'let one that waits for the other go at once', async () => {
		const impatient = new AbortController();
		const first = ask();
		await settled();
		const second = ask( { signal: impatient.signal }, other ).catch( ( error: unknown ) => error );
		await settled();
		impatient.abort( 'gone' );
		expect( await second ).toBe( 'gone' );
		calls[ 0 ]?.resolve();
		expect( ( await first ).cached ).toBe( false );
		expect( clock.timers ).toBe( 0 );
	} );
} );
