import { APICallError, type EmbeddingModelV3 } from '@ai-sdk/provider';
import { countWords } from './count-words.ts';

const DEFAULT_DIMENSIONS = 256;
const MAX_DIMENSIONS = 3_072;
const GRAM_LENGTH = 3;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
/** A word says more than each of the pieces that it is made of. */
const WORD_WEIGHT = 2;

/**
 * Vectors without a model: the words of a text and their pieces of three letters, each thrown into a place of the vector by its hash. Texts
 * that share words or parts of words are near each other, also when they are misspelt; what a text means, no vector of these knows.
 */
export function sampleEmbeddings( id: string ): EmbeddingModelV3 {
	return {
		specificationVersion: 'v3',
		provider: 'sample',
		modelId: id,
		maxEmbeddingsPerCall: undefined,
		supportsParallelCalls: true,
		async doEmbed( { values, abortSignal, providerOptions } ) {
			abortSignal?.throwIfAborted();
			const dimensions = providerOptions?.[ 'sample' ]?.[ 'dimensions' ] ?? DEFAULT_DIMENSIONS;
			if ( typeof dimensions !== 'number' || dimensions > MAX_DIMENSIONS ) {
				throw new APICallError( { message: 'Too many dimensions.', url: 'sample:', requestBodyValues: {}, statusCode: 400 } );
			}
			return {
				embeddings: values.map( ( value ) => toVector( value, dimensions ) ),
				response: { body: { tokens_in: values.reduce( ( sum, value ) => sum + countWords( value ), 0 ) } },
				warnings: [],
			};
		},
	};
}

/** Of length one, so that the product of two vectors is how alike their texts are. */
function toVector( text: string, dimensions: number ): number[] {
	const counts = new Map< string, number >();
	const add = ( feature: string, weight: number ) => counts.set( feature, ( counts.get( feature ) ?? 0 ) + weight );
	const plain = text.normalize( 'NFKC' ).toLowerCase();
	// A text without words is its signs.
	for ( const word of plain.match( WORD ) ?? [ plain ] ) {
		add( word, WORD_WEIGHT );
		const letters = [ ...`^${ word }$` ];
		for ( let start = 0; start + GRAM_LENGTH <= letters.length; start++ ) {
			add( letters.slice( start, start + GRAM_LENGTH ).join( '' ), 1 );
		}
	}
	const vector = new Array< number >( dimensions ).fill( 0 );
	for ( const [ feature, count ] of counts ) {
		const hash = hashOf( feature );
		const place = ( hash >>> 1 ) % dimensions;
		// What falls into one place by chance adds up to nothing as often as to more. What is said often counts for more, but not for all.
		vector[ place ] = ( vector[ place ] ?? 0 ) + ( hash % 2 === 0 ? 1 : -1 ) * Math.sqrt( count );
	}
	const length = Math.hypot( ...vector );
	return length === 0 ? vector.fill( 1 / Math.sqrt( dimensions ) ) : vector.map( ( value ) => value / length );
}

/** FNV-1a over UTF-16, mixed once more, so that the lowest bits depend on all. */
function hashOf( text: string ): number {
	let hash = 0x811c9dc5;
	for ( let index = 0; index < text.length; index++ ) {
		hash = Math.imul( hash ^ text.charCodeAt( index ), 0x01000193 );
	}
	hash = Math.imul( hash ^ ( hash >>> 16 ), 0x85ebca6b );
	return ( hash ^ ( hash >>> 13 ) ) >>> 0;
}
