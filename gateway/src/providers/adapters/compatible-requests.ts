import type { JSONObject, LanguageModelV3CallOptions } from '@ai-sdk/provider';
import { convertToOpenAICompatibleChatMessages, prepareTools } from '@ai-sdk/openai-compatible/internal';
import type { ChatRequests } from '../adapter.ts';
import { COMPATIBLE } from '../chat-parameters.ts';

/** What the rules of `chat-parameters.ts` say in the AI SDK's words; whatever else they say goes out as it stands. */
type Told = JSONObject & { reasoningEffort?: string; textVerbosity?: string; strictJsonSchema?: boolean };

/** Chats for a server that is like OpenAI's, put together from the parts that the AI SDK uses itself: its whole way costs ten times as much. */
export function compatibleRequests( server: { url: string; headers: Record< string, string >; model: string } ): ChatRequests {
	const known = { 'content-type': 'application/json', 'user-agent': 'draftkeeper-gateway', ...server.headers };
	return async ( options, isStream ) => ( {
		url: server.url,
		headers: { ...known, ...options.headers as Record< string, string > | undefined },
		body: JSON.stringify( { ...bodyOf( server.model, options ), ...( isStream ? { stream: true, stream_options: { include_usage: true } } : {} ) } ),
	} );
}

/** What is undefined stays out of the JSON. */
function bodyOf( model: string, options: LanguageModelV3CallOptions ): object {
	const { reasoningEffort, textVerbosity, strictJsonSchema = true, ...asItStands } = ( options.providerOptions?.[ COMPATIBLE ] ?? {} ) as Told;
	const { tools, toolChoice } = prepareTools( { tools: options.tools, ...( options.toolChoice === undefined ? {} : { toolChoice: options.toolChoice } ) } );
	return {
		model,
		max_tokens: options.maxOutputTokens,
		temperature: options.temperature,
		top_p: options.topP,
		frequency_penalty: options.frequencyPenalty,
		presence_penalty: options.presencePenalty,
		response_format: formatOf( options.responseFormat, strictJsonSchema ),
		stop: options.stopSequences,
		seed: options.seed,
		...asItStands,
		reasoning_effort: reasoningEffort,
		verbosity: textVerbosity,
		messages: convertToOpenAICompatibleChatMessages( options.prompt ),
		tools,
		tool_choice: toolChoice,
	};
}

function formatOf( format: LanguageModelV3CallOptions[ 'responseFormat' ], strict: boolean ): object | undefined {
	if ( format?.type !== 'json' ) {
		return undefined;
	}
	const { schema, name = 'response', description } = format;
	return schema === undefined ? { type: 'json_object' } : { type: 'json_schema', json_schema: { schema, strict, name, description } };
}
