/** Writes `docs/openapi.json` from the routes. With `--check` it writes nothing and fails when the committed file is stale. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createApp, type AppDeps } from './src/http/app.ts';
import { createLogger } from './src/observability/logger.ts';

const file = fileURLToPath( new URL( '../docs/openapi.json', import.meta.url ) );

// Routes are told apart by their shapes; nothing is asked of them here.
const app = createApp( { sites: new Map(), logger: createLogger( 'silent' ) } as unknown as AppDeps );
await app.ready();
const content = `${ JSON.stringify( app.swagger(), null, '\t' ) }\n`;
await app.close();

const isCurrent = existsSync( file ) && readFileSync( file, 'utf8' ) === content;
if ( isCurrent ) {
	process.stdout.write( 'docs/openapi.json: current\n' );
} else if ( process.argv.includes( '--check' ) ) {
	process.stderr.write( 'docs/openapi.json is stale: run `npm run contract` and commit.\n' );
	process.exitCode = 1;
} else {
	writeFileSync( file, content );
	process.stdout.write( 'docs/openapi.json: written\n' );
}
