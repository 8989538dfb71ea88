import type { ChatCompletion, ChatFinishReason, ChatLogprobs, ChatUsage } from '@draftkeeper/contract/openai';
import type { ModelAnswer } from '../providers/provider.ts';
import { marksOf, type TextMarks } from '../providers/text-marks.ts';
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

/** Where a model says itself that it does not answer, that is its answer: nobody has filtered it. */
export function toFinishReason( { content, finish_reason }: ModelAnswer ): ChatFinishReason {
	const isRefusal = content.some( ( part ) => part.type === 'text' && marksOf( part ).refusal === true );
	return isRefusal && finish_reason === 'content-filter' ? 'stop' : finishReasons[ finish_reason ];
}

export function toLogprobs( { logprobs }: TextMarks ): ChatLogprobs | null {
	return logprobs === undefined ? null : { content: logprobs, refusal: null };
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

/** All answers to one request. */
export function toChatCompletion( head: AnswerHead, answers: readonly ModelAnswer[] ): ChatCompletion {
	const told = toChatUsage( answers.map( ( { usage } ) => usage ).reduce( sumOf ) );
	return {
		id: head.id, object: 'chat.completion', created: head.created, model: head.model,
		choices: answers.map( ( answer, index ) => toChoice( answer, index ) ),
		...( told === null ? {} : { usage: told } ),
	};
}

/** One of them, whole. What a model has thought stays with it, as at OpenAI. */
export function toChoice( answer: ModelAnswer, index: number ): ChatCompletion[ 'choices' ][ number ] {
	const { content } = answer;
	const all = content.flatMap( ( part ) => ( part.type === 'text' ? [ { text: part.text, marks: marksOf( part ) } ] : [] ) );
	const texts = all.filter( ( { marks } ) => marks.refusal !== true );
	const refusals = all.filter( ( { marks } ) => marks.refusal === true );
	const logprobs = texts.flatMap( ( { marks } ) => marks.logprobs ?? [] );
	const tool_calls = content.flatMap( ( part ) => ( part.type === 'tool-call'
		? [ { id: part.toolCallId, type: 'function' as const, function: { name: part.toolName, arguments: part.input } } ]
		: [] ) );
	return {
		index,
		message: {
			role: 'assistant',
			content: texts.length === 0 && tool_calls.length + refusals.length > 0 ? null : texts.map( ( { text } ) => text ).join( '' ),
			refusal: refusals.length === 0 ? null : refusals.map( ( { text } ) => text ).join( '' ),
			...( tool_calls.length === 0 ? {} : { tool_calls } ),
		},
		logprobs: toLogprobs( logprobs.length === 0 ? {} : { logprobs } ),
		finish_reason: toFinishReason( answer ),
	};
}

/** What is not known of one is not known of all. */
function sumOf( one: TokenUsage, other: TokenUsage ): TokenUsage {
	const sum = ( name: 'tokens_in' | 'tokens_out' | 'cached_tokens_in' | 'reasoning_tokens_out' ) => {
		const [ left, right ] = [ one[ name ], other[ name ] ];
		return typeof left === 'number' && typeof right === 'number' ? left + right : null;
	};
	return {
		tokens_in: sum( 'tokens_in' ), tokens_out: sum( 'tokens_out' ),
		cached_tokens_in: sum( 'cached_tokens_in' ), reasoning_tokens_out: sum( 'reasoning_tokens_out' ),
	};
}
