import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder, root } from './project.ts';

const LEFT_OUT = new Set( [ 'node_modules', 'vendor', 'build', 'dist', '.cache', '.state' ] );

/** A hash over the names and contents of files and folders (relative to the project). */
export function hashOf( paths: readonly string[], base = root ): string {
	const hash = createHash( 'sha256' );
	for ( const path of paths.flatMap( ( entry ) => filesIn( entry, base ) ).sort() ) {
		hash.update( `${ path }\0` ).update( readFileSync( join( base, path ) ) ).update( '\0' );
	}
	return hash.digest( 'hex' );
}

/** Does work only when its inputs changed since it last succeeded or an output is gone; says whether it did. */
export async function onceFor(
	name: string, inputs: string, outputs: readonly string[], work: () => Promise< void >, folder = cacheFolder
): Promise< boolean > {
	const file = join( folder, 'stamps', name );
	const isDone = existsSync( file ) && readFileSync( file, 'utf8' ) === inputs && outputs.every( ( path ) => existsSync( join( root, path ) ) );
	if ( isDone ) {
		return false;
	}
	await work();
	mkdirSync( dirname( file ), { recursive: true } );
	writeFileSync( file, inputs );
	return true;
}

function filesIn( path: string, base: string ): string[] {
	const full = join( base, path );
	if ( ! existsSync( full ) ) {
		return [];
	}
	if ( ! statSync( full ).isDirectory() ) {
		return [ path ];
	}
	return readdirSync( full ).filter( ( name ) => ! LEFT_OUT.has( name ) ).flatMap( ( name ) => filesIn( `${ path }/${ name }`, base ) );
}
