import AdmZip from 'adm-zip';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What is shipped, and nothing else: no tests, no tools, no packages. */
const SHIPPED = [ 'draftkeeper.php', 'uninstall.php', 'readme.txt', 'LICENSE', 'block.json', 'build', 'php/src', 'languages' ];
const MAY_BE_MISSING = new Set( [ 'languages' ] );
const LEFT_OUT = /\.map$|\/\./;
/** The folder's name inside the zip is the plugin's slug. */
const SLUG = 'draftkeeper';
/** The same files make the same zip, whenever it is made. */
const TIME = new Date( 2020, 0, 1 );
const FILE_MODE = 0o644;

/** The shipped files of a project, relative to it. */
export function shippedFiles( root: string ): string[] {
	return SHIPPED.flatMap( ( path ) => {
		if ( ! existsSync( join( root, path ) ) ) {
			if ( MAY_BE_MISSING.has( path ) ) {
				return [];
			}
			throw new Error( `${ path } is missing, but belongs into the zip.` );
		}
		return filesUnder( root, path );
	} ).filter( ( path ) => ! LEFT_OUT.test( path ) ).sort();
}

export function writePluginZip( root: string, target: string ): string[] {
	const files = shippedFiles( root );
	const zip = new AdmZip();
	for ( const path of files ) {
		zip.addFile( `${ SLUG }/${ path }`, readFileSync( join( root, path ) ), '', FILE_MODE ).header.time = TIME;
	}
	zip.writeZip( target );
	return files;
}

function filesUnder( root: string, path: string ): string[] {
	return statSync( join( root, path ) ).isDirectory() ? readdirSync( join( root, path ) ).flatMap( ( name ) => filesUnder( root, `${ path }/${ name }` ) ) : [ path ];
}
