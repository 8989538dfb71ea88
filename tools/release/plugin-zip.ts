import AdmZip from 'adm-zip';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ACTION_SCHEDULER_PATH } from './action-scheduler.ts';

/** What is shipped, and nothing else: no tests, no tools, no packages. */
const SHIPPED = [ 'draftkeeper.php', 'uninstall.php', 'readme.txt', 'LICENSE', 'block.json', 'build', 'php/src', 'languages' ];
const LEFT_OUT = /\.map$|\/\./;
/** Of Action Scheduler: what runs, and its licence. */
const OF_ACTION_SCHEDULER = [ 'action-scheduler.php', 'functions.php', 'classes', 'deprecated', 'lib', 'license.txt' ];
/** The folder's name inside the zip is the plugin's slug. */
const SLUG = 'draftkeeper';
/** The same files make the same zip, whenever it is made. */
const TIME = new Date( 2020, 0, 1 );
const FILE_MODE = 0o644;

/** The shipped files of a project, relative to it. */
export function shippedFiles( root: string ): string[] {
	return SHIPPED.flatMap( ( path ) => {
		if ( ! existsSync( join( root, path ) ) ) {
			throw new Error( `${ path } is missing, but belongs into the zip.` );
		}
		return filesUnder( root, path );
	} ).filter( ( path ) => ! LEFT_OUT.test( path ) ).sort();
}

/** Writes the zip, with Action Scheduler where a folder of it is given; returns the paths in it. */
export function writePluginZip( root: string, target: string, actionScheduler: string | null = null ): string[] {
	const ours = shippedFiles( root ).map( ( path ) => ( { path, file: join( root, path ) } ) );
	const theirs = actionScheduler === null ? [] : OF_ACTION_SCHEDULER
		.filter( ( path ) => existsSync( join( actionScheduler, path ) ) )
		.flatMap( ( path ) => filesUnder( actionScheduler, path ) )
		.map( ( path ) => ( { path: `${ ACTION_SCHEDULER_PATH }/${ path }`, file: join( actionScheduler, path ) } ) );
	const zip = new AdmZip();
	const entries = [ ...ours, ...theirs ].sort( ( one, other ) => one.path < other.path ? -1 : 1 );
	for ( const { path, file } of entries ) {
		zip.addFile( `${ SLUG }/${ path }`, readFileSync( file ), '', FILE_MODE ).header.time = TIME;
	}
	zip.writeZip( target );
	return entries.map( ( { path } ) => path );
}

function filesUnder( root: string, path: string ): string[] {
	return statSync( join( root, path ) ).isDirectory() ? readdirSync( join( root, path ) ).flatMap( ( name ) => filesUnder( root, `${ path }/${ name }` ) ) : [ path ];
}
