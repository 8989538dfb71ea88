import type * as z from 'zod';

/** Names everything that is wrong with the configuration, one line each. */
export class ConfigError extends Error {
	override readonly name = 'ConfigError';
	readonly problems: readonly string[];

	constructor( problems: readonly string[] ) {
		super( `The configuration cannot be used:\n${ problems.map( ( problem ) => `  ${ problem }\n` ).join( '' ) }` );
		this.problems = problems;
	}
}

export function listIssues( error: z.ZodError ): string[] {
	return error.issues.map( ( { path, message } ) => `${ path.join( '.' ) } ${ message }`.trim() );
}
