import { readdirSync, readFileSync } from 'node:fs';

/** The kernel counts processor time in these on every platform that Node runs on. */
export const TICKS_PER_SECOND = 100;

export type ProcessEntry = { pid: number; state: string; group: number; startedAt: string; cpuSeconds: number };

/** One process as /proc tells it; null when there is none. */
export function processEntry( pid: number ): ProcessEntry | null {
	let line: string;
	try {
		line = readFileSync( `/proc/${ pid }/stat`, 'utf8' );
	} catch {
		return null;
	}
	// The name in parentheses may hold spaces; what counts comes after the last one.
	const fields = line.slice( line.lastIndexOf( ')' ) + 2 ).split( ' ' );
	const ticks = Number( fields[ 11 ] ) + Number( fields[ 12 ] );
	return { pid, state: fields[ 0 ] ?? '', group: Number( fields[ 2 ] ), startedAt: fields[ 19 ] ?? '', cpuSeconds: ticks / TICKS_PER_SECOND };
}

/** A zombie answers to signals although it has ended, until its parent looks: it does not count. */
export const isRunning = ( entry: ProcessEntry | null ): boolean => entry !== null && entry.state !== 'Z' && entry.state !== 'X';

/** Every process of a group that still runs. */
export function groupOf( group: number ): ProcessEntry[] {
	return readdirSync( '/proc' )
		.filter( ( name ) => /^\d+$/.test( name ) )
		.map( ( name ) => processEntry( Number( name ) ) )
		.filter( ( entry ): entry is ProcessEntry => entry !== null && entry.group === group && isRunning( entry ) );
}
