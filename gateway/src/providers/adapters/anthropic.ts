import { createAnthropic } from '@ai-sdk/anthropic';
import { knownCounts, toCount, type Adapter } from '../adapter.ts';
import type { TokenUsage } from '../text-provider.ts';

const BASE_URL = 'https://api.anthropic.com/v1';

/** Anthropic's messages. It has no embeddings. */
export function anthropic( { base_url = BASE_URL, api_key }: { base_url?: string | undefined; api_key: string | null } ): Adapter {
	return {
		languageModel: ( id, fetch ) => createAnthropic( { baseURL: base_url, apiKey: api_key ?? '', fetch } ).languageModel( id ),
		embeddingModel: null,
		embeddingOptions: () => ( {} ),
		readUsage: readAnthropicUsage,
		canStream: true,
		isSample: false,
	};
}

type Counts = Record< string, unknown >;

/** Reads `usage` of a message, of `message_start` and of `message_delta`. What came from or went into a cache is counted apart there. */
export function readAnthropicUsage( raw: unknown ): Partial< TokenUsage > {
	const event = raw as { usage?: Counts; message?: { usage?: Counts } } | null | undefined;
	const told = event?.usage ?? event?.message?.usage;
	if ( typeof told !== 'object' || told === null ) {
		return {};
	}
	const fresh = toCount( told[ 'input_tokens' ] );
	const cached = toCount( told[ 'cache_read_input_tokens' ] );
	const written = toCount( told[ 'cache_creation_input_tokens' ] );
	// The first event of a stream tells how many tokens were written before there are any.
	const isStart = event?.message !== undefined;
	return knownCounts( {
		tokens_in: fresh === undefined ? undefined : fresh + ( cached ?? 0 ) + ( written ?? 0 ),
		tokens_out: isStart ? undefined : toCount( told[ 'output_tokens' ] ),
		cached_tokens_in: cached,
		cache_write_tokens_in: written,
	} );
}
