import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, run } from '../../tools/command.ts';
import { fromRoot } from '../../tools/project.ts';
import { LOOPBACK } from '../../tools/site/ports.ts';
import { phpString } from '../../tools/site/setup-php.ts';
import { versionOf, wordPress } from '../../tools/wordpress/wordpress.ts';
import { DATABASE, mariaDbSocket, sql } from './mariadb.ts';
import { asAccount, give, ownFolder, requireReadable } from './ownership.ts';
import type { Programs } from './programs.ts';
import { redisSocket } from './redis.ts';
import type { State } from './state.ts';

const PHP_TIMEOUT_MS = 60_000;
/** What of the plugin runs on the server. A copy: nginx must not serve the rest of the project. */
const PLUGIN_FILES = [ 'draftkeeper.php', 'uninstall.php', 'block.json', 'build', 'php/src', 'languages' ];
const SALTS = [ 'AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY', 'AUTH_SALT', 'SECURE_AUTH_SALT', 'LOGGED_IN_SALT', 'NONCE_SALT' ];
const SALT_BYTES = 48;

export const countsFolder = ( state: State ): string => join( state.run, 'counts' );

/** The tree, its configuration, the plugin's present files and the bench's own plugin. */
export async function placeWordPress( state: State ): Promise< void > {
	const { path, version } = await wordPress( '7.1' );
	if ( versionOf( state.wordPress ) !== version ) {
		rmSync( state.wordPress, { recursive: true, force: true } );
		// Hard links: nothing in the stack may write to these files. Across file systems there are none.
		if ( ( await run( 'cp', [ '-al', path, state.wordPress ] ) ).code !== 0 ) {
			rmSync( state.wordPress, { recursive: true, force: true } );
			await mustRun( 'The copy of WordPress', 'cp', [ '-a', path, state.wordPress ] );
		}
	}
	requireReadable( join( state.wordPress, 'wp-load.php' ), 'www-data' );
	const content = join( state.wordPress, 'wp-content' );
	ownFolder( join( content, 'uploads' ), 'www-data' );
	ownFolder( countsFolder( state ), 'www-data' );
	placePlugin( join( content, 'plugins', 'draftkeeper' ) );
	mkdirSync( join( content, 'mu-plugins' ), { recursive: true } );
	cpSync( fromRoot( 'bench/wordpress/bench-mu-plugin.php' ), join( content, 'mu-plugins', 'bench.php' ) );
	cpSync( fromRoot( 'bench/wordpress/object-cache.php' ), join( content, 'object-cache.php' ) );
	cpSync( fromRoot( 'php/tests/Support/parallel/object-cache.php' ), join( content, 'bench-redis-cache.php' ) );
	const config = join( state.wordPress, 'wp-config.php' );
	writeFileSync( config, configFor( state ), { mode: 0o600 } );
	give( config, 'www-data' );
}

/** Installs WordPress when the database is new, activates the plugin, makes the user. */
export async function installWordPress( state: State, programs: Programs ): Promise< void > {
	await sql( state, programs, `CREATE DATABASE IF NOT EXISTS ${ DATABASE } CHARACTER SET utf8mb4`, null );
	await runPhp( state, programs, 'install.php' );
	await runPhp( state, programs, 'prepare.php' );
}

export type Session = { user_id: number; cookie: string; nonce: string };

/** A fresh login: one kept from an earlier run may be stale. */
export async function openSession( state: State, programs: Programs, user = 'bench' ): Promise< Session > {
	return JSON.parse( await runPhp( state, programs, 'session.php', { BENCH_USER: user } ) ) as Session;
}

export type SweepCost = { seconds: number; queries: number };

export async function runSweep( state: State, programs: Programs ): Promise< SweepCost > {
	return JSON.parse( await runPhp( state, programs, 'sweep.php' ) ) as SweepCost;
}

export async function makeStaleJobs( state: State, programs: Programs, count: number, model: string, name: string ): Promise< void > {
	await runPhp( state, programs, 'stale.php', { BENCH_JOBS: String( count ), BENCH_MODEL: model, BENCH_NAME: name } );
}

export type LimitCost = { call_ms: number; check_ms: number; ratio: number };

