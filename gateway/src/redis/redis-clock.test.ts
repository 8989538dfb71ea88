import { expect, it } from 'vitest';
import { ManualClock } from '../../test/manual-clock.ts';
import { RedisClock } from './redis-clock.ts';

const HOUR_MS = 3_600_000;

/** A server whose clock is an hour ahead of this machine's, and goes on as evenly. */
function createServer() {
	const clock = new ManualClock();
	let ahead = HOUR_MS;
	let answers: () => Promise< void > = async () => {};
	const redis = {
		async time(): Promise< number[] > {
			const time = clock.steady() + ahead;
			await answers();
			return [ Math.floor( time / 1_000 ), ( time % 1_000 ) * 1_000 ];
		},
	};
	return {
		clock, redis, time: () => clock.steady() + ahead,
		setBy: ( milliseconds: number ) => void ( ahead += milliseconds ),
		answersAfter: ( next: () => Promise< void > ) => void ( answers = next ),
	};
}

it( 'tells the time of the server, whatever is done to the clock of the machine', async () => {
	const { clock, redis, time } = createServer();
	const shared = await new RedisClock( redis, clock ).open();
	expect( Math.abs( shared.now() - time() ) ).toBeLessThanOrEqual( 1 );
	clock.setBy( -HOUR_MS );
	await clock.advance( 1_234 );
	expect( Math.abs( shared.now() - time() ) ).toBeLessThanOrEqual( 1 );
	shared.close();
	expect( clock.timers ).toBe( 0 );
} );

it( 'follows the server within five seconds', async () => {
	const { clock, redis, time, setBy } = createServer();
	const shared = await new RedisClock( redis, clock ).open();
	setBy( -HOUR_MS );
	await clock.advance( 5_000 );
	expect( Math.abs( shared.now() - time() ) ).toBeLessThanOrEqual( 1 );
	shared.close();
} );

it( 'is not moved by an answer that took long, unless it proves it wrong', async () => {
	const { clock, redis, time, setBy, answersAfter } = createServer();
	const shared = await new RedisClock( redis, clock ).open();
	let answer = () => {};
	answersAfter( () => new Promise( ( resolve ) => ( answer = resolve ) ) );
	await clock.advance( 5_000 );
	await clock.advance( 3_000 );
	answer();
	await clock.advance( 0 );
	expect( Math.abs( shared.now() - time() ) ).toBeLessThanOrEqual( 1 );
	setBy( 10_000 );
	await clock.advance( 5_000 );
	await clock.advance( 3_000 );
	answer();
	await clock.advance( 0 );
	const behind = time() - shared.now();
	expect( behind ).toBeGreaterThanOrEqual( 0 );
	expect( behind ).toBeLessThanOrEqual( 3_001 );
	shared.close();
} );

it( 'goes on where the server does not answer', async () => {
	const { clock, redis, time, answersAfter } = createServer();
	const shared = await new RedisClock( redis, clock ).open();
	answersAfter( () => Promise.reject( new Error( 'away' ) ) );
	await clock.advance( 60_000 );
	expect( Math.abs( shared.now() - time() ) ).toBeLessThanOrEqual( 1 );
	answersAfter( async () => {} );
	await clock.advance( 5_000 );
	expect( Math.abs( shared.now() - time() ) ).toBeLessThanOrEqual( 1 );
	shared.close();
} );
