import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { buildGateway } from '../../tools/bundles/gateway-bundle.ts';
import { PlainError } from '../../tools/plain-error.ts';
import { fromRoot } from '../../tools/project.ts';

/** Somebody who answers chats. */
export type Target = {
	name: string;
	/** The process whose work counts; null where nobody stands between. */
	pid: number | null;
	origin: string;
	path: string;
	headers: Record< string, string >;
	stop: () => Promise< void >;
};

const START_TIMEOUT_MS = 60_000;
const OURS_PORT = 48_611;
const PORTKEY_PORT = 48_612;

/** The gateway as it ships, in a process of its own, with everything on that a site may have on. */
export async function startOurs( upstream: string ): Promise< Target > {
	await buildGateway();
	const folder = mkdtempSync( join( tmpdir(), 'draftkeeper-bench-' ) );
	const public_key = generateKeyPairSync( 'ec', { namedCurve: 'P-256' } ).publicKey.export( { type: 'spki', format: 'pem' } );
	writeFileSync( join( folder, 'gateway.json' ), JSON.stringify( {
		sites: [ {
			site_id: 'shop', home: 'https://shop.example', rest_url: 'https://shop.example/wp-json/', keys: [ { kid: 'k', public_key } ], webhook_secret_env: 'SECRET',
			api: true, models: [ 'm' ], default_model: 'm', limits: [ { requests: 100_000, seconds: 60 } ],
		} ],
		providers: { local: { kind: 'openai-compatible', base_url: upstream } },
		models: [ { id: 'm', provider: 'local', upstream_model: 'm', input_micros_per_million_tokens: 1, output_micros_per_million_tokens: 2 } ],
	} ) );
	const env = {
		...process.env, DRAFTKEEPER_GATEWAY_CONFIG: join( folder, 'gateway.json' ), DRAFTKEEPER_DATABASE: join( folder, 'gateway.sqlite' ),
		SECRET: `whsec_${ randomBytes( 32 ).toString( 'base64' ) }`, PORT: String( OURS_PORT ), DRAFTKEEPER_METRICS_PORT: '0',
	};
	const program = fromRoot( 'gateway/dist/server.js' );
	// To look where the time goes: BENCH_NODE_OPTIONS="--cpu-prof --cpu-prof-dir=/tmp/profiles".
	const nodeOptions = process.env[ 'BENCH_NODE_OPTIONS' ]?.split( ' ' ) ?? [];
	const limits = [ '--requests-per-minute', '100000', '--dollars-per-month', '1000' ];
	const added = spawnSync( process.execPath, [ program, 'keys', 'add', '--site', 'shop', '--name', 'bench', ...limits ], { env, encoding: 'utf8' } );
	if ( added.status !== 0 ) {
		throw new PlainError( `No key: ${ added.stderr }` );
	}
	const origin = `http://127.0.0.1:${ OURS_PORT }`;
	// As `deploy/` starts it.
	const child = spawn( process.execPath, [ '--max-semi-space-size=64', ...nodeOptions, program ], { env, stdio: 'ignore' } );
	await untilReady( child, `${ origin }/readyz` );
	return {
		name: 'ours', pid: child.pid ?? null, origin, path: '/v1/chat/completions', headers: { authorization: `Bearer ${ added.stdout.trim() }` },
		async stop() {
			await end( child );
			rmSync( folder, { recursive: true } );
		},
	};
}

/** The one that npm has, with the versions of its own lock file, from a folder outside this project; nothing where there is none. */
export async function startPortkey( upstream: string ): Promise< Target[] > {
	const folder = process.env[ 'BENCH_PORTKEY' ];
	if ( folder === undefined ) {
		return [];
	}
	const program = join( folder, 'node_modules/@portkey-ai/gateway/build/start-server.js' );
	if ( ! existsSync( program ) ) {
		throw new PlainError( `${ program } is not there; install @portkey-ai/gateway 1.15.2 with hono 4.9.7 and @hono/node-server 1.13.5.` );
	}
	const origin = `http://127.0.0.1:${ PORTKEY_PORT }`;
	const child = spawn( process.execPath, [ program, '--headless', `--port=${ PORTKEY_PORT }` ], { stdio: 'ignore', env: { ...process.env, TRUSTED_CUSTOM_HOSTS: '127.0.0.1,localhost' } } );
	await untilReady( child, origin );
	const headers = { authorization: 'Bearer sk-1', 'x-portkey-provider': 'openai', 'x-portkey-custom-host': upstream };
	return [ { name: 'portkey', pid: child.pid ?? null, origin, path: '/v1/chat/completions', headers, stop: () => end( child ) } ];
}

async function untilReady( child: ChildProcess, url: string ): Promise< void > {
	for ( const giveUpAt = Date.now() + START_TIMEOUT_MS; ; await wait( 100 ) ) {
		const answer = await fetch( url, { signal: AbortSignal.timeout( 1_000 ) } ).catch( () => null );
		if ( answer?.ok === true ) {
			return;
		}
		if ( Date.now() > giveUpAt || child.exitCode !== null ) {
			throw new PlainError( `Nobody answers at ${ url }.` );
		}
	}
}

async function end( child: ChildProcess ): Promise< void > {
	const ended = once( child, 'exit' );
	child.kill( 'SIGINT' );
	await Promise.race( [ ended, wait( 5_000 ) ] );
	child.kill( 'SIGKILL' );
}
