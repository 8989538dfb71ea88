import { runTypeScript } from './bootstrap/run-typescript.mjs';

const [ file, ...rest ] = process.argv.slice( 2 );
if ( file === undefined ) {
	console.error( 'Usage: node tools/run.mjs FILE.ts [ARGUMENT…]' );
	process.exit( 2 );
}
await runTypeScript( file, rest );
