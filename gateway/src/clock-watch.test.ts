import { expect, it } from 'vitest';
import { ManualClock } from '../test/manual-clock.ts';
import { watchClock } from './clock-watch.ts';

it( 'tells at the start, and when the clock was set back, until that was heard', async () => {
	const clock = new ManualClock();
	const told: number[] = [];
	const errors: unknown[] = [];
	let isBroken = false;
	const watch = watchClock( {
		clock,
		async onSetBack( milliseconds ) {
			if ( isBroken ) {
				throw new Error( 'the disk is full' );
			}
			told.push( milliseconds );
		},
		onError: ( error ) => errors.push( error ),
	} );
	watch.wake();
	await clock.advance( 60_000 );
	clock.setBy( 3_600_000 );
	await clock.advance( 60_000 );
	clock.setBy( -200 );
	await clock.advance( 60_000 );
	expect( told ).toEqual( [ 0 ] );
	isBroken = true;
	clock.setBy( -3_600_000 );
	await clock.advance( 2_500 );
	expect( [ told.length, errors.length ] ).toEqual( [ 1, 1 ] );
	isBroken = false;
	await clock.advance( 1_000 );
	expect( told ).toEqual( [ 0, 3_600_000 ] );
	await clock.advance( 60_000 );
	expect( told ).toHaveLength( 2 );
	await watch.stop();
	expect( clock.timers ).toBe( 0 );
} );
