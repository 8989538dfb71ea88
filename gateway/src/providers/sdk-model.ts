import type { LanguageModelV3, LanguageModelV3StreamPart } from '@ai-sdk/provider';
import type { Clock } from '../clock.ts';
import type { Adapter } from './adapter.ts';
import { addAnswerNames, readAnswerNames, type AnswerNames } from './answer-names.ts';
import { AnswerCollector } from './answer-collector.ts';
import type { CallableModel, ModelCall } from './model-call.ts';
import { cutShort, fromContent, fromStreamError } from './provider-errors.ts';
import type { ModelAnswer, ModelRequest } from './provider.ts';
import type { WholeAnswers } from './whole-answers.ts';

type Answer = Omit< ModelAnswer, 'usage' | 'sample' >;

type SdkModelOptions = { model: LanguageModelV3; adapter: Pick< Adapter, 'readUsage' | 'isSample' >; answers: WholeAnswers; clock: Clock };

/** A model that the AI SDK asks, and whose answer it reads. */
export class SdkModel implements CallableModel {
	readonly #options: SdkModelOptions;

	constructor( options: SdkModelOptions ) {
		this.#options = options;
	}

	async call( call: ModelCall ): Promise< Answer > {
		const { model, answers } = this.#options;
		const { options, isStream, onPart, watch: { signal } } = call;
		if ( ! isStream || onPart === undefined ) {
			return this.#callWhole( call );
		}
		answers.expectStream( signal );
		try {
			const { stream } = await model.doStream( { ...options, abortSignal: signal, includeRawChunks: true } );
			return await this.#readStream( stream, call, onPart );
		} catch ( error ) {
			if ( signal.aborted || ! answers.has( signal ) ) {
				throw error;
			}
			return this.#callWhole( call );
		}
	}

	async #callWhole( { options, usage, watch: { signal } }: ModelCall ): Promise< Answer > {
		const { model, adapter } = this.#options;
		const { content, finishReason, response } = await model.doGenerate( { ...options, abortSignal: signal } );
		usage.add( adapter.readUsage( response?.body ) );
		if ( finishReason.raw === undefined && content.length === 0 ) {
			throw fromContent( response?.body );
		}
		for ( const part of content ) {
			if ( part.type === 'text' || part.type === 'reasoning' ) {
				part.text = part.text.toWellFormed();
			}
		}
		return { content, finish_reason: finishReason.unified, ...readAnswerNames( response?.body ) };
	}

	async #readStream(
		stream: ReadableStream< LanguageModelV3StreamPart >, { watch, usage }: ModelCall, onPart: NonNullable< ModelRequest[ 'onPart' ] >
	): Promise< Answer > {
		const { adapter, clock } = this.#options;
		const collector = new AnswerCollector();
		const reader = stream.getReader();
		let names: AnswerNames = {};
		try {
			for ( ;; ) {
				const { done, value: part } = await reader.read();
				if ( done ) {
					break;
				}
				if ( part.type === 'error' ) {
					throw fromStreamError( part.error, clock.now() );
				}
				if ( part.type === 'raw' ) {
					watch.heardLife();
					usage.add( adapter.readUsage( part.rawValue ) );
					names = addAnswerNames( names, part.rawValue );
				}
				for ( const visible of collector.take( part ) ) {
					watch.heardContent();
					await onPart( visible );
				}
			}
		} finally {
			// Ends the upstream call where it has not ended by itself.
			reader.cancel().catch( () => {} );
		}
		const { content, finishReason } = collector;
		if ( finishReason === null || ( finishReason.raw === undefined && ! adapter.isSample ) ) {
			throw cutShort();
		}
		return { content, finish_reason: finishReason.unified, ...names };
	}
}
