import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { knownCounts, toCount, type Adapter } from '../adapter.ts';
import { parameterRules } from '../chat-parameters.ts';
import type { TokenUsage } from '../text-provider.ts';

const BASE_URL = 'https://generativelanguage.googleapis.com/v1beta';

/** Google's Gemini API. */
export function google( { base_url = BASE_URL, api_key }: { base_url?: string | undefined; api_key: string | null } ): Adapter {
	const open = ( fetch: typeof globalThis.fetch ) => createGoogleGenerativeAI( { baseURL: base_url, apiKey: api_key ?? '', fetch } );
	return {
		base_url,
		languageModel: ( id, fetch ) => open( fetch ).languageModel( id ),
		embeddingModel: ( id, fetch ) => open( fetch ).embeddingModel( id ),
		parameters: parameterRules.google,
		embeddingOptions: ( dimensions ) => ( { google: { outputDimensionality: dimensions } } ),
		readUsage: readGoogleUsage,
		canStream: true,
		isSample: false,
	};
}

/** Reads `usageMetadata`. What is thought and not shown is counted apart there, and billed like the rest. */
export function readGoogleUsage( raw: unknown ): Partial< TokenUsage > {
	const told = ( raw as { usageMetadata?: Record< string, unknown > } | null | undefined )?.usageMetadata;
	if ( typeof told !== 'object' || told === null ) {
		return {};
	}
	const shown = toCount( told[ 'candidatesTokenCount' ] );
	const thought = toCount( told[ 'thoughtsTokenCount' ] );
	return knownCounts( {
		tokens_in: toCount( told[ 'promptTokenCount' ] ),
		tokens_out: shown === undefined && thought === undefined ? undefined : ( shown ?? 0 ) + ( thought ?? 0 ),
		cached_tokens_in: toCount( told[ 'cachedContentTokenCount' ] ),
		reasoning_tokens_out: thought,
	} );
}
