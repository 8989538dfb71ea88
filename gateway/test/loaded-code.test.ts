import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

it( 'nothing of Redis is loaded by a gateway that keeps everything in SQLite', async () => {
	const { metafile } = await build( {
		entryPoints: [ fileURLToPath( new URL( '../src/cli.ts', import.meta.url ) ) ], bundle: true, splitting: true, write: false, outdir: 'unused',
		metafile: true, platform: 'node', format: 'esm', external: [ 'libsql' ], logLevel: 'error',
	} );
	const chunks = Object.entries( metafile.outputs );
	const atStart = new Set< string >();
	const follow = ( path: string ) => {
		const chunk = metafile.outputs[ path ];
		if ( chunk !== undefined && ! atStart.has( path ) ) {
			atStart.add( path );
			chunk.imports.filter( ( { kind } ) => kind === 'import-statement' ).forEach( ( { path: next } ) => follow( next ) );
		}
	};
	chunks.filter( ( [ , { entryPoint } ] ) => entryPoint?.endsWith( 'src/cli.ts' ) ).forEach( ( [ path ] ) => follow( path ) );
	const loaded = [ ...atStart ].flatMap( ( path ) => Object.keys( metafile.outputs[ path ]?.inputs ?? {} ) );
	expect( loaded.some( ( path ) => path.includes( 'node_modules/fastify/' ) ) ).toBe( true );
	expect( loaded.filter( ( path ) => /node_modules\/(ioredis|bullmq)\/|open-redis\.ts/.test( path ) ) ).toEqual( [] );
} );
