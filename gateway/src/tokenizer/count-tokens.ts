import type { Tiktoken } from 'js-tiktoken/lite';
import { LRUCache } from 'lru-cache';

/**
 * The tokenizer's work grows with the square of a piece that it cannot cut by itself: 8,000 characters of Japanese would take minutes.
 * Words are cut to this length before; a longer one then counts a little too much.
 */
const MAX_PIECE = 32;
const pieces = new RegExp( `\\s{0,${ MAX_PIECE }}\\S{1,${ MAX_PIECE }}|\\s{1,${ MAX_PIECE }}`, 'gu' );

/** What a message costs beside its text, and the answer's beginning. */
const PER_MESSAGE = 4;
const PER_REQUEST = 3;

/** Texts say the same words again and again: looking one up takes an eighth of the time that counting it does, and less. */
const known = new LRUCache< string, number >( { max: 20_000 } );

let loading: Promise< Tiktoken > | null = null;

/** Loads the ranks of o200k_base: two megabytes, once, when the first text is counted. */
function load(): Promise< Tiktoken > {
	loading ??= Promise.all( [ import( 'js-tiktoken/lite' ), import( 'js-tiktoken/ranks/o200k_base' ) ] ).then(
		( [ { Tiktoken: Encoding }, { default: ranks } ] ) => new Encoding( ranks )
	);
	return loading;
}

/** Counts as OpenAI's models of today do; others differ by some percent. */
export async function countTokens( text: string ): Promise< number > {
	const encoding = await load();
	let count = 0;
	for ( const [ piece ] of text.matchAll( pieces ) ) {
		let length = known.get( piece );
		if ( length === undefined ) {
			// Nothing is special in a text: `<|endoftext|>` is a few characters there.
			( { length } = encoding.encode( piece, [], [] ) );
			known.set( piece, length );
		}
		count += length;
	}
	return count;
}

/** What a conversation costs as input. */
export async function countMessages( messages: readonly { content: string }[] ): Promise< number > {
	const counts = await Promise.all( messages.map( ( { content } ) => countTokens( content ) ) );
	return counts.reduce( ( sum, count ) => sum + count + PER_MESSAGE, PER_REQUEST );
}
