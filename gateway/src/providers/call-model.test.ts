import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, settled } from '../../test/manual-clock.ts';
import { COOL_DOWN_MS, fakeProvider, testTarget } from '../../test/test-providers.ts';
import { callModel, embedWithModel, type CallRecord } from './call-model.ts';
import type { Model, Target } from './models.ts';
import type { AnswerPart, ModelAnswer, ModelRequest } from './provider.ts';
import { ProviderError } from './text-provider.ts';

const answer: ModelAnswer = { content: [ { type: 'text', text: 'Fine.' } ], finish_reason: 'stop', usage: { tokens_in: 10, tokens_out: 2 }, sample: false };
const delta: AnswerPart = { type: 'text-delta', id: '0', delta: 'Fi' };
const down = () => new ProviderError( 'provider_unavailable', { isRetryable: true } );

let clock: ManualClock;
let called: string[];
let records: CallRecord[];

beforeEach( () => {
	clock = new ManualClock();
	called = [];
	records = [];
} );

type Behavior = ( request: ModelRequest, number: number ) => ModelAnswer | Promise< ModelAnswer >;

/** A route of places that each do what a test says. */
function model( ...behaviors: Behavior[] ): Model {
	const [ first, ...others ] = behaviors.map( ( behave, index ): Target => {
		const name = `place-${ index }`;
		let number = 0;
		const call = async ( request: ModelRequest ) => {
			called.push( name );
			return behave( request, ++number );
		};
		return testTarget( fakeProvider( { call } ), { clock, name, upstream_model: name, limits: { job: 1, request: 2 } } );
	} );
	if ( first === undefined ) {
		throw new Error( 'A route needs a place.' );
	}
	return { id: 'writer', route: [ first, ...others ] };
}

function ask( route: Model, { signal = new AbortController().signal, onPart }: { signal?: AbortSignal; onPart?: ( part: AnswerPart ) => void } = {} ) {
	return callModel( { clock, random: () => 0.5, onCall: ( record ) => void records.push( record ) }, route, {
		options: { prompt: [ { role: 'user', content: [ { type: 'text', text: 'Hello' } ] } ] }, signal, ...( onPart === undefined ? {} : { onPart } ),
	} );
}

const fails = ( error: () => ProviderError = down ): Behavior => () => {
	throw error();
};
const works: Behavior = () => answer;

