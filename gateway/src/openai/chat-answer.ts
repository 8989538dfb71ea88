import type { ChatCompletion, ChatFinishReason, ChatUsage } from '@draftkeeper/contract/openai';
import type { ModelAnswer } from '../providers/provider.ts';
import type { TokenUsage } from '../providers/text-provider.ts';

/** What all parts of one answer have in common. */
export type AnswerHead = { id: string; created: number; model: string };

const finishReasons: Record< ModelAnswer[ 'finish_reason' ], ChatFinishReason > = {
	stop: 'stop',
	length: 'length',
	'content-filter': 'content_filter',
	'tool-calls': 'tool_calls',
	error: 'stop',
	other: 'stop',
};

export function toFinishReason( reason: ModelAnswer[ 'finish_reason' ] ): ChatFinishReason {
	return finishReasons[ reason ];
}

/** Null where the provider has not told all of it: no number is better than a wrong one. */
export function toChatUsage( { tokens_in, tokens_out, cached_tokens_in, reasoning_tokens_out }: TokenUsage ): ChatUsage | null {
	if ( tokens_in === null || tokens_out === null ) {
		return null;
	}
	return {
		prompt_tokens: tokens_in,
		completion_tokens: tokens_out,
		total_tokens: tokens_in + tokens_out,
		...( typeof cached_tokens_in === 'number' ? { prompt_tokens_details: { cached_tokens: cached_tokens_in } } : {} ),
		...( typeof reasoning_tokens_out === 'number' ? { completion_tokens_details: { reasoning_tokens: reasoning_tokens_out } } : {} ),
	};
}

/** The whole answer. What a model has thought stays with it, as at OpenAI. */
export function toChatCompletion( head: AnswerHead, { content, finish_reason, usage }: ModelAnswer ): ChatCompletion {
	const texts = content.flatMap( ( part ) => ( part.type === 'text' ? [ part.text ] : [] ) );
	const tool_calls = content.flatMap( ( part ) => ( part.type === 'tool-call'
		? [ { id: part.toolCallId, type: 'function' as const, function: { name: part.toolName, arguments: part.input } } ]
		: [] ) );
	const told = toChatUsage( usage );
	return {
		id: head.id,
		object: 'chat.completion',
		created: head.created,
		model: head.model,
		choices: [ {
			index: 0,
			message: {
				role: 'assistant',
				content: texts.length === 0 && tool_calls.length > 0 ? null : texts.join( '' ),
				refusal: null,
				...( tool_calls.length === 0 ? {} : { tool_calls } ),
			},
			logprobs: null,
			finish_reason: toFinishReason( finish_reason ),
		} ],
		...( told === null ? {} : { usage: told } ),
	};
}
