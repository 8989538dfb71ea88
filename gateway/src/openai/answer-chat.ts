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
		const { answer, cached } = await unlessKept( admitted, signal, () => callModel( deps, model, {
			options: admitted.options ?? options,
			signal,
			async onPart( part ) {
				const chunk = chunks.take( part );
				if ( chunk !== null ) {
					await stream.send( [ ...begin(), chunk ] );
				}
			},
		} ) );
		if ( cached ) {
			const completion = toChatCompletion( head, answer );
			await stream.send( chunks.whole( completion ) );
			return completion;
		}
		await stream.send( [ ...begin(), ...chunks.last( toFinishReason( answer ), toChatUsage( answer.usage ) ) ] );
		return toChatCompletion( head, answer );
	} finally {
		stopBeat();
	}
}

function unlessKept( { answer }: AdmittedCall, signal: AbortSignal, call: () => Promise< ModelAnswer > ): Promise< { answer: ModelAnswer; cached: boolean } > {
	return answer === undefined ? call().then( ( brought ) => ( { answer: brought, cached: false } ) ) : answer( signal, call );
}

/** Streams an answer that is there already. */
export async function replayStreamed( answer: ChatCompletion, request: ChatRequest, stream: ChunkStream ): Promise< void > {
	await stream.send( new ChatChunks( answer, wantsUsage( request ) ).whole( answer ) );
}

function wantsUsage( { stream_options }: ChatRequest ): boolean {
	return stream_options?.include_usage === true;
}
