import { spawn } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { lastLines, run } from '../command.ts';
import { CannotRun } from './leg.ts';
import { mariaDb } from './system.ts';

const READY_TIMEOUT_MS = 120_000;
const READY_POLL_MS = 50;
const STOP_TIMEOUT_MS = 20_000;
/** Its data is thrown away: it need not survive a crash. */
const SERVER_OPTIONS = [ '--skip-networking', '--innodb-flush-log-at-trx-commit=0', '--skip-log-bin', '--innodb-buffer-pool-size=64M' ];

/** Runs work against a database server of its own, on a socket in a temporary folder. */
export async function withPrivateMariaDb< T >( work: ( socket: string ) => Promise< T > ): Promise< T > {
	const programs = mariaDb();
	if ( programs === null ) {
		throw new CannotRun( 'Install MariaDB (Debian: apt-get install mariadb-server, macOS: brew install mariadb).' );
	}
	// The system's own temporary folder: a socket's path has at most 107 characters.
	const folder = mkdtempSync( join( tmpdir(), 'dk-mariadb-' ) );
	const data = join( folder, 'data' );
	const socket = join( folder, 's' );
	const logFile = join( folder, 'log' );
	chmodSync( folder, 0o777 );
	const asUser = process.getuid?.() === 0 ? [ '--user=mysql' ] : [];
	try {
		const made = await run( programs.install, [ '--no-defaults', `--datadir=${ data }`, '--auth-root-authentication-method=normal', '--skip-test-db', ...asUser ] );
		if ( made.code !== 0 ) {
			throw new Error( `mariadb-install-db failed:\n${ lastLines( made.output ) }` );
		}
		const log = openSync( logFile, 'a' );
		const server = spawn( programs.server, [ '--no-defaults', `--datadir=${ data }`, `--socket=${ socket }`, `--pid-file=${ folder }/pid`, ...SERVER_OPTIONS, ...asUser ], { stdio: [ 'ignore', log, log ] } );
		closeSync( log );
		const endWithUs = (): void => void server.kill( 'SIGKILL' );
		process.once( 'exit', endWithUs );
		const ended = new Promise< void >( ( done ) => server.once( 'close', () => done() ) );
		try {
			await untilReady( socket, () => server.exitCode !== null, logFile );
			return await work( socket );
		} finally {
			server.kill( 'SIGTERM' );
			const tooLong = setTimeout( endWithUs, STOP_TIMEOUT_MS );
			await ended;
			clearTimeout( tooLong );
			process.off( 'exit', endWithUs );
		}
	} finally {
		rmSync( folder, { recursive: true, force: true } );
	}
}

async function untilReady( socket: string, isGone: () => boolean, logFile: string ): Promise< void > {
	const deadline = Date.now() + READY_TIMEOUT_MS;
	while ( ! isGone() && Date.now() < deadline ) {
		if ( await answers( socket ) ) {
			return;
		}
		await wait( READY_POLL_MS );
	}
	throw new Error( `MariaDB did not start:\n${ lastLines( readFileSync( logFile, 'utf8' ) ) }` );
}

function answers( socket: string ): Promise< boolean > {
	return new Promise( ( done ) => {
		const connection = connect( socket );
		connection.once( 'data', () => {
			connection.destroy();
			done( true );
		} );
		connection.once( 'error', () => done( false ) );
	} );
}
