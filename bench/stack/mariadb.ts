import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '../../tools/command.ts';
import { asAccount, ownFolder } from './ownership.ts';
import { Service } from './processes.ts';
import type { Programs } from './programs.ts';
import { greets } from './sockets.ts';
import type { State } from './state.ts';

const CLIENT_TIMEOUT_MS = 60_000;
const INSTALL_TIMEOUT_MS = 60_000;
/** A commit is on disk before it is answered, as on a server that matters. */
const OPTIONS = [ '--skip-networking', '--skip-log-bin', '--innodb-flush-log-at-trx-commit=1', '--innodb-buffer-pool-size=2G', '--max-connections=200', '--console' ];

export const DATABASE = 'wordpress';

export const mariaDbSocket = ( state: State ): string => join( state.run, 'mariadb', 'sock' );

export function mariaDb( state: State, programs: Programs ): Service {
	const run = join( state.run, 'mariadb' );
	return new Service( state, {
		name: 'mariadb',
		account: 'mysql',
		command: [
			programs.mariaDb, '--no-defaults', `--datadir=${ join( state.folder, 'mariadb' ) }`, `--socket=${ mariaDbSocket( state ) }`,
			`--pid-file=${ run }/pid`, `--tmpdir=${ run }`, ...OPTIONS,
		],
		isReady: () => greets( { path: mariaDbSocket( state ) } ),
	} );
}

/** Makes the data folder once. */
export async function installMariaDb( state: State, programs: Programs ): Promise< void > {
	const data = join( state.folder, 'mariadb' );
	ownFolder( join( state.run, 'mariadb' ), 'mysql' );
	if ( existsSync( join( data, 'mysql' ) ) ) {
		return;
	}
	ownFolder( data, 'mysql' );
	const [ program, ...args ] = asAccount( 'mysql', [
		programs.mariaDbInstall, '--no-defaults', `--datadir=${ data }`, '--auth-root-authentication-method=normal', '--skip-test-db',
	] );
	await mustRun( 'The installation of MariaDB\'s tables', program, args, { timeoutMs: INSTALL_TIMEOUT_MS } );
}

/** A back-up as operators make it, while the site goes on. */
export async function dump( state: State, programs: Programs, file: string ): Promise< void > {
	await mustRun( 'The back-up', programs.mariaDbDump, [
		'--no-defaults', `--socket=${ mariaDbSocket( state ) }`, '--user=root', '--single-transaction', '--quick', `--result-file=${ file }`, DATABASE,
	], { timeoutMs: CLIENT_TIMEOUT_MS } );
}

export async function restore( state: State, programs: Programs, file: string ): Promise< void > {
	await sql( state, programs, `SOURCE ${ file }` );
}

/** Runs SQL and returns the rows of its last SELECT as text; NULL comes as the word NULL. */
export async function sql( state: State, programs: Programs, statement: string, database: string | null = DATABASE ): Promise< string[][] > {
	const args = [ '--no-defaults', `--socket=${ mariaDbSocket( state ) }`, '--user=root', '--batch', '--skip-column-names', '-e', statement ];
	const output = await mustRun( 'A query', programs.mariaDbClient, database === null ? args : [ ...args, database ], { timeoutMs: CLIENT_TIMEOUT_MS } );
	return output.split( '\n' ).filter( ( line ) => line !== '' ).map( ( line ) => line.split( '\t' ) );
}
