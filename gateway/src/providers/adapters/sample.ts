import { knownCounts, toCount, type Adapter } from '../adapter.ts';
import { parameterRules } from '../chat-parameters.ts';
import { sampleEmbeddings } from '../sample/sample-embeddings.ts';
import { sampleModel, type SampleOptions } from '../sample/sample-model.ts';

/** The writer that needs no key. */
export function sample( options: SampleOptions ): Adapter {
	return {
		base_url: null,
		languageModel: ( id ) => sampleModel( id, options ),
		embeddingModel: ( id ) => sampleEmbeddings( id ),
		parameters: parameterRules.sample,
		embeddingOptions: ( dimensions ) => ( { sample: { dimensions } } ),
		readUsage( raw ) {
			const counts = raw as { tokens_in?: unknown; tokens_out?: unknown } | null | undefined;
			return knownCounts( { tokens_in: toCount( counts?.tokens_in ), tokens_out: toCount( counts?.tokens_out ) } );
		},
		canStream: true,
		isSample: true,
	};
}
