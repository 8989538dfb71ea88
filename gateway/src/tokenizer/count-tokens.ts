import { hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { BytePairs } from './byte-pairs.ts';

/** The work grows faster than a piece that cannot be cut: words are cut to this length before, and a longer one then counts a little too much. */
const MAX_PIECE = 64;
const pieces = new RegExp( `\\s{0,${ MAX_PIECE }}\\S{1,${ MAX_PIECE }}|\\s{1,${ MAX_PIECE }}`, 'gu' );

/** What a message costs beside its text, and the answer's beginning. */
const PER_MESSAGE = 4;
const PER_REQUEST = 3;

/** A conversation brings all that was said before along. By digest: nobody's words are kept here. */
const knownTexts = new LRUCache< string, number >( { max: 10_000 } );
/** Shorter ones are counted as fast as they are looked up. */
const MIN_KNOWN_LENGTH = 100;

/** Texts say the same words again and again: looking one up takes an eighth of the time that counting it does, and less. */
const known = new LRUCache< string, number >( { max: 20_000 } );

/** Others have their turn after so many new characters, or known pieces: some ten milliseconds at most. */
const WORK_AT_ONCE = 2_000;

let loading: Promise< BytePairs > | null = null;

/** Loads the ranks of o200k_base, two megabytes, once. The first text waits for it, a fraction of a second, unless `load-ahead.ts` came before. */
export function loadTokenizer(): Promise< BytePairs > {
	loading ??= import( 'js-tiktoken/ranks/o200k_base' ).then( ( { default: ranks } ) => BytePairs.load( ranks ) );
	return loading;
}

export function isTokenizerLoaded(): boolean {
	return loading !== null;
}

/** Counts as OpenAI's models of today do; others differ by some percent. */
export async function countTokens( text: string ): Promise< number > {
	if ( text.length < MIN_KNOWN_LENGTH ) {
		return countPieces( text );
	}
	const digest = hash( 'sha256', text, 'base64' );
	let count = knownTexts.get( digest );
	if ( count === undefined ) {
		count = await countPieces( text );
		knownTexts.set( digest, count );
	}
	return count;
}

async function countPieces( text: string ): Promise< number > {
	const bytePairs = await loadTokenizer();
	let count = 0;
	let work = 0;
	for ( const piece of text.match( pieces ) ?? [] ) {
		let length = known.get( piece );
		if ( length === undefined ) {
			// Nothing is special in a text: `<|endoftext|>` is a few characters there.
			length = bytePairs.count( piece );
			known.set( piece, length );
			work += piece.length;
		}
		count += length;
		work += 1;
		if ( work > WORK_AT_ONCE ) {
			work = 0;
			await setImmediate();
		}
	}
	return count;
}

/** `extra_tokens`: for what is no text in it. */
export type CountedMessage = { content: string; extra_tokens?: number };

/** What a conversation costs as input. */
export async function countMessages( messages: readonly CountedMessage[] ): Promise< number > {
	const counts = await Promise.all( messages.map( ( { content } ) => countTokens( content ) ) );
	return counts.reduce( ( sum, count, index ) => sum + count + PER_MESSAGE + ( messages[ index ]?.extra_tokens ?? 0 ), PER_REQUEST );
}
