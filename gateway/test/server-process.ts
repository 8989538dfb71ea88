import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { KEY_ID, signToken, type TestSite } from './test-site.ts';

const gatewayFolder = fileURLToPath( new URL( '..', import.meta.url ) );

/** `origin` is empty where there is no port. */
export type ServerProcess = {
	origin: string;
	log: string[];
	kill: ( signal: NodeJS.Signals ) => Promise< number | null >;
	isOver: () => boolean;
};

export type Installation = {
	environment: Record< string, string >;
	/** Starts the real server, or what the arguments name, and waits until it is ready. */
	start: ( ...args: string[] ) => Promise< ServerProcess >;
	/** What everything that was started has written so far, for the report of a test that failed. */
	logs: () => string;
	remove: () => void;
};

/** A configuration and a database in a folder of their own. `settings` are added to the environment. */
export function install( { site, publicPem, secret }: TestSite, providerUrl: string, settings: Record< string, string > = {} ): Installation {
	const folder = mkdtempSync( join( tmpdir(), 'draftkeeper-gateway-' ) );
	const { tenant: _tenant, keys: _keys, webhook_secrets: _secrets, api_secrets: _apiSecrets, moderation_key: _moderationKey, ...rest } = site;
	const price = { input_micros_per_million_tokens: 1_000_000, output_micros_per_million_tokens: 2_000_000 };
	const config = {
		sites: [ { ...rest, keys: [ { kid: KEY_ID, public_key: publicPem } ], webhook_secret_env: 'SHOP_SECRET' } ],
		providers: { sample: { kind: 'sample' }, local: { kind: 'openai-compatible', base_url: providerUrl, api_key_env: 'LOCAL_KEY' } },
		models: [ { id: 'sample', provider: 'sample', upstream_model: 'sample', ...price }, { id: 'other', provider: 'local', upstream_model: 'local-model', ...price } ],
	};
	const file = join( folder, 'gateway.json' );
	writeFileSync( file, JSON.stringify( config ) );
	const environment = {
		DRAFTKEEPER_GATEWAY_CONFIG: file, DRAFTKEEPER_DATABASE: join( folder, 'gateway.sqlite' ), PORT: '0', SHOP_SECRET: secret, LOCAL_KEY: 'sk-canary',
	};
	const started: { child: ChildProcess; name: string; log: string[] }[] = [];
	return {
		environment,
		start( ...args ) {
			const child = spawnServer( { ...environment, ...settings }, args );
			const log: string[] = [];
			started.push( { child, name: args.join( ' ' ), log } );
			return waitUntilReady( child, log );
		},
		logs: () => started.flatMap( ( { child, name, log } ) => [ `# ${ name } (process ${ child.pid })`, ...log ] ).join( '\n' ),
		remove() {
			// A test that failed half-way leaves its server behind.
			started.forEach( ( { child } ) => child.kill( 'SIGKILL' ) );
			rmSync( folder, { recursive: true, force: true } );
		},
	};
}

const bundle = join( gatewayFolder, 'dist', `server-under-test-${ process.pid }.mjs` );

/** Bundles a program, the gateway as it ships unless another is named: that starts three times faster than from its sources. */
export async function buildServer( program = join( 'src', 'cli.ts' ) ): Promise< void > {
	await build( {
		entryPoints: [ join( gatewayFolder, program ) ], outfile: bundle, bundle: true, platform: 'node', format: 'esm', target: 'node20',
		external: [ 'libsql' ], alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' }, logLevel: 'error',
		banner: { js: 'import { createRequire } from "node:module"; const require = createRequire( import.meta.url );' },
	} );
}

export function removeServer(): void {
	rmSync( bundle, { force: true } );
}

/** FILE_LIMIT_BLOCKS bounds the size of what it writes, as a full disk does. */
export function spawnServer( environment: Record< string, string >, args: readonly string[] = [] ): ChildProcess {
	const { FILE_LIMIT_BLOCKS: limit, ...rest } = environment;
	const program = [ process.execPath, bundle, ...args ];
	// A shell can set limits for what it turns into.
	const [ command = '', ...commandArgs ] = limit === undefined ? program : [ 'sh', '-c', `ulimit -f ${ limit }; exec "$@"`, 'sh', ...program ];
	return spawn( command, commandArgs, {
		cwd: gatewayFolder, env: { PATH: process.env[ 'PATH' ] ?? '', ...rest }, stdio: [ 'ignore', 'pipe', 'pipe' ],
	} );
}

async function waitUntilReady( child: ChildProcess, log: string[] ): Promise< ServerProcess > {
	// Not at its exit: what it has written last may still be on its way.
	const exited = new Promise< number | null >( ( resolve ) => child.once( 'close', resolve ) );
	const origin = await new Promise< string >( ( resolve, reject ) => {
		for ( const stream of [ child.stdout, child.stderr ] ) {
			createInterface( { input: stream ?? process.stdin } ).on( 'line', ( line ) => {
				log.push( line );
				if ( line.includes( '"msg":"ready"' ) ) {
					resolve( /"origin":"([^"]+)"/.exec( line )?.[ 1 ] ?? '' );
				}
			} );
		}
		void exited.then( () => reject( new Error( `The server did not start:\n${ log.join( '\n' ) }` ) ) );
	} );
	return {
		origin,
		log,
		isOver: () => child.exitCode !== null || child.signalCode !== null,
		kill( signal ) {
			child.kill( signal );
			return exited;
		},
	};
}

/** A signed request over the network, as WordPress makes it. */
export async function request( testSite: TestSite, method: string, url: string, body = '' ): Promise< { status: number; body: unknown } > {
	const token = await signToken( testSite, { method, url, body, now: Date.now() } );
	const response = await fetch( url, { method, headers: { authorization: `Bearer ${ token }`, 'content-type': 'application/json' }, ...( body === '' ? {} : { body } ) } );
	return { status: response.status, body: await response.json() };
}
