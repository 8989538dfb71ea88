import { ProviderError, type TextProvider, type TextRequest, type TextResult } from '../text-provider.ts';
import { readBrief } from './read-brief.ts';
import { SeededChoice } from './seeded-choice.ts';
import { writeDescription } from './write-description.ts';

/** Tokens that a word takes at most, so that a text stays within the asked number of tokens. */
const TOKENS_PER_WORD = 2;

/**
 * Writes without a language model: real sentences from the facts it is given, so that everything runs without a key.
 * Wants the product's data as `<data>{json}</data>` in the user's message.
 */
export class SampleProvider implements TextProvider {
	async generate( { messages, maxOutputTokens, seed, signal }: TextRequest ): Promise< TextResult > {
		signal.throwIfAborted();
		const brief = readBrief( messages );
		if ( brief === null ) {
			throw new ProviderError( 'provider_rejected', { isRetryable: false } );
		}
		const text = writeDescription( brief, Math.floor( maxOutputTokens / TOKENS_PER_WORD ), new SeededChoice( seed ) );
		return {
			text,
			tokens_in: countTokens( messages.map( ( { content } ) => content ).join( '\n' ) ),
			tokens_out: countTokens( text ),
			finish_reason: 'stop',
			sample: true,
		};
	}
}

/** This writer's own measure: words, numbers and signs. */
function countTokens( text: string ): number {
	return text.match( /[\p{L}\p{M}]+|\p{N}+|[^\s\p{L}\p{M}\p{N}]/gu )?.length ?? 0;
}
