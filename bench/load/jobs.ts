import { setTimeout as wait } from 'node:timers/promises';
import { PlainError } from '../../tools/plain-error.ts';
import type { Stack } from '../stack/stack.ts';

const POLL_MS = 250;

/** The newest job's id before a run: the run's own jobs come after it. */
export async function newestJobId( stack: Stack ): Promise< number > {
	return Number( ( await stack.sql( 'SELECT COALESCE( MAX( id ), 0 ) FROM wp_draftkeeper_jobs' ) )[ 0 ]?.[ 0 ] );
}

/** How many jobs of a run are in each status. */
export async function statusesAfter( stack: Stack, id: number ): Promise< Record< string, number > > {
	const rows = await stack.sql( `SELECT status, COUNT(*) FROM wp_draftkeeper_jobs WHERE id > ${ id } GROUP BY status` );
	return Object.fromEntries( rows.map( ( [ status = '', count ] ) => [ status, Number( count ) ] ) );
}

/** Waits until no job of a run is under way any more. */
export async function untilEnded( stack: Stack, afterId: number, timeoutMs: number ): Promise< void > {
	const deadline = Date.now() + timeoutMs;
	for ( ;; ) {
		const { pending = 0, running = 0 } = await statusesAfter( stack, afterId );
		if ( pending + running === 0 ) {
			return;
		}
		if ( Date.now() > deadline ) {
			throw new PlainError( `After ${ timeoutMs / 1000 } s ${ pending } jobs are still pending and ${ running } running.` );
		}
		await wait( POLL_MS );
	}
}
