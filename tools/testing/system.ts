import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isThere } from '../command.ts';
import { installPackages, mayInstall } from './debian-packages.ts';

const CHROMIUM_PATHS = [ '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable' ];
/** Debian's server programs are outside an ordinary user's PATH. */
const SERVER_FOLDERS = [ '/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin' ];
const PHPUNIT_EXTENSIONS: Record< string, string > = { dom: 'xml', mbstring: 'mbstring', xmlwriter: 'xml' };

export type Php = { program: string; version: string; extensions: ReadonlySet< string > };

/** PHP on this machine; null where there is none, or where DRAFTKEEPER_PHP=wasm asks for Playground's. */
export function nativePhp(): Php | null {
	if ( process.env.DRAFTKEEPER_PHP === 'wasm' ) {
		return null;
	}
	const code = 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION, "\\n", implode( "\\n", array_map( "strtolower", get_loaded_extensions() ) );';
	const { status, stdout } = spawnSync( 'php', [ '-r', code ], { encoding: 'utf8' } );
	if ( status !== 0 ) {
		return null;
	}
	const [ version = '', ...extensions ] = stdout.trim().split( '\n' );
	return { program: 'php', version, extensions: new Set( extensions ) };
}

/** The browser for the tests; null lets Playwright look for its own. */
export function chromium( env: NodeJS.ProcessEnv = process.env ): string | null {
	if ( env.CHROMIUM ) {
		return env.CHROMIUM;
	}
	return CHROMIUM_PATHS.find( ( path ) => existsSync( path ) ) ?? null;
}

/** MariaDB's two programs; null when one is missing. They are looked for and not asked: one of them would start to install. */
export function mariaDb( env: NodeJS.ProcessEnv = process.env ): { server: string; install: string } | null {
	const folders = [ ...( env.PATH ?? '' ).split( delimiter ), ...SERVER_FOLDERS ];
	const find = ( name: string ): string | undefined => folders.map( ( folder ) => join( folder, name ) ).find( ( path ) => existsSync( path ) );
	const server = find( 'mariadbd' );
	const install = find( 'mariadb-install-db' );
	return server !== undefined && install !== undefined ? { server, install } : null;
}

/** Installs what the named needs lack, where that is possible; what does not work is said by the leg that needs it. */
export async function installMissing(
	needs: { php: boolean; mariaDb: boolean; redis: boolean; browser: boolean }, note: ( text: string ) => void
): Promise< void > {
	if ( ! mayInstall() ) {
		return;
	}
	const missing = new Set< string >();
	if ( needs.php && process.env.DRAFTKEEPER_PHP !== 'wasm' ) {
		const php = nativePhp();
		const prefix = php === null ? 'php' : `php${ php.version }`;
		const wanted: Record< string, string > = { ...PHPUNIT_EXTENSIONS, pdo_sqlite: 'sqlite3', curl: 'curl', ...( needs.mariaDb ? { mysqli: 'mysql', redis: 'redis' } : {} ) };
		for ( const [ extension, name ] of Object.entries( wanted ) ) {
			if ( php === null || ! php.extensions.has( extension ) ) {
				missing.add( `${ prefix }-${ name }` );
			}
		}
		if ( php === null ) {
			missing.add( 'php-cli' );
		}
		if ( ! isThere( 'composer' ) ) {
			missing.add( 'composer' );
		}
		if ( ! isThere( 'unzip', [ '-v' ] ) ) {
			missing.add( 'unzip' );
		}
	}
	if ( needs.mariaDb && mariaDb() === null ) {
		missing.add( 'mariadb-server' );
	}
	if ( needs.redis && ! isThere( 'redis-server' ) ) {
		missing.add( 'redis-server' );
	}
	if ( needs.browser && chromium() === null ) {
		missing.add( 'chromium' );
	}
	if ( missing.size > 0 ) {
		note( [ ...missing ].join( ', ' ) );
		const problem = await installPackages( [ ...missing ] );
		if ( problem !== null ) {
			note( problem );
		}
	}
}
