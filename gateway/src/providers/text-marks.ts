import type { SharedV3ProviderMetadata } from '@ai-sdk/provider';
import type { ChatLogprobs } from '@draftkeeper/contract/openai';
import * as z from 'zod';

const tokenLogprob = z.object( { token: z.string(), logprob: z.number(), bytes: z.array( z.int().min( 0 ) ).nullable().catch( null ) } );
const logprobs = z.array( tokenLogprob.extend( { top_logprobs: z.array( tokenLogprob ).catch( [] ) } ) );

/** What a text of an answer may carry beside its words. It travels where the AI SDK has a place for what is particular to a provider. */
export type TextMarks = {
	/** The text is why the model does not answer. */
	refusal?: true;
	logprobs?: NonNullable< ChatLogprobs[ 'content' ] >;
};

type Marked = { providerMetadata?: SharedV3ProviderMetadata };

export function marked( marks: TextMarks ): Marked {
	return Object.keys( marks ).length === 0 ? {} : { providerMetadata: { text: marks } };
}

export function marksOf( { providerMetadata }: Marked ): TextMarks {
	return ( providerMetadata?.[ 'text' ] ?? {} ) as TextMarks;
}

/** Reads `logprobs` of a choice of OpenAI's; nothing where there are none, or none that can be read. */
export function readLogprobs( choice: unknown ): Pick< TextMarks, 'logprobs' > {
	const told = ( choice as { logprobs?: { content?: unknown } | null } | null | undefined )?.logprobs?.content;
	const { data } = told === undefined || told === null ? { data: undefined } : logprobs.safeParse( told );
	return data === undefined || data.length === 0 ? {} : { logprobs: data };
}
