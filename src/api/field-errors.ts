import * as z from 'zod/mini';
import { ApiError } from './api-error';

const violations = z.catch( z.array( z.object( { path: z.string(), message: z.string() } ) ), [] );

/** What the server has to say about single fields of a body, by path; empty where it speaks of the whole. */
export function fieldErrors( error: unknown ): Record< string, string > {
	if ( ! ( error instanceof ApiError ) || error.code !== 'invalid_body' ) {
		return {};
	}
	return Object.fromEntries( violations.parse( error.details[ 'violations' ] ).map( ( { path, message } ) => [ path, message ] ) );
}
