import type { LanguageModelV3FunctionTool, LanguageModelV3Message, LanguageModelV3ToolChoice } from '@ai-sdk/provider';
import type { ChatMessage, ChatRequest } from '@draftkeeper/contract/openai';
import type { ChatParameters } from '../providers/chat-parameters.ts';
import type { CallOptions } from '../providers/provider.ts';
import { InvalidRequest } from './invalid-request.ts';

/** What a model is asked, out of what OpenAI's client has sent. Throws `InvalidRequest`. */
export function toCallOptions( request: ChatRequest ): CallOptions {
	const { temperature, top_p, max_completion_tokens, max_tokens, stop, tools, tool_choice } = request;
	return withoutNull( {
		prompt: toPrompt( request.messages ),
		maxOutputTokens: max_completion_tokens ?? max_tokens,
		temperature,
		topP: top_p,
		stopSequences: typeof stop === 'string' ? [ stop ] : stop,
		responseFormat: toResponseFormat( request.response_format ),
		tools: tools === null || tools?.length === 0 ? undefined : tools?.map( toTool ),
		toolChoice: toToolChoice( tool_choice ),
		parameters: toParameters( request ),
	} );
}

/** What is as good as left out is not asked of a model: another provider may not have a word for it. */
function toParameters( request: ChatRequest ): ChatParameters | undefined {
	const { reasoning_effort, verbosity, seed, prompt_cache_key, safety_identifier, response_format } = request;
	if ( request.logprobs !== true && request.top_logprobs ) {
		throw new InvalidRequest( 'top_logprobs needs logprobs to be true.', 'top_logprobs' );
	}
	const parameters = withoutNull( {
		reasoning_effort,
		verbosity,
		seed,
		presence_penalty: request.presence_penalty || undefined,
		frequency_penalty: request.frequency_penalty || undefined,
		parallel_tool_calls: request.parallel_tool_calls === false ? ( false as const ) : undefined,
		logit_bias: Object.keys( request.logit_bias ?? {} ).length > 0 ? request.logit_bias : undefined,
		logprobs: request.logprobs === true ? ( request.top_logprobs ?? 0 ) : undefined,
		strict_schema: response_format?.type === 'json_schema' ? ( response_format.json_schema.strict ?? false ) : undefined,
		prompt_cache_key,
		safety_identifier,
	} );
	return Object.keys( parameters ).length > 0 ? parameters : undefined;
}

type Given< T > = { [ Name in keyof T as null extends T[ Name ] ? Name : undefined extends T[ Name ] ? Name : never ]?: NonNullable< T[ Name ] > } & {
	[ Name in keyof T as null extends T[ Name ] ? never : undefined extends T[ Name ] ? never : Name ]: T[ Name ];
};

function withoutNull< T extends object >( values: T ): Given< T > {
	return Object.fromEntries( Object.entries( values ).filter( ( [ , value ] ) => value !== null && value !== undefined ) ) as Given< T >;
}

function toPrompt( messages: readonly ChatMessage[] ): LanguageModelV3Message[] {
	/** OpenAI's results name the call alone, other providers the tool as well. */
	const toolNames = new Map< string, string >();
	return messages.map( ( message, index ): LanguageModelV3Message => {
		switch ( message.role ) {
			case 'system':
			case 'developer':
				return { role: 'system', content: joinText( message.content ) };
			case 'user':
				return { role: 'user', content: toUserContent( message.content ) };
			case 'assistant':
				message.tool_calls?.forEach( ( call ) => toolNames.set( call.id, call.function.name ) );
				return { role: 'assistant', content: toAssistantContent( message ) };
			default: {
				const { tool_call_id: toolCallId, content } = message;
				const toolName = toolNames.get( toolCallId );
				if ( toolName === undefined ) {
					throw new InvalidRequest( 'No message before this one calls a tool under this id.', `messages.${ index }.tool_call_id` );
				}
				return { role: 'tool', content: [ { type: 'tool-result', toolCallId, toolName, output: { type: 'text', value: joinText( content ) } } ] };
			}
		}
	} );
}

function joinText( content: string | readonly { text: string }[] ): string {
	return typeof content === 'string' ? content : content.map( ( { text } ) => text ).join( '' );
}

type Content< Role extends LanguageModelV3Message[ 'role' ] > = Extract< LanguageModelV3Message, { role: Role } >[ 'content' ];

function toUserContent( content: Extract< ChatMessage, { role: 'user' } >[ 'content' ] ): Content< 'user' > {
	if ( typeof content === 'string' ) {
		return [ { type: 'text', text: content } ];
	}
	return content.map( ( part ) => {
		if ( part.type === 'text' ) {
			return { type: 'text', text: part.text };
		}
		const { url, detail } = part.image_url;
		const [ head = '', data = '' ] = url.split( ',', 2 );
		return {
			type: 'file',
			mediaType: head.slice( 'data:'.length, head.indexOf( ';' ) ),
			data,
			...( detail === null || detail === undefined ? {} : { providerOptions: { openai: { imageDetail: detail } } } ),
		};
	} );
}

function toAssistantContent( { content, refusal, tool_calls }: Extract< ChatMessage, { role: 'assistant' } > ): Content< 'assistant' > {
	const texts = typeof content === 'string' ? [ content ] : ( content ?? [] ).map( ( part ) => ( part.type === 'text' ? part.text : part.refusal ) );
	return [
		...[ ...texts, refusal ?? '' ].filter( ( text ) => text !== '' ).map( ( text ) => ( { type: 'text' as const, text } ) ),
		...( tool_calls ?? [] ).map( ( call ) => ( {
			type: 'tool-call' as const, toolCallId: call.id, toolName: call.function.name, input: toInput( call.function.arguments ),
		} ) ),
	];
}

/** A model may have written broken JSON; the next one is to see what it wrote. */
function toInput( written: string ): unknown {
	try {
		return JSON.parse( written );
	} catch {
		return written;
	}
}

function toTool( { function: { name, description, parameters, strict } }: NonNullable< ChatRequest[ 'tools' ] >[ number ] ): LanguageModelV3FunctionTool {
	return withoutNull( { type: 'function' as const, name, description, inputSchema: parameters ?? { type: 'object' as const, properties: {} }, strict } );
}

function toToolChoice( choice: ChatRequest[ 'tool_choice' ] ): LanguageModelV3ToolChoice | undefined {
	if ( choice === null || choice === undefined ) {
		return undefined;
	}
	return typeof choice === 'string' ? { type: choice } : { type: 'tool', toolName: choice.function.name };
}

function toResponseFormat( format: ChatRequest[ 'response_format' ] ): CallOptions[ 'responseFormat' ] {
	switch ( format?.type ) {
		case 'json_object':
			return { type: 'json' };
		case 'json_schema': {
			const { name, description, schema } = format.json_schema;
			return withoutNull( { type: 'json' as const, name, description, schema } );
		}
		default:
			return undefined;
	}
}
