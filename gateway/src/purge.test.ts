import { expect, it } from 'vitest';
import { ManualClock } from '../test/manual-clock.ts';
import { createLogger } from './observability/logger.ts';
import { openPurge } from './purge.ts';

const MINUTE_MS = 60_000;

it( 'drops what is old once an hour, and nothing before the machine had time to learn what time it is', async () => {
	const clock = new ManualClock();
	const startedAt = clock.now();
	const purged: number[] = [];
	const nothing = { purge: async () => {} };
	const jobs = { purge: async ( now: number ) => void purged.push( now - startedAt ) };
	const purge = openPurge( { engine: { jobs, api: { callLog: nothing, answers: nothing } }, clock, logger: createLogger( 'silent' ) } );
	purge.wake();
	const year = 365 * 24 * 60 * MINUTE_MS;
	clock.setBy( year );
	await clock.advance( 5 * MINUTE_MS );
	clock.setBy( -year );
	await clock.advance( 4 * MINUTE_MS );
	expect( purged ).toEqual( [] );
	await clock.advance( 130 * MINUTE_MS );
	expect( purged ).toEqual( [ 10 * MINUTE_MS, 70 * MINUTE_MS, 130 * MINUTE_MS ] );
	await purge.stop();
} );
