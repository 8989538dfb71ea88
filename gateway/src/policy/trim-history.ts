import { countMessages, type CountedMessage } from '../tokenizer/count-tokens.ts';

type Turn = CountedMessage & { role: string };

/**
 * Leaves out the oldest turns until the conversation fits. System messages and everything from the last question on stay;
 * where they alone are too long, they are all that is left, and the ceiling refuses them. What is left begins with a question, as some
 * providers want it: an answer without its question, or of a tool without its call, means nothing.
 */
export async function trimHistory< T extends Turn >( messages: readonly T[], maxTokens: number ): Promise< T[] > {
	const begin = questionAt( messages );
	const fixed = messages.filter( ( { role }, index ) => role === 'system' || index >= begin );
	let left = maxTokens - await countMessages( fixed );
	let from = begin;
	for ( let index = begin - 1; index >= 0; index-- ) {
		const message = messages[ index ] as T;
		if ( message.role === 'system' ) {
			continue;
		}
		left -= await countMessages( [ message ] ) - await countMessages( [] );
		if ( left < 0 ) {
			return messages.filter( ( { role }, at ) => role === 'system' || at >= from );
		}
		if ( message.role === 'user' ) {
			from = index;
		}
	}
	return [ ...messages ];
}

/** Where the last question begins; in a conversation without one, the last thing that was said. */
function questionAt( messages: readonly Turn[] ): number {
	const asked = messages.findLastIndex( ( { role } ) => role === 'user' );
	return asked === -1 ? Math.max( 0, messages.findLastIndex( ( { role } ) => role === 'assistant' ) ) : asked;
}
