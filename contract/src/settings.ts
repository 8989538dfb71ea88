import * as z from 'zod/mini';
import { positive } from './primitives.ts';

/** What PHP tells the editor and the admin app on load. */
export const bootstrap = z.strictObject( {
	/** `ready`, or why nothing can be generated. */
	state: z.enum( [ 'ready', 'not_connected', 'ai_disabled' ] ),
	can: z.strictObject( { generate: z.boolean(), view_usage: z.boolean(), manage: z.boolean() } ),
	user_id: positive,
	/** Post types that supply product facts. */
	post_types: z.array( z.string() ),
	/** Where an administrator connects a gateway; null for others. */
	connect_url: z.nullable( z.string() ),
	/** `wp_nonce`-signed address of the CSV export, without filters; null without `view_usage`. */
	export_url: z.nullable( z.string() ),
} );
export type Bootstrap = z.infer< typeof bootstrap >;