export async function measureLimits( state: State, programs: Programs, inRedis: boolean ): Promise< LimitCost > {
	return JSON.parse( await runPhp( state, programs, 'limits.php', inRedis ? { BENCH_REDIS_SOCKET: redisSocket( state ) } : {} ) ) as LimitCost;
}

export async function recomputeBooks( state: State, programs: Programs ): Promise< void > {
	await runPhp( state, programs, 'lists.php', { BENCH_RECOMPUTE: '1' } );
}

/** Milliseconds in the database by filter, and the requests of the same pages: the first one and a deep one each. */
export type ListTimes = { jobs: PageTimes; usage: PageTimes; sorted: PageTimes; requests: Record< string, [ string, string ][] > };
export type PageTimes = Record< string, { first: number[]; deep: number[] } >;

export async function measureLists( state: State, programs: Programs, rounds: number ): Promise< ListTimes > {
	return JSON.parse( await runPhp( state, programs, 'lists.php', { BENCH_ROUNDS: String( rounds ) } ) ) as ListTimes;
}

async function runPhp( state: State, programs: Programs, script: string, env: Record< string, string > = {} ): Promise< string > {
	const [ program, ...args ] = asAccount( 'www-data', [ programs.php, '-d', 'display_errors=stderr', '-d', 'log_errors=off', fromRoot( 'bench/wordpress', script ) ] );
	return mustRun( script, program, args, {
		timeoutMs: PHP_TIMEOUT_MS,
		env: { PATH: process.env.PATH, BENCH_WORDPRESS: state.wordPress, BENCH_HOST: `${ LOOPBACK }:${ state.ports.wp }`, ...env },
	} );
}

function placePlugin( folder: string ): void {
	rmSync( folder, { recursive: true, force: true } );
	for ( const path of PLUGIN_FILES.filter( ( file ) => existsSync( fromRoot( file ) ) ) ) {
		cpSync( fromRoot( path ), join( folder, path ), { recursive: true } );
	}
}

function configFor( state: State ): string {
	const constants: Record< string, string | boolean > = {
		DB_NAME: DATABASE,
		DB_USER: 'root',
		DB_PASSWORD: '',
		DB_HOST: `localhost:${ mariaDbSocket( state ) }`,
		DB_CHARSET: 'utf8mb4',
		DB_COLLATE: '',
		...salts( state ),
		WP_HOME: state.wpUrl,
		WP_SITEURL: state.wpUrl,
		// The runs decide when cron runs: a request that starts it would measure it.
		DISABLE_WP_CRON: true,
		AUTOMATIC_UPDATER_DISABLED: true,
		WP_HTTP_BLOCK_EXTERNAL: true,
		BENCH_COUNTS: countsFolder( state ),
		BENCH_REDIS_SOCKET: redisSocket( state ),
		DRAFTKEEPER_GATEWAY_URL: state.gatewayUrl,
		DRAFTKEEPER_SITE_ID: state.keys.site_id,
		DRAFTKEEPER_KEY_ID: state.keys.key_id,
		DRAFTKEEPER_SIGNING_KEY: state.keys.private_key,
		DRAFTKEEPER_WEBHOOK_SECRET: state.keys.webhook_secret,
		// Checked as on any site, but one user of a run asks for more jobs than a person does.
		DRAFTKEEPER_JOB_LIMIT: '100000/600',
	};
	const lines = Object.entries( constants ).map( ( [ name, value ] ) => `define( '${ name }', ${ typeof value === 'string' ? phpString( value ) : String( value ) } );` );
	return `<?php\n${ lines.join( '\n' ) }\n$table_prefix = 'wp_';\ndefined( 'ABSPATH' ) || define( 'ABSPATH', __DIR__ . '/' );\nrequire_once ABSPATH . 'wp-settings.php';\n`;
}

/** Kept: new ones would end every session. */
function salts( state: State ): Record< string, string > {
	const file = join( state.folder, 'salts.json' );
	if ( ! existsSync( file ) ) {
		writeFileSync( file, JSON.stringify( Object.fromEntries( SALTS.map( ( name ) => [ name, randomBytes( SALT_BYTES ).toString( 'base64' ) ] ) ) ), { mode: 0o600 } );
	}
	return JSON.parse( readFileSync( file, 'utf8' ) ) as Record< string, string >;
}
