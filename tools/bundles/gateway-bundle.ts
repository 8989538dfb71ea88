import { build, type BuildFailure } from 'esbuild';
import { PlainError } from '../plain-error.ts';
import { fromRoot } from '../project.ts';
import { hashOf, onceFor } from '../stamp.ts';

const INPUTS = [ 'gateway/src', 'gateway/package.json', 'contract/src', 'tools/bundles/gateway-bundle.ts', 'package-lock.json' ];
const OUTPUT = 'gateway/dist/server.js';
/** Packages inside the bundle that are CommonJS ask for `require`, which a module does not have. */
const REQUIRE = 'import { createRequire as draftkeeperCreateRequire } from "node:module"; const require = draftkeeperCreateRequire( import.meta.url );';

/** The gateway as one file; only libsql stays outside, because it brings a binary. */
export function buildGateway(): Promise< boolean > {
	return onceFor( 'gateway-bundle', hashOf( INPUTS ), [ OUTPUT ], async () => {
		try {
			await build( {
				entryPoints: [ fromRoot( 'gateway/src/server.ts' ) ],
				outfile: fromRoot( OUTPUT ),
				bundle: true,
				platform: 'node',
				format: 'esm',
				target: 'node20',
				external: [ 'libsql' ],
				banner: { js: REQUIRE },
				sourcemap: true,
				logLevel: 'silent',
			} );
		} catch ( error ) {
			const told = ( error as BuildFailure ).errors?.map( ( { text, location } ) => `${ location?.file ?? '' }:${ location?.line ?? '' } ${ text }` );
			throw told === undefined ? error : new PlainError( `The build of the gateway failed:\n${ told.join( '\n' ) }` );
		}
	} );
}
