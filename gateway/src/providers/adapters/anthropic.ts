import { createAnthropic } from '@ai-sdk/anthropic';
import type { Adapter } from '../adapter.ts';
import { parameterRules } from '../chat-parameters.ts';
import { readAnthropicUsage, withoutUsageToo } from './anthropic-usage.ts';

const BASE_URL = 'https://api.anthropic.com/v1';

/** Anthropic's messages. It has no embeddings. */
export function anthropic( { base_url = BASE_URL, api_key }: { base_url?: string | undefined; api_key: string | null } ): Adapter {
	return {
		base_url,
		languageModel: ( id, fetch ) => createAnthropic( { baseURL: base_url, apiKey: api_key ?? '', fetch: withoutUsageToo( fetch ) } ).languageModel( id ),
		embeddingModel: null,
		parameters: parameterRules.anthropic,
		embeddingOptions: () => ( {} ),
		readUsage: readAnthropicUsage,
		canStream: true,
		isSample: false,
	};
}
