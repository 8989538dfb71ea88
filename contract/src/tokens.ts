import * as z from 'zod/mini';
import { text, utcTime } from './primitives.ts';

/** What a token of the REST API may be used for; never for more than its user may do. */
export const tokenScopes = [ 'generate', 'view_usage', 'manage' ] as const;
export type TokenScope = ( typeof tokenScopes )[ number ];

const scope = z.array( z.enum( tokenScopes ) ).check( z.minLength( 1 ), z.maxLength( tokenScopes.length ) );

/** `POST /token` with an application password; the body may also be missing. `expires_in` in seconds. */
export const createToken = z.strictObject( {
	scope: z.optional( scope ),
	expires_in: z.optional( z.int().check( z.gte( 60 ), z.lte( 900 ) ) ),
} );
export type CreateToken = z.infer< typeof createToken >;

/** Goes into the `Authorization` header as `Bearer`, until `expires_at`. */
export const restToken = z.strictObject( { token: text( 1, 2000 ), scope, expires_at: utcTime } );
export type RestToken = z.infer< typeof restToken >;
