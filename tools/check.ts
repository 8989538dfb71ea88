/** `npm run check`: all static checks. `npm run fix` repairs what can be repaired first. */
import { runChecks } from './checks/run-checks.ts';
import { sentenceFor } from './plain-error.ts';
import { Progress } from './progress.ts';

const progress = new Progress();
try {
	const mayFix = process.argv.includes( '--fix' );
	const result = await progress.step( mayFix ? 'Repairs and checks' : 'Checks', ( note ) => runChecks( { mayFix, note } ) );
	if ( result.output !== '' ) {
		progress.line( result.output );
	}
	progress.line( `${ result.passed } passed, ${ result.failed } failed, ${ result.skipped } skipped` );
	process.exitCode = result.failed > 0 ? 1 : 0;
} catch ( error ) {
	console.error( sentenceFor( error ) );
	process.exitCode = 1;
}
