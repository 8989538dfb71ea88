import { countMessages } from '../tokenizer/count-tokens.ts';

type Turn = { role: string; content: string };

/**
 * Leaves out the oldest turns until the conversation fits. System messages and everything from the last question on stay;
 * where they alone are too long, they are all that is left, and the ceiling refuses them.
 */
export async function trimHistory< T extends Turn >( messages: readonly T[], maxTokens: number ): Promise< T[] > {
	const lastQuestion = messages.findLastIndex( ( { role } ) => role === 'user' );
	const isKept = messages.map( ( { role }, index ) => role === 'system' || ( lastQuestion !== -1 && index >= lastQuestion ) );
	let left = maxTokens - await countMessages( messages.filter( ( _message, index ) => isKept[ index ] ) );
	for ( let index = lastQuestion - 1; index >= 0; index-- ) {
		const message = messages[ index ];
		if ( message === undefined || isKept[ index ] === true ) {
			continue;
		}
		left -= await countMessages( [ message ] ) - await countMessages( [] );
		if ( left < 0 ) {
			break;
		}
		isKept[ index ] = true;
	}
	return withoutOrphans( messages.filter( ( _message, index ) => isKept[ index ] ) );
}

/** The answer of a tool means nothing without the call it answers. */
function withoutOrphans< T extends Turn >( messages: T[] ): T[] {
	const first = messages.findIndex( ( { role } ) => role !== 'system' );
	return messages[ first ]?.role === 'tool' ? withoutOrphans( messages.toSpliced( first, 1 ) ) : messages;
}
