/** `npm run zip`: the plugin as it is released, as draftkeeper-VERSION.zip in the project's folder. */
import { readFileSync } from 'node:fs';
import { buildPlugin } from './bundles/plugin-bundles.ts';
import { sentenceFor } from './plain-error.ts';
import { Progress } from './progress.ts';
import { fromRoot, root } from './project.ts';
import { writePluginZip } from './release/plugin-zip.ts';

const progress = new Progress();
try {
	await progress.step( 'Plugin bundles', buildPlugin );
	const version = /^\s*\*\s*Version:\s*(\S+)/m.exec( readFileSync( fromRoot( 'draftkeeper.php' ), 'utf8' ) )?.[ 1 ];
	if ( version === undefined ) {
		throw new Error( 'draftkeeper.php has no Version header.' );
	}
	const target = fromRoot( `draftkeeper-${ version }.zip` );
	const files = await progress.step( 'Zip', () => writePluginZip( root, target ) );
	progress.line( `${ target } holds ${ files.length } files.` );
} catch ( error ) {
	console.error( sentenceFor( error ) );
	process.exitCode = 1;
}
