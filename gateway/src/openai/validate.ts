import type { FastifySchemaCompiler } from 'fastify';
import type * as z from 'zod';
import { InvalidRequest } from './invalid-request.ts';

type Issue = z.core.$ZodIssue;

/** Checks a body by the contract's schema, and says like OpenAI which parameter is wrong, and how. */
export const validateRequest: FastifySchemaCompiler< z.ZodType > = ( { schema } ) => ( data: unknown ) => {
	const parsed = schema.safeParse( data );
	if ( parsed.success ) {
		return { value: parsed.data };
	}
	const { path, issue } = deepest( parsed.error.issues[ 0 ] as Issue, [] );
	return { error: new InvalidRequest( ...describe( issue, path ) ) };
};

/** Old names, and what has taken their place. */
const instead = new Map( [ [ 'functions', "Use 'tools' instead." ], [ 'function_call', "Use 'tool_choice' instead." ] ] );

type Place = { issue: Issue; path: PropertyKey[] };

/** Of a value that may have several forms: what is wrong with the form that fits best. */
function deepest( issue: Issue, before: PropertyKey[] ): Place {
	const path = [ ...before, ...issue.path ];
	if ( issue.code !== 'invalid_union' || issue.errors.length === 0 ) {
		return { issue, path };
	}
	return issue.errors
		.flatMap( ( [ first ] ) => ( first === undefined ? [] : [ deepest( first, path ) ] ) )
		.reduce( ( best, place ) => ( place.path.length > best.path.length ? place : best ), { issue, path } );
}

function describe( issue: Issue, path: PropertyKey[] ): ConstructorParameters< typeof InvalidRequest > {
	if ( issue.code === 'unrecognized_keys' ) {
		const param = [ ...path, issue.keys[ 0 ] ].join( '.' );
		return [ `Unknown parameter: '${ param }'. ${ instead.get( param ) ?? 'The gateway refuses what would have no effect.' }`, param, 'unknown_parameter' ];
	}
	const param = path.length === 0 ? null : path.join( '.' );
	return [ param === null ? `The body does not have the right form: ${ issue.message }` : `Invalid value for '${ param }': ${ issue.message }`, param ];
}
