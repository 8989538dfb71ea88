import { CannotRun, type LegResult } from '../testing/leg.ts';
import { checks } from './checks.ts';

/** Runs every static check and tells all that is wrong, not only the first. */
export async function runChecks( options: { mayFix: boolean; note: ( name: string ) => void } ): Promise< LegResult > {
	const result = { passed: 0, failed: 0, skipped: 0, output: '' };
	for ( const check of checks ) {
		options.note( check.name );
		try {
			const problem = await check.run( options.mayFix );
			result[ problem === null ? 'passed' : 'failed' ] += 1;
			result.output += problem === null ? '' : `\n── ${ check.name }\n${ problem }\n`;
		} catch ( error ) {
			if ( ! ( error instanceof CannotRun ) ) {
				throw error;
			}
			const isFailure = process.env.DRAFTKEEPER_REQUIRE_ALL === '1';
			result[ isFailure ? 'failed' : 'skipped' ] += 1;
			result.output += `\n── ${ check.name } did not run: ${ error.message }\n`;
		}
	}
	return result;
}
