import type { ChatCompletion, ChatRequest } from '@draftkeeper/contract/openai';
import type { CallGrant } from '../calls/make-call.ts';
import type { AdmittedCall } from '../policy/call-policy.ts';
import { callModel } from '../providers/call-model.ts';
import type { Model } from '../providers/models.ts';
import type { CallOptions, ModelAnswer } from '../providers/provider.ts';
import type { AnswerHead } from './chat-answer.ts';
import { toChatCompletion, toChoice, toFinishReason } from './chat-answer.ts';
import { ChatChunks } from './chat-chunks.ts';
import { BEAT_MS, type ChunkStream } from './chunk-stream.ts';
import { askSeveral } from './several-answers.ts';

export type AskedChat = { request: ChatRequest; model: Model; options: CallOptions; head: AnswerHead };

/** Asks the model and answers whole. */
export async function answerWhole( { admitted, model: deps, signal }: CallGrant, { request, model, options, head }: AskedChat ): Promise< ChatCompletion > {
	const answers = await askSeveral( request.n ?? 1, signal, async ( _index, own ) => (
		( await unlessKept( admitted, own, () => callModel( deps, model, { options: admitted.options ?? options, signal: own } ) ) ).answer
	) );
	return toChatCompletion( head, answers );
}

/** Asks the model and passes on what it writes as it comes; answers with the whole of it. */
export async function answerStreamed( grant: CallGrant, { request, model, options, head }: AskedChat, stream: ChunkStream ): Promise< ChatCompletion > {
	const { admitted, model: deps, signal } = grant;
	const withUsage = wantsUsage( request );
	let stopBeat = () => {};
	const beat = () => {
		stream.beat();
		stopBeat = deps.clock.setTimer( beat, BEAT_MS );
	};
	stopBeat = deps.clock.setTimer( beat, BEAT_MS );
	try {
		const answers = await askSeveral( request.n ?? 1, signal, async ( index, own ) => {
			const chunks = new ChatChunks( head, { withUsage, index } );
			const { answer, cached } = await unlessKept( admitted, own, () => callModel( deps, model, {
				options: admitted.options ?? options,
				signal: own,
				onPart( part ) {
					const chunk = chunks.take( part );
					return chunk === null ? undefined : stream.send( [ ...chunks.begin(), chunk ] );
				},
			} ) );
			// Some servers answer whole although a stream was asked for.
			const isTold = ! cached && chunks.hasBegun;
			stream.send( isTold ? chunks.last( toFinishReason( answer ) ) : chunks.whole( toChoice( answer, index ) ) );
			return answer;
		} );
		const completion = toChatCompletion( head, answers );
		stream.send( new ChatChunks( head, { withUsage } ).usage( completion.usage ?? null ) );
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
	const withUsage = wantsUsage( request );
	for ( const choice of answer.choices ) {
		stream.send( new ChatChunks( answer, { withUsage, index: choice.index } ).whole( choice ) );
	}
	stream.send( new ChatChunks( answer, { withUsage } ).usage( answer.usage ?? null ) );
	stream.done();
}

function wantsUsage( { stream_options }: ChatRequest ): boolean {
	return stream_options?.include_usage === true;
}
