import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A project as the rules see it: paths with forward slashes, relative to its folder. */
export type ProjectFiles = { paths: readonly string[]; read: ( path: string ) => string };

const NOT_OURS = new Set( [ '.git', 'node_modules', 'vendor', 'build', 'dist', '.cache', '.state', 'test-results', 'playwright-report' ] );

export function projectFiles( folder: string ): ProjectFiles {
	return { paths: walk( folder, '' ), read: ( path ) => readFileSync( join( folder, path ), 'utf8' ) };
}

function walk( folder: string, prefix: string ): string[] {
	return readdirSync( join( folder, prefix ), { withFileTypes: true } ).flatMap( ( entry ) => {
		const path = prefix === '' ? entry.name : `${ prefix }/${ entry.name }`;
		if ( entry.isDirectory() ) {
			return NOT_OURS.has( entry.name ) ? [] : walk( folder, path );
		}
		return [ path ];
	} );
}
