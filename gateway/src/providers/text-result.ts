import type { ModelAnswer } from './provider.ts';
import { ProviderError, type TextResult } from './text-provider.ts';

/** The contract's bound on a text, in code points. */
export const MAX_TEXT_LENGTH = 60_000;

/** The text of an answer. Throws where there is none that a site could use. */
export function toTextResult( { content, usage, ...answer }: ModelAnswer ): TextResult {
	if ( answer.finish_reason === 'content-filter' ) {
		throw new ProviderError( 'content_filtered', { isRetryable: false, usage } );
	}
	const text = content.map( ( part ) => ( part.type === 'text' ? part.text : '' ) ).join( '' );
	if ( text.trim() === '' ) {
		throw new ProviderError( 'empty_result', { isRetryable: false, mayBeBilled: true, usage } );
	}
	if ( [ ...text ].length > MAX_TEXT_LENGTH ) {
		throw new ProviderError( 'provider_bad_response', { isRetryable: false, mayBeBilled: true, usage } );
	}
	return { ...answer, text, ...usage };
}
