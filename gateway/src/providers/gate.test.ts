import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/manual-clock.ts';
import { Breaker } from './breaker.ts';
import { Bulkhead } from './bulkhead.ts';
import { Gate } from './gate.ts';
import { ProviderError } from './text-provider.ts';

const COOL_DOWN_MS = 20_000;
const PLACES = 4;

let clock: ManualClock;
let gate: Gate;

beforeEach( () => {
	clock = new ManualClock();
	const breaker = new Breaker( { clock, failures: PLACES, cool_down_ms: COOL_DOWN_MS } );
	gate = new Gate( { clock, breaker, bulkhead: new Bulkhead( { job: PLACES, request: PLACES } ) } );
} );

async function call( milliseconds: number, error: unknown = null ): Promise< void > {
	const pass = gate.enter( 'job' );
	await clock.advance( milliseconds );
	pass.end( error );
}

async function timeOut( milliseconds: number ): Promise< void > {
	const passes = Array.from( { length: PLACES }, () => gate.enter( 'job' ) );
	await clock.advance( milliseconds );
	passes.forEach( ( pass ) => pass.end( new ProviderError( 'provider_timeout', { isRetryable: true } ) ) );
}

/** How long each of so many has to wait. */
const line = ( length: number ): number[] => Array.from( { length }, () => gate.queueUp( 'job' ) - clock.now() );

describe( 'a line before a gate', () => {
	it( 'begins when the provider may be tried again, and goes on as fast as calls did that went well', async () => {
		for ( let calls = 0; calls < 40; calls++ ) {
			await call( 400 );
		}
		await timeOut( 60_000 );
		expect( gate.isBroken() ).toBe( true );
		const waits = line( 11 );
		expect( waits[ 0 ] ).toBe( COOL_DOWN_MS );
		expect( waits.at( -1 ) ).toBeGreaterThanOrEqual( COOL_DOWN_MS + 10 * 400 / PLACES );
		expect( waits.at( -1 ) ).toBeLessThan( COOL_DOWN_MS + 10 * 450 / PLACES );
	} );

	it( 'never takes longer than a minute', async () => {
		await timeOut( 1_000 );
		expect( Math.max( ...line( 10_000 ) ) ).toBe( COOL_DOWN_MS + 60_000 );
	} );
} );
