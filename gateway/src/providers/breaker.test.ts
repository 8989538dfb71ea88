import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/manual-clock.ts';
import { Breaker, type BreakerState } from './breaker.ts';

const COOL_DOWN_MS = 20_000;
let clock: ManualClock;
let breaker: Breaker;
let states: BreakerState[];

beforeEach( () => {
	clock = new ManualClock();
	states = [];
	breaker = new Breaker( { clock, failures: 5, cool_down_ms: COOL_DOWN_MS, onChange: ( state ) => void states.push( state ) } );
} );

const isOpenNow = () => breaker.readyAt() > clock.now();

function fail( times = 1, retryAfterMs: number | null = null ): void {
	for ( let call = 0; call < times; call++ ) {
		breaker.begin().failed( retryAfterMs );
	}
}

describe( 'a breaker', () => {
	it( 'keeps calls away after five failures in a row, and not before', () => {
		fail( 4 );
		expect( isOpenNow() ).toBe( false );
		fail();
		expect( isOpenNow() ).toBe( true );
		expect( breaker.state ).toBe( 'open' );
	} );

	it( 'begins to count anew after a success', () => {
		fail( 4 );
		breaker.begin().succeeded();
		fail( 4 );
		expect( isOpenNow() ).toBe( false );
	} );

	it( 'does not count calls that nobody wanted any more', () => {
		fail( 4 );
		breaker.begin().abandoned();
		expect( isOpenNow() ).toBe( false );
		fail();
		expect( isOpenNow() ).toBe( true );
	} );

	it( 'says at once that it is open, within 10 ms for a thousand questions', () => {
		fail( 5 );
		const before = performance.now();
		for ( let question = 0; question < 1_000; question++ ) {
			expect( breaker.readyAt() ).toBe( clock.now() + COOL_DOWN_MS );
		}
		expect( ( performance.now() - before ) / 1_000 ).toBeLessThan( 10 );
	} );

	it( 'lets one call probe after the cool-down, and all of them when that is answered', async () => {
		fail( 5 );
		await clock.advance( COOL_DOWN_MS - 1 );
		expect( isOpenNow() ).toBe( true );
		await clock.advance( 1 );
		expect( breaker.state ).toBe( 'half_open' );
		const probe = breaker.begin();
		expect( isOpenNow() ).toBe( true );
		probe.answers();
		expect( isOpenNow() ).toBe( false );
		probe.succeeded();
		fail( 4 );
		expect( isOpenNow() ).toBe( false );
		expect( states ).toEqual( [ 'open', 'half_open', 'closed' ] );
	} );

	it( 'cools down again when the probe fails, also after it has begun to answer', async () => {
		fail( 5 );
		await clock.advance( COOL_DOWN_MS );
		fail();
		expect( breaker.readyAt() ).toBe( clock.now() + COOL_DOWN_MS );
		await clock.advance( COOL_DOWN_MS );
		const probe = breaker.begin();
		probe.answers();
		probe.failed( null );
		expect( breaker.readyAt() ).toBe( clock.now() + COOL_DOWN_MS );
	} );

	it( 'lets the next call probe when nobody waited for the first', async () => {
		fail( 5 );
		await clock.advance( COOL_DOWN_MS );
		breaker.begin().abandoned();
		expect( isOpenNow() ).toBe( false );
		breaker.begin().succeeded();
		expect( breaker.state ).toBe( 'closed' );
	} );

	it( 'waits for as long as the provider asks, but not for hours', () => {
		fail( 4 );
		fail( 1, 60_000 );
		expect( breaker.readyAt() ).toBe( clock.now() + 60_000 );
		const other = new Breaker( { clock, failures: 1, cool_down_ms: COOL_DOWN_MS } );
		other.begin().failed( 7_200_000 );
		expect( other.readyAt() ).toBe( clock.now() + 300_000 );
	} );

	it( 'hears nothing from calls of before the outage', async () => {
		const [ slow, slower ] = [ breaker.begin(), breaker.begin() ];
		fail( 5 );
		slow.succeeded();
		slower.failed( null );
		expect( breaker.readyAt() ).toBe( clock.now() + COOL_DOWN_MS );
	} );

	it.each( [ [ 'back', -3_600_000 ], [ 'forward', 3_600_000 ] ] )( 'stays open for as long as it should where the clock is set %s an hour', async ( _way, milliseconds ) => {
		fail( 5 );
		clock.setBy( milliseconds );
		await clock.advance( COOL_DOWN_MS - 1 );
		expect( breaker.state ).toBe( 'open' );
		await clock.advance( 1 );
		expect( breaker.state ).toBe( 'half_open' );
	} );

	it( 'is closed one call after an outage of 60 s, within the cool-down', async () => {
		let calls = 0;
		const outageEndsAt = clock.now() + 60_000;
		let closedAt: number | null = null;
		for ( let second = 0; second < 120 && closedAt === null; second++ ) {
			if ( ! isOpenNow() ) {
				const call = breaker.begin();
				calls++;
				if ( clock.now() < outageEndsAt ) {
					call.failed( null );
				} else {
					call.succeeded();
					closedAt = breaker.state === 'closed' ? clock.now() : null;
				}
			}
			await clock.advance( 1_000 );
		}
		expect( closedAt ).toBeLessThanOrEqual( outageEndsAt + COOL_DOWN_MS );
		expect( calls ).toBe( 5 + 2 + 1 );
	} );
} );
