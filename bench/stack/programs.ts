import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { PlainError } from '../../tools/plain-error.ts';
import { installPackages, mayInstall } from '../../tools/testing/debian-packages.ts';
import { nativePhp } from '../../tools/testing/system.ts';

/** Debian's server programs are outside an ordinary user's PATH. */
const SERVER_FOLDERS = [ '/usr/sbin', '/usr/local/sbin', '/usr/local/bin' ];

export type Programs = {
	nginx: string; fpm: string; php: string; mariaDb: string; mariaDbInstall: string; mariaDbClient: string; mariaDbDump: string; redis: string;
};

/** Where the servers are; what is missing is installed where that is possible, else named. */
export async function findPrograms(): Promise< Programs > {
	const found = look();
	if ( 'programs' in found ) {
		return found.programs;
	}
	if ( mayInstall() ) {
		const problem = await installPackages( found.missing );
		const again = look();
		if ( 'programs' in again ) {
			return again.programs;
		}
		throw new PlainError( problem ?? `Still missing after an installation: ${ again.missing.join( ', ' ) }.` );
	}
	throw new PlainError( `The stack needs these packages (Debian's names): ${ found.missing.join( ' ' ) }` );
}

function look(): { programs: Programs } | { missing: string[] } {
	const php = nativePhp();
	const prefix = `php${ php?.version ?? '' }`;
	const missing: string[] = [];
	const need = ( debianPackage: string, ...names: string[] ): string => {
		const path = names.map( pathOf ).find( ( candidate ) => candidate !== null );
		if ( path === undefined || path === null ) {
			missing.push( debianPackage );
			return '';
		}
		return path;
	};
	const programs = {
		nginx: need( 'nginx-light', 'nginx' ),
		fpm: need( `${ prefix }-fpm`, `php-fpm${ php?.version ?? '' }`, 'php-fpm' ),
		php: need( 'php-cli', `php${ php?.version ?? '' }`, 'php' ),
		mariaDb: need( 'mariadb-server', 'mariadbd' ),
		mariaDbInstall: need( 'mariadb-server', 'mariadb-install-db' ),
		mariaDbClient: need( 'mariadb-client', 'mariadb' ),
		mariaDbDump: need( 'mariadb-client', 'mariadb-dump' ),
		redis: need( 'redis-server', 'redis-server' ),
	};
	for ( const [ extension, name ] of Object.entries( { mysqli: 'mysql', curl: 'curl', mbstring: 'mbstring', dom: 'xml', redis: 'redis' } ) ) {
		if ( php?.extensions.has( extension ) !== true ) {
			missing.push( name === 'redis' ? 'php-redis' : `${ prefix }-${ name }` );
		}
	}
	return missing.length === 0 ? { programs } : { missing: [ ...new Set( missing ) ] };
}

function pathOf( name: string ): string | null {
	const folders = [ ...( process.env.PATH ?? '' ).split( delimiter ), ...SERVER_FOLDERS ];
	return folders.map( ( folder ) => join( folder, name ) ).find( ( path ) => existsSync( path ) ) ?? null;
}
