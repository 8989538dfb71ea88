import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PlainError } from './plain-error.ts';

const RETRY_MS = 250;
const TIMEOUT_MS = 10 * 60_000;

/** Lets one process at a time do the work; a lock whose holder is gone is taken over. */
export async function withLock< T >( file: string, work: () => Promise< T >, timeoutMs = TIMEOUT_MS ): Promise< T > {
	mkdirSync( dirname( file ), { recursive: true } );
	const deadline = Date.now() + timeoutMs;
	while ( ! take( file ) ) {
		if ( Date.now() > deadline ) {
			throw new PlainError( `Another run holds ${ file }; wait for it, or delete that file if there is none.` );
		}
		await wait( RETRY_MS );
	}
	try {
		return await work();
	} finally {
		rmSync( file, { force: true } );
	}
}

/** Holds a lock for as long as this process needs it; somebody else's is an error at once. Returns the way to let go. */
export function holdLock( file: string, whatIsHeld: string ): () => void {
	mkdirSync( dirname( file ), { recursive: true } );
	// The first try may only have cleared away the lock of a process that is gone.
	if ( ! take( file ) && ! take( file ) ) {
		throw new PlainError( `${ whatIsHeld } already (process ${ readFileSync( file, 'utf8' ) }): stop that one first.` );
	}
	const letGo = (): void => {
		process.off( 'exit', letGo );
		rmSync( file, { force: true } );
	};
	process.once( 'exit', letGo );
	return letGo;
}

function take( file: string ): boolean {
	try {
		writeFileSync( file, String( process.pid ), { flag: 'wx' } );
		return true;
	} catch ( error ) {
		if ( ( error as NodeJS.ErrnoException ).code !== 'EEXIST' ) {
			throw error;
		}
	}
	if ( ! isHeld( file ) ) {
		rmSync( file, { force: true } );
	}
	return false;
}

function isHeld( file: string ): boolean {
	let holder: string;
	try {
		holder = readFileSync( file, 'utf8' );
	} catch {
		return false;
	}
	// Written a moment ago and still empty: its owner is alive.
	if ( holder === '' ) {
		return true;
	}
	try {
		process.kill( Number( holder ), 0 );
		return true;
	} catch ( error ) {
		return ( error as NodeJS.ErrnoException ).code === 'EPERM';
	}
}
