import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, settled } from '../../../test/manual-clock.ts';
import { createLogger } from '../../observability/logger.ts';
import { silentMeter } from '../../observability/meter.ts';
import { MemoryCacheStore } from './memory-cache-store.ts';
import { ResponseCache, type Cacheable } from './response-cache.ts';

type Answer = { text: string; whole: boolean };
type Call = { resolve: ( answer?: Partial< Answer > ) => void; reject: ( error: unknown ) => void };

let clock: ManualClock;
let cache: ResponseCache;
let calls: Call[];
let outcomes: string[];

beforeEach( () => {
	clock = new ManualClock();
	calls = [];
	outcomes = [];
	cache = new ResponseCache( {
		store: new MemoryCacheStore( clock ), logger: createLogger( 'silent' ), meter: { ...silentMeter, cacheAsked: ( outcome ) => outcomes.push( outcome ) },
	} );
} );

function ask( overrides: Partial< Cacheable< Answer > > = {} ): Promise< { answer: Answer; cached: boolean } > {
	const asked: Cacheable< Answer > = {
		tenant: 'shop:1', scope: 'anna', request: [ 'write' ], ttl_ms: 60_000, isBypassed: false, signal: new AbortController().signal,
		isKept: ( { whole } ) => whole, ...overrides,
	};
	return cache.answer( asked, () => new Promise( ( resolve, reject ) => {
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
		cache = new ResponseCache( { store: { get: away, set: away }, logger: createLogger( 'silent' ) } );
		expect( ( await answered() ).cached ).toBe( false );
	} );
} );
