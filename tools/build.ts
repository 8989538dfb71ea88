/** `npm run build`: what the browser and the gateway run, when its sources changed. `npm run build -- gateway`: the gateway alone. */
import { buildBundles } from './bundles/bundles.ts';
import { sentenceFor } from './plain-error.ts';
import { Progress } from './progress.ts';

try {
	await buildBundles( new Progress(), process.argv.slice( 2 ) );
} catch ( error ) {
	console.error( sentenceFor( error ) );
	process.exitCode = 1;
}
