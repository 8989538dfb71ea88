import type { ChatCompletion, ChatRequest } from '@draftkeeper/contract/openai';
import type { CallGrant } from '../calls/make-call.ts';
import { callModel } from '../providers/call-model.ts';
import type { Model } from '../providers/models.ts';
import type { CallOptions } from '../providers/provider.ts';
import type { AnswerHead } from './chat-answer.ts';
import { toChatCompletion, toChatUsage, toFinishReason } from './chat-answer.ts';
import { ChatChunks } from './chat-chunks.ts';
import { BEAT_MS, type ChunkStream } from './chunk-stream.ts';

export type AskedChat = { request: ChatRequest; model: Model; options: CallOptions; head: AnswerHead };

/** Asks the model and answers whole. */
export async function answerWhole( { admitted, model: deps, signal }: CallGrant, { model, options, head }: AskedChat ): Promise< ChatCompletion > {
	return toChatCompletion( head, await callModel( deps, model, { options: admitted.options ?? options, signal } ) );
}

/** Asks the model and passes on what it writes as it comes; answers with the whole of it. Leaves the end of the stream to the caller. */
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
		const answer = await callModel( deps, model, {
			options: admitted.options ?? options,
			signal,
			async onPart( part ) {
				const chunk = chunks.take( part );
				if ( chunk !== null ) {
					await stream.send( [ ...begin(), chunk ] );
				}
			},
		} );
		await stream.send( [ ...begin(), ...chunks.last( toFinishReason( answer.finish_reason ), toChatUsage( answer.usage ) ) ] );
		return toChatCompletion( head, answer );
	} finally {
		stopBeat();
	}
}

/** Streams an answer that is there already. */
export async function replayStreamed( answer: ChatCompletion, request: ChatRequest, stream: ChunkStream ): Promise< void > {
	await stream.send( new ChatChunks( answer, wantsUsage( request ) ).whole( answer ) );
}

function wantsUsage( { stream_options }: ChatRequest ): boolean {
	return stream_options?.include_usage === true;
}
