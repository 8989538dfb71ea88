/** `npm run build`: what the browser and the gateway run, when its sources changed. */
import { buildBundles } from './bundles/bundles.ts';
import { sentenceFor } from './plain-error.ts';
import { Progress } from './progress.ts';

try {
	await buildBundles( new Progress() );
} catch ( error ) {
	console.error( sentenceFor( error ) );
	process.exitCode = 1;
}
