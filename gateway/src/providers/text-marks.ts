import type { LanguageModelV3Content, SharedV3ProviderMetadata } from '@ai-sdk/provider';
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

/** Marks the texts of a whole answer as OpenAI's answer has them. */
export function markTexts( content: LanguageModelV3Content[], body: unknown ): void {
	const choice = ( body as { choices?: { message?: { refusal?: unknown } | null }[] } | null | undefined )?.choices?.[ 0 ];
	const refusal = choice?.message?.refusal;
	const isText = ( part: LanguageModelV3Content ) => part.type === 'text';
	if ( typeof refusal === 'string' && refusal !== '' ) {
		const known = content.find( ( part ) => isText( part ) && part.text === refusal );
		if ( known === undefined ) {
			content.push( { type: 'text', text: refusal, ...marked( { refusal: true } ) } );
		} else {
			Object.assign( known, marked( { refusal: true } ) );
		}
	}
	const answer = content.find( ( part ) => isText( part ) && marksOf( part ).refusal !== true );
	if ( answer !== undefined ) {
		Object.assign( answer, marked( readLogprobs( choice ) ) );
	}
}
