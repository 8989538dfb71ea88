import * as z from 'zod/mini';
import { positive, text } from './primitives.ts';

export const reviewDecisions = [ 'accepted', 'edited', 'discarded' ] as const;
export const reviewDecision = z.enum( reviewDecisions );
export type ReviewDecision = z.infer< typeof reviewDecision >;

/** `POST /jobs/{uuid}/review`. `version` is the one that the reviewer saw. */
export const createReview = z.strictObject( {
	decision: reviewDecision,
	version: positive,
	/** What went into the post; with `edited` only. */
	final_text: z.optional( text( 1, 60000 ) ),
	/** What stood there before, kept so that it can be restored. */
	original_text: z.optional( text( 0, 60000 ) ),
} );
export type CreateReview = z.infer< typeof createReview >;
