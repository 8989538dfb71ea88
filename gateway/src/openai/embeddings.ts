import type { EmbeddingList, EmbeddingRequest } from '@draftkeeper/contract/openai';
import type { EmbeddingAnswer } from '../providers/provider.ts';
import { tokensToText } from '../tokenizer/tokens-to-text.ts';
import { InvalidRequest } from './invalid-request.ts';

export function toEmbeddingList( { model, encoding_format }: EmbeddingRequest, { embeddings, usage }: EmbeddingAnswer ): EmbeddingList {
	const tokens = usage.tokens_in ?? 0;
	return {
		object: 'list',
		model,
		data: embeddings.map( ( vector, index ) => ( { object: 'embedding', index, embedding: encoding_format === 'base64' ? toBase64( vector ) : vector } ) ),
		usage: { prompt_tokens: tokens, total_tokens: tokens },
	};
}

/** The texts that are to be embedded. Throws `InvalidRequest` where a token is none. */
export async function toTexts( input: EmbeddingRequest[ 'input' ] ): Promise< string[] > {
	const isOne = typeof input === 'string' || input.every( ( item ) => typeof item === 'number' );
	return Promise.all( ( isOne ? [ input ] : input ).map( async ( item, index ) => {
		const text = typeof item === 'string' ? item : await tokensToText( item );
		if ( text === null ) {
			throw new InvalidRequest( 'The tokens must be of cl100k_base, those of OpenAI’s embedding models; or send the text itself.', `input.${ index }` );
		}
		return text;
	} ) );
}

/** 32-bit floats, the least significant byte first, whatever this machine's own order is. */
function toBase64( vector: readonly number[] ): string {
	const bytes = Buffer.alloc( vector.length * 4 );
	vector.forEach( ( value, index ) => bytes.writeFloatLE( value, index * 4 ) );
	return bytes.toString( 'base64' );
}
