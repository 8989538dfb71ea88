import { readFileSync, writeFileSync } from 'node:fs';
import { build, type BuildFailure } from 'esbuild';
import { PlainError } from '../plain-error.ts';
import { fromRoot } from '../project.ts';
import { hashOf, onceFor } from '../stamp.ts';

const INPUTS = [ 'gateway/src', 'gateway/package.json', 'contract/src', 'tools/bundles/gateway-bundle.ts', 'package-lock.json' ];
const OUTPUT = 'gateway/dist/server.js';
/** Tells npm what the bundle needs beside it: `npm install --omit=dev` in `gateway/dist`. */
const MANIFEST = 'gateway/dist/package.json';
/** Packages inside the bundle that are CommonJS ask for `require`, which a module does not have. */
const REQUIRE = 'import { createRequire as draftkeeperCreateRequire } from "node:module"; const require = draftkeeperCreateRequire( import.meta.url );';

/** Bring a binary, so they stay outside of the bundle. */
const EXTERNAL = [ 'libsql' ];

/** A bundler cannot follow what these packages show to `require`. */
const ALIASES = { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' };

/** The gateway as one file, and the manifest of the few packages that stay outside of it. */
export function buildGateway(): Promise< boolean > {
	return onceFor( 'gateway-bundle', hashOf( INPUTS ), [ OUTPUT, MANIFEST ], async () => {
		try {
			await build( {
				entryPoints: [ fromRoot( 'gateway/src/cli.ts' ) ],
				outfile: fromRoot( OUTPUT ),
				bundle: true,
				platform: 'node',
				format: 'esm',
				target: 'node20',
				external: EXTERNAL,
				alias: ALIASES,
				banner: { js: REQUIRE },
				sourcemap: true,
				logLevel: 'silent',
			} );
			writeManifest();
		} catch ( error ) {
			const told = ( error as BuildFailure ).errors?.map( ( { text, location } ) => `${ location?.file ?? '' }:${ location?.line ?? '' } ${ text }` );
			throw told === undefined ? error : new PlainError( `The build of the gateway failed:\n${ told.join( '\n' ) }` );
		}
	} );
}

function writeManifest(): void {
	const { name, version, license, engines, dependencies } = JSON.parse( readFileSync( fromRoot( 'gateway/package.json' ), 'utf8' ) ) as {
		name: string; version: string; license: string; engines: object; dependencies: Record< string, string >;
	};
	const needed = Object.fromEntries( EXTERNAL.map( ( external ) => [ external, dependencies[ external ] ] ) );
	const manifest = { name, version, private: true, license, type: 'module', engines, dependencies: needed };
	writeFileSync( fromRoot( MANIFEST ), `${ JSON.stringify( manifest, null, '\t' ) }\n` );
}
