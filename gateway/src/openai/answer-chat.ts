import type { ChatCompletion, ChatRequest } from '@draftkeeper/contract/openai';
import type { CallGrant } from '../calls/make-call.ts';
import type { AdmittedCall } from '../policy/call-policy.ts';
import { callModel } from '../providers/call-model.ts';
import type { Model } from '../providers/models.ts';
import type { CallOptions, ModelAnswer } from '../providers/provider.ts';
import type { AnswerHead } from './chat-answer.ts';
import { toChatCompletion, toChatUsage, toFinishReason } from './chat-answer.ts';
import { ChatChunks } from './chat-chunks.ts';
import { BEAT_MS, type ChunkStream } from './chunk-stream.ts';

export type AskedChat = { request: ChatRequest; model: Model; options: CallOptions; head: AnswerHead };

/** Asks the model and answers whole. */
export async function answerWhole( { admitted, model: deps, signal }: CallGrant, { model, options, head }: AskedChat ): Promise< ChatCompletion > {
	const { answer } = await unlessKept( admitted, signal, () => callModel( deps, model, { options: admitted.options ?? options, signal } ) );
	return toChatCompletion( head, answer );
}

/** Asks the model and passes on what it writes as it comes; answers with the whole of it. */
export async function answerStreamed( grant: CallGrant, { request, model, options, head }: AskedChat, stream: ChunkStream ): Promise< ChatCompletion > {
	const { admitted, model: deps, signal } = grant;
	const chunks = new ChatChunks( head, wantsUsage( request ) );
	const begin = () => ( stream.hasBegun ? [] : [ chunks.first() ] );
	let stopBeat = () => {};
	const beat = () => {
		stream.beat();
		stopBeat = deps.clock.setTimer( beat, BEAT_MS );
	};
	stopBeat = deps.clock.setTimer( beat, BEAT_MS );
	try {
		const { answer, cached } = await unlessKept( admitted, signal, () => callModel( deps, model, {
			options: admitted.options ?? options,
			signal,
			onPart( part ) {
				const chunk = chunks.take( part );
				return chunk === null ? undefined : stream.send( [ ...begin(), chunk ] );
			},
		} ) );
		const completion = toChatCompletion( head, answer );
		// Some servers answer whole although a stream was asked for.
		const isTold = ! cached && stream.hasBegun;
		stream.send( isTold ? chunks.last( toFinishReason( answer ), toChatUsage( answer.usage ) ) : chunks.whole( completion ) );
		stream.done();
		return completion;
	} finally {
		stopBeat();
	}
}

function unlessKept( { answer }: AdmittedCall, signal: AbortSignal, call: () => Promise< ModelAnswer > ): Promise< { answer: ModelAnswer; cached: boolean } > {
	return answer === undefined ? call().then( ( brought ) => ( { answer: brought, cached: false } ) ) : answer( signal, call );
}

/** Streams an answer that is there already. */
export function replayStreamed( answer: ChatCompletion, request: ChatRequest, stream: ChunkStream ): void {
	stream.send( new ChatChunks( answer, wantsUsage( request ) ).whole( answer ) );
	stream.done();
}

function wantsUsage( { stream_options }: ChatRequest ): boolean {
	return stream_options?.include_usage === true;
}
