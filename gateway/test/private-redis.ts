import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const START_TIMEOUT_MS = 60_000;

/** What the gateway demands of a server. */
const durable = { appendonly: 'yes', appendfsync: 'always', 'maxmemory-policy': 'noeviction' };

export type PrivateRedis = {
	/** The path of its socket, as DRAFTKEEPER_REDIS_URL takes it. */
	url: string;
	/** Ends the server as a power cut does. */
	kill: () => Promise< void >;
	/** Starts it again on the same files, with other settings where some are given. */
	start: ( settings?: Record< string, string > ) => Promise< void >;
	/** Lets it answer nobody until it is continued. */
	freeze: () => void;
	thaw: () => void;
	remove: () => Promise< void >;
};

/** Whether tests that need a Redis server can run here; with DRAFTKEEPER_REQUIRE_ALL they must. */
export const hasRedis = process.env[ 'DRAFTKEEPER_REQUIRE_ALL' ] === '1' || spawnSync( 'redis-server', [ '--version' ] ).status === 0;

/** A server of one's own: no port, a socket and files in a folder that goes away with it. */
export async function startPrivateRedis( settings: Record< string, string > = {} ): Promise< PrivateRedis > {
	const folder = mkdtempSync( join( tmpdir(), 'draftkeeper-redis-' ) );
	const socket = join( folder, 'sock' );
	const file = join( folder, 'redis.conf' );
	let server: ChildProcess | null = null;
	const end = async ( signal: NodeJS.Signals ) => {
		if ( server !== null && server.exitCode === null && server.signalCode === null ) {
			const ended = once( server, 'exit' );
			server.kill( signal );
			await ended;
		}
		server = null;
	};
	const start = async ( changes: Record< string, string > = {} ) => {
		const lines = Object.entries( { port: '0', unixsocket: socket, dir: folder, save: '""', daemonize: 'no', ...durable, ...settings, ...changes } );
		writeFileSync( file, lines.map( ( line ) => `${ line.join( ' ' ) }\n` ).join( '' ) );
		server = spawn( 'redis-server', [ file ], { stdio: 'ignore' } );
		server.on( 'error', () => {} );
		for ( const giveUpAt = Date.now() + START_TIMEOUT_MS; ! ( await answers( socket ) ); await delay( 10 ) ) {
			if ( Date.now() > giveUpAt ) {
				throw new Error( 'redis-server did not start; install it (Debian: redis-server).' );
			}
		}
	};
	await start();
	return {
		url: socket,
		start,
		kill: () => end( 'SIGKILL' ),
		freeze: () => void server?.kill( 'SIGSTOP' ),
		thaw: () => void server?.kill( 'SIGCONT' ),
		async remove() {
			await end( 'SIGKILL' );
			rmSync( folder, { recursive: true, force: true } );
		},
	};
}

/** True once it has read its files and answers a command. */
function answers( path: string ): Promise< boolean > {
	return new Promise( ( resolve ) => {
		const socket = createConnection( path, () => socket.write( 'PING\r\n' ) );
		socket.once( 'error', () => resolve( false ) );
		socket.once( 'data', ( data ) => {
			resolve( /^(\+PONG|-NOAUTH)/.test( data.toString() ) );
			socket.destroy();
		} );
	} );
}
