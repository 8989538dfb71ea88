import { describe, expect, it } from 'vitest';
import { ManualClock, settled } from '../test/manual-clock.ts';
import { DueLoop } from './due-loop.ts';

function createLoop( runDue: () => Promise< number | null > ) {
	const clock = new ManualClock( 0 );
	const errors: unknown[] = [];
	let runs = 0;
	const loop = new DueLoop( {
		clock,
		runDue: () => {
			runs++;
			return runDue();
		},
		onError: ( error ) => errors.push( error ),
	} );
	return { clock, loop, errors, runs: () => runs };
}

describe( 'a due loop', () => {
	it( 'sleeps until the next thing is due', async () => {
		const { clock, loop, runs } = createLoop( async () => clock.now() + 5_000 );
		loop.wake();
		await settled();
		await clock.advance( 4_999 );
		expect( runs() ).toBe( 1 );
		await clock.advance( 1 );
		expect( runs() ).toBe( 2 );
		await loop.stop();
	} );

	it( 'looks around once a minute when nothing is due', async () => {
		const { clock, loop, runs } = createLoop( async () => null );
		loop.wake();
		await clock.advance( 600_000 );
		expect( runs() ).toBeLessThanOrEqual( 11 );
		expect( runs() ).toBeGreaterThanOrEqual( 10 );
		await loop.stop();
	} );

	it( 'runs once more when it is woken during a run, not at the same time', async () => {
		let active = 0;
		let most = 0;
		const { loop, runs } = createLoop( async () => {
			most = Math.max( most, ++active );
			await settled();
			active--;
			return null;
		} );
		loop.wake();
		loop.wake();
		loop.wake();
		await settled();
		await settled();
		await settled();
		expect( [ runs(), most ] ).toEqual( [ 2, 1 ] );
		await loop.stop();
	} );

	it( 'pauses after an error and goes on', async () => {
		const { clock, loop, errors } = createLoop( async () => {
			throw new Error( 'disk' );
		} );
		loop.wake();
		await settled();
		await clock.advance( 3_000 );
		expect( errors ).toHaveLength( 4 );
		await loop.stop();
	} );

	it( 'does nothing more once it is stopped', async () => {
		const { clock, loop, runs } = createLoop( async () => clock.now() + 10 );
		loop.wake();
		await loop.stop();
		loop.wake();
		await clock.advance( 100_000 );
		expect( runs() ).toBe( 1 );
	} );
} );
