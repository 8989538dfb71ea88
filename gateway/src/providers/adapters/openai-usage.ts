import * as z from 'zod';
import { knownCounts, toCount } from '../adapter.ts';
import type { TokenUsage } from '../text-provider.ts';

const usage = z.looseObject( {
	prompt_tokens: z.unknown().optional(),
	completion_tokens: z.unknown().optional(),
	prompt_tokens_details: z.looseObject( { cached_tokens: z.unknown().optional() } ).nullish().catch( null ),
	completion_tokens_details: z.looseObject( { reasoning_tokens: z.unknown().optional() } ).nullish().catch( null ),
} );

const NOTHING: Partial< TokenUsage > = {};

/** Reads `usage` of a completion, an event of its stream, or embeddings. */
export function readOpenAiUsage( raw: unknown ): Partial< TokenUsage > {
	const told = ( raw as { usage?: unknown } | null | undefined )?.usage;
	if ( told === null || told === undefined ) {
		return NOTHING;
	}
	const { data } = usage.safeParse( told );
	return knownCounts( {
		tokens_in: toCount( data?.prompt_tokens ),
		tokens_out: toCount( data?.completion_tokens ),
		cached_tokens_in: toCount( data?.prompt_tokens_details?.cached_tokens ),
		reasoning_tokens_out: toCount( data?.completion_tokens_details?.reasoning_tokens ),
	} );
}
