import { createOpenAI } from '@ai-sdk/openai';
import type { Adapter } from '../adapter.ts';
import { parameterRules } from '../chat-parameters.ts';
import { chatRequests } from './chat-requests.ts';
import { readOpenAiUsage } from './openai-usage.ts';

const BASE_URL = 'https://api.openai.com/v1';

/**
 * OpenAI's own service. Over chat completions, not over responses: those are kept by OpenAI unless told otherwise, and
 * have no stop sequences and no seed, which clients of our API may send.
 */
export function openAi( { base_url = BASE_URL, api_key }: { base_url?: string | undefined; api_key: string | null } ): Adapter {
	const open = ( fetch: typeof globalThis.fetch ) => createOpenAI( { baseURL: base_url, apiKey: api_key ?? '', fetch } );
	return {
		base_url,
		chatRequests: ( id ) => chatRequests( ( fetch ) => open( fetch ).chat( id ) ),
		embeddingModel: ( id, fetch ) => open( fetch ).embedding( id ),
		parameters: parameterRules.openAi,
		embeddingOptions: ( dimensions ) => ( { openai: { dimensions } } ),
		readUsage: readOpenAiUsage,
		canStream: true,
		isSample: false,
	};
}
