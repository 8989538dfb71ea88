import type { EmbeddingList, EmbeddingRequest } from '@draftkeeper/contract/openai';
import type { EmbeddingAnswer } from '../providers/provider.ts';

export function toEmbeddingList( { model, encoding_format }: EmbeddingRequest, { embeddings, usage }: EmbeddingAnswer ): EmbeddingList {
	const tokens = usage.tokens_in ?? 0;
	return {
		object: 'list',
		model,
		data: embeddings.map( ( vector, index ) => ( { object: 'embedding', index, embedding: encoding_format === 'base64' ? toBase64( vector ) : vector } ) ),
		usage: { prompt_tokens: tokens, total_tokens: tokens },
	};
}

/** 32-bit floats, the least significant byte first, whatever this machine's own order is. */
function toBase64( vector: readonly number[] ): string {
	const bytes = Buffer.alloc( vector.length * 4 );
	vector.forEach( ( value, index ) => bytes.writeFloatLE( value, index * 4 ) );
	return bytes.toString( 'base64' );
}
