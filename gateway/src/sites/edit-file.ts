import { closeSync, fchmodSync, fchownSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';

/**
 * Changes a file in one step: a reader sees the old content or the new one, also when the machine dies in between.
 * Throws where somebody else changed it meanwhile. A file that is not there yet begins empty, for the owner alone.
 */
export function editFile( path: string, edit: ( content: string ) => string ): void {
	const before = read( path );
	const after = edit( before ?? '' );
	const temporary = `${ path }.${ process.pid }.new`;
	const { mode, uid, gid } = statSync( path, { throwIfNoEntry: false } ) ?? { mode: 0o600, uid: null, gid: null };
	try {
		write( temporary, after, mode & 0o777, uid, gid );
		if ( read( path ) !== before ) {
			throw new Error( `${ path } was changed by somebody else meanwhile; try again.` );
		}
		renameSync( temporary, path );
	} finally {
		rmSync( temporary, { force: true } );
	}
}

function read( path: string ): string | null {
	try {
		return readFileSync( path, 'utf8' );
	} catch ( error ) {
		if ( ( error as { code?: unknown } ).code === 'ENOENT' ) {
			return null;
		}
		throw error;
	}
}

function write( path: string, content: string, mode: number, uid: number | null, gid: number | null ): void {
	const file = openSync( path, 'wx', mode );
	try {
		writeSync( file, content );
		// The umask must not take away what the file had, and root must not keep it from the gateway.
		fchmodSync( file, mode );
		if ( uid !== null && gid !== null && process.getuid?.() === 0 ) {
			fchownSync( file, uid, gid );
		}
		fsyncSync( file );
	} finally {
		closeSync( file );
	}
}
