import { copyFileSync, existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/** Makes the absolute links of an unpacked system point into it instead of into this machine. */
export function rebaseAbsoluteLinks( system: string, folder = system ): void {
	for ( const name of readdirSync( folder ) ) {
		const path = join( folder, name );
		const kind = lstatSync( path );
		if ( kind.isSymbolicLink() ) {
			const target = readlinkSync( path );
			if ( isAbsolute( target ) ) {
				rmSync( path );
				symlinkSync( join( system, target ), path );
			}
		} else if ( kind.isDirectory() ) {
			rebaseAbsoluteLinks( system, path );
		}
	}
}

/** Copies a tree with what its links point to in their place; a link to nothing is dropped. */
export function copyFollowingLinks( from: string, to: string ): void {
	mkdirSync( to, { recursive: true } );
	for ( const name of readdirSync( from ) ) {
		const source = join( from, name );
		if ( ! existsSync( source ) ) {
			continue;
		}
		if ( statSync( source ).isDirectory() ) {
			copyFollowingLinks( source, join( to, name ) );
		} else {
			copyFileSync( source, join( to, name ) );
		}
	}
}
