import * as z from 'zod/mini';
import { pattern, text } from './primitives.ts';

/** What Draftkeeper can be asked to write. */
export const tasks = [ 'product_description' ] as const;
export const task = z.enum( tasks );
export type Task = z.infer< typeof task >;

export const tones = [ 'plain', 'friendly', 'professional', 'formal', 'playful', 'enthusiastic' ] as const;
export const tone = z.enum( tones );
export type Tone = z.infer< typeof tone >;

/** The bounds that `words`, `temperature` and `max_output_tokens` are clamped to; a value outside is no error. */
export const optionBounds = {
	words: { min: 20, max: 600, default: 120 },
	temperature: { min: 0, max: 2, default: 0.7 },
	max_output_tokens: { min: 64, max: 4096, default: 2048 },
} as const;

/** How a draft is to be written. Everything has a default. */
export const jobOptions = z.strictObject( {
	tone: z.optional( tone ),
	words: z.optional( z.int() ),
	audience: z.optional( text( 0, 200 ) ),
	keywords: z.optional( z.array( text( 1, 60 ) ).check( z.maxLength( 10 ) ) ),
	/** BCP 47 language tag; the site's language without it. */
	language: z.optional( pattern( /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/ ) ),
	temperature: z.optional( z.number() ),
	max_output_tokens: z.optional( z.int() ),
} );
export type JobOptions = z.infer< typeof jobOptions >;
