import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { PlainError } from '../tools/plain-error.ts';
import { processEntry, TICKS_PER_SECOND } from './stack/process-table.ts';

const LOOK_MS = 2_000;
/** Of all processors together. */
const MAX_SHARE = 0.1;

/** What programs have worked until a moment, in seconds: all of them, and those of the bench. */
type Look = { all: number; own: number; at: number };

/** Seconds that all processors have worked since the start: the first line of /proc/stat without what was idle, waiting or taken by the host. */
export function workedSeconds( stat: string ): number {
	const [ user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0 ] = stat.slice( 0, stat.indexOf( '\n' ) ).split( /\s+/ ).slice( 1 ).map( Number );
	return ( user + nice + system + irq + softirq ) / TICKS_PER_SECOND;
}

/** Null where others were quiet. */
export function complaintAbout( before: Look, after: Look, processors: number ): string | null {
	const share = ( after.all - before.all - ( after.own - before.own ) ) / ( ( after.at - before.at ) * processors );
	return share > MAX_SHARE
		? `Other programs use ${ Math.round( 100 * share ) } % of the processors, and with more than ${ 100 * MAX_SHARE } % the figures tell of them. Run it on a quiet machine.`
		: null;
}

/** Begins to watch; the returned function says what is to be said of the programs that are not among `pids`. */
export function watchOthers( pids: readonly number[] ): () => string | null {
	const look = (): Look => ( {
		all: workedSeconds( readFileSync( '/proc/stat', 'utf8' ) ),
		own: pids.reduce( ( sum, pid ) => sum + ( processEntry( pid )?.cpuSeconds ?? 0 ), 0 ),
		at: performance.now() / 1_000,
	} );
	const before = look();
	return () => complaintAbout( before, look(), availableParallelism() );
}

/** Refuses a machine on which others work. */
export async function assertQuiet(): Promise< void > {
	const complaint = watchOthers( [ process.pid ] );
	await wait( LOOK_MS );
	const loud = complaint();
	if ( loud !== null ) {
		throw new PlainError( `${ loud } Nothing was measured.` );
	}
}
