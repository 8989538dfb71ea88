import * as z from 'zod/mini';
import { count, day, slug } from './primitives.ts';

/** One model, in the list and alone. */
export const apiModel = z.object( {
	id: slug,
	object: z.literal( 'model' ),
	created: count,
	owned_by: z.string(),
	/** Ours: what it costs, in millionths of a US dollar per million tokens; null where nobody has told. */
	draftkeeper: z.object( {
		default: z.boolean(),
		input_micros_per_million_tokens: z.nullable( count ),
		output_micros_per_million_tokens: z.nullable( count ),
		/** The day for which a list price is known; null for a price that the gateway's operator has set. */
		prices_as_of: z.optional( z.nullable( day ) ),
	} ),
} );
export type ApiModel = z.infer< typeof apiModel >;

/** `GET /v1/models`: those that the caller may use. WordPress keeps it as its catalogue. */
export const modelList = z.object( { object: z.literal( 'list' ), data: z.array( apiModel ) } );
export type ModelList = z.infer< typeof modelList >;