describe( 'a request along a route', () => {
	it( 'is answered by the first place', async () => {
		expect( await ask( model( works, works ) ) ).toEqual( answer );
		expect( called ).toEqual( [ 'place-0' ] );
		expect( records ).toMatchObject( [ { status: 'succeeded', usage: answer.usage, cost_micros: 0, target: { provider_name: 'place-0' } } ] );
	} );

	it.each( [ 'provider_auth', 'provider_quota', 'provider_busy', 'provider_timeout', 'provider_unavailable', 'provider_bad_response' ] as const )(
		'goes on to the next place at once after %s', async ( code ) => {
			expect( await ask( model( fails( () => new ProviderError( code, { isRetryable: false } ) ), works ) ) ).toEqual( answer );
			expect( called ).toEqual( [ 'place-0', 'place-1' ] );
			expect( records.map( ( { status, error_code } ) => [ status, error_code ] ) ).toEqual( [ [ 'failed', code ], [ 'succeeded', null ] ] );
		}
	);

	it.each( [ 'provider_rejected', 'content_filtered', 'empty_result' ] as const )( 'does not shop around after %s', async ( code ) => {
		await expect( ask( model( fails( () => new ProviderError( code, { isRetryable: false } ) ), works ) ) ).rejects.toMatchObject( { code } );
		expect( called ).toEqual( [ 'place-0' ] );
	} );

	it( 'comes back after a pause when every place was busy, and ends', async () => {
		const asked = ask( model( fails(), fails() ) ).catch( ( error: unknown ) => error );
		await settled();
		expect( called ).toEqual( [ 'place-0', 'place-1' ] );
		await clock.advance( 500 );
		expect( called ).toEqual( [ 'place-0', 'place-1', 'place-0', 'place-1' ] );
		expect( await asked ).toMatchObject( { code: 'provider_unavailable' } );
	} );

	it( 'waits for as long as the provider asks, if somebody can wait so long', async () => {
		const busy = ( retryAfterMs: number ) => fails( () => new ProviderError( 'provider_busy', { isRetryable: true, retryAfterMs } ) );
		const patient = ask( model( ( request, number ) => ( number === 1 ? busy( 3_000 )( request, number ) : answer ) ) );
		await clock.advance( 2_999 );
		expect( called ).toHaveLength( 1 );
		await clock.advance( 1 );
		expect( await patient ).toEqual( answer );
		await expect( ask( model( busy( 60_000 ) ) ) ).rejects.toMatchObject( { code: 'provider_busy', retryAfterMs: 60_000 } );
	} );

	it( 'never gets a second answer after the first byte of one', async () => {
		const parts: AnswerPart[] = [];
		const breaks: Behavior = async ( { onPart } ) => {
			await onPart?.( delta );
			throw down();
		};
		await expect( ask( model( breaks, works ), { onPart: ( part ) => void parts.push( part ) } ) ).rejects.toMatchObject( { code: 'provider_unavailable' } );
		expect( parts ).toEqual( [ delta ] );
		expect( called ).toEqual( [ 'place-0' ] );
	} );

	it( 'leaves out a place that is out of order, and tries it again when it has cooled down', async () => {
		let isDown = true;
		const route = model( () => ( isDown ? fails()( {} as ModelRequest, 1 ) : answer ), works );
		for ( let request = 0; request < 5; request++ ) {
			await ask( route );
		}
		called = [];
		await ask( route );
		expect( called ).toEqual( [ 'place-1' ] );
		isDown = false;
		await clock.advance( COOL_DOWN_MS );
		called = [];
		await Promise.all( [ ask( route ), ask( route ) ] );
		expect( called ).toEqual( [ 'place-0', 'place-1' ] );
		await ask( route );
		expect( called.at( -1 ) ).toBe( 'place-0' );
	} );

	it( 'fails at once, within 10 ms, where every place is out of order', async () => {
		const route = model( fails( () => new ProviderError( 'provider_auth', { isRetryable: false } ) ) );
		for ( let request = 0; request < 5; request++ ) {
			await ask( route ).catch( () => {} );
		}
		called = [];
		const before = performance.now();
		for ( let request = 0; request < 1_000; request++ ) {
			await expect( ask( route ) ).rejects.toMatchObject( { code: 'provider_unavailable', isRetryable: true, retryAfterMs: COOL_DOWN_MS } );
		}
		expect( ( performance.now() - before ) / 1_000 ).toBeLessThan( 10 );
		expect( called ).toEqual( [] );
	} );

	it( 'goes to the next place when the first has enough to do, and is told to come back when all have', async () => {
		const open: ( () => void )[] = [];
		const slow: Behavior = () => new Promise( ( resolve ) => open.push( () => resolve( answer ) ) );
		const route = model( slow, slow );
		const asked = [ 1, 2, 3, 4 ].map( () => ask( route ) );
		await settled();
		expect( called ).toEqual( [ 'place-0', 'place-0', 'place-1', 'place-1' ] );
		await expect( ask( route ) ).rejects.toMatchObject( { code: 'provider_busy', retryAfterMs: 1_000 } );
		open.forEach( ( end ) => end() );
		await Promise.all( asked );
		const last = ask( route );
		await settled();
		open.at( -1 )?.();
		expect( await last ).toEqual( answer );
	} );

	it( 'ends with the caller’s reason when nobody waits any more, and files what it has used', async () => {
		const controller = new AbortController();
		const told = { tokens_in: 40, tokens_out: null };
		const asked = ask( model( ( { signal, onUsage } ) => new Promise( ( _resolve, reject ) => {
			onUsage?.( told );
			signal.addEventListener( 'abort', () => reject( signal.reason ) );
		} ), works ), { signal: controller.signal } ).catch( ( error: unknown ) => error );
		await settled();
		controller.abort( 'gone' );
		expect( await asked ).toBe( 'gone' );
		expect( called ).toEqual( [ 'place-0' ] );
		expect( records ).toMatchObject( [ { status: 'canceled', error_code: null, usage: told, cost_micros: null, may_be_billed: true } ] );
	} );

	it( 'ends during a pause too', async () => {
		const controller = new AbortController();
		const asked = ask( model( fails() ), { signal: controller.signal } ).catch( ( error: unknown ) => error );
		await settled();
		controller.abort( 'gone' );
		expect( await asked ).toBe( 'gone' );
		expect( called ).toHaveLength( 1 );
	} );

	it( 'embeds in the same way', async () => {
		const embeddings = { embeddings: [ [ 1, 2 ] ], usage: { tokens_in: 1, tokens_out: 0 } };
		const broken = testTarget( fakeProvider( { embed: async () => Promise.reject( down() ) } ), { clock } );
		const whole = testTarget( fakeProvider( { embed: async () => embeddings } ), { clock } );
		const asked = embedWithModel( { clock, random: () => 0 }, { id: 'e', route: [ broken, whole ] }, { values: [ 'a' ], signal: new AbortController().signal } );
		expect( await asked ).toEqual( embeddings );
	} );
} );
