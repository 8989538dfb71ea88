import { OpenAICompatibleEmbeddingModel } from '@ai-sdk/openai-compatible';
import type { Adapter } from '../adapter.ts';
import { COMPATIBLE, parameterRules } from '../chat-parameters.ts';
import { compatibleRequests } from './compatible-requests.ts';
import { readOpenAiUsage } from './openai-usage.ts';

export type OpenAiCompatibleOptions = {
	/** Up to and including the version: `https://api.example.com/v1`. */
	base_url: string;
	api_key: string | null;
	/** False for a server that cannot stream. */
	stream?: boolean;
};

/** Any server that speaks OpenAI's chat completions: OpenRouter, Ollama, vLLM and many more. */
export function openAiCompatible( { base_url, api_key, stream = true }: OpenAiCompatibleOptions ): Adapter {
	const root = base_url.replace( /\/+$/, '' );
	const headers: Record< string, string > = api_key === null ? {} : { authorization: `Bearer ${ api_key }` };
	return {
		base_url,
		chatRequests: ( model ) => compatibleRequests( { url: `${ root }/chat/completions`, headers, model } ),
		embeddingModel: ( id, fetch ) => new OpenAICompatibleEmbeddingModel( id, {
			provider: COMPATIBLE, url: ( { path } ) => `${ root }${ path }`, headers: () => headers, fetch,
		} ),
		parameters: parameterRules.compatible,
		embeddingOptions: ( dimensions ) => ( { openaiCompatible: { dimensions } } ),
		readUsage: readOpenAiUsage,
		canStream: stream,
		isSample: false,
	};
}
