/** `npm run zip`: the plugin as it is released, as draftkeeper-VERSION.zip in the project's folder. */
import { readFileSync } from 'node:fs';
import { buildPlugin } from './bundles/plugin-bundles.ts';
import { sentenceFor } from './plain-error.ts';
import { Progress } from './progress.ts';
import { fromRoot, root } from './project.ts';
import { ACTION_SCHEDULER_VARIABLE, obtainActionScheduler } from './release/action-scheduler.ts';
import { writePluginZip } from './release/plugin-zip.ts';

const progress = new Progress();
try {
	await progress.step( 'Plugin bundles', buildPlugin );
	const version = /^\s*\*\s*Version:\s*(\S+)/m.exec( readFileSync( fromRoot( 'draftkeeper.php' ), 'utf8' ) )?.[ 1 ];
	if ( version === undefined ) {
		throw new Error( 'draftkeeper.php has no Version header.' );
	}
	const target = fromRoot( `draftkeeper-${ version }.zip` );
	const scheduler = await progress.step( 'Action Scheduler', () => obtainActionScheduler() );
	const files = await progress.step( 'Zip', () => writePluginZip( root, target, scheduler.folder ) );
	progress.line( `${ target } holds ${ files.length } files, ${ scheduler.folder === null ? 'without' : 'with' } Action Scheduler.` );
	if ( scheduler.folder === null ) {
		progress.line( `${ scheduler.reason }\nThe plugin works without it, by WP-Cron. To bundle it, name its folder with ${ ACTION_SCHEDULER_VARIABLE }.` );
	}
} catch ( error ) {
	console.error( sentenceFor( error ) );
	process.exitCode = 1;
}
