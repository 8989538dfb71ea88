import type { LanguageModelV3, LanguageModelV3CallOptions, LanguageModelV3Prompt, LanguageModelV3StreamPart } from '@ai-sdk/provider';
import type { Clock } from '../clock.ts';
import { countTokens } from '../tokenizer/count-tokens.ts';
import type { Adapter, Fetch } from './adapter.ts';
import { AnswerCollector } from './answer-collector.ts';
import { CallWatch, type CallTimeouts } from './call-watch.ts';
import { missingParameter, withParameters, type ChatParameters } from './chat-parameters.ts';
import { cutShort, fromContent, fromStreamError, toProviderError } from './provider-errors.ts';
import type { CallOptions, EmbeddingAnswer, EmbeddingRequest, ModelAnswer, ModelRequest, Provider } from './provider.ts';
import { ProviderError, unknownUsage, type TextRequest, type TextResult, type TokenUsage } from './text-provider.ts';
import { toTextResult, MAX_TEXT_LENGTH } from './text-result.ts';
import { WholeAnswers } from './whole-answers.ts';

export type UpstreamProviderOptions = { adapter: Adapter; clock: Clock; fetch: Fetch; timeouts: CallTimeouts };

/** What every call has, whichever AI SDK model makes it: time-outs, a prompt end, errors in our words, tokens as they were told. */
export class UpstreamProvider implements Provider {
	readonly #options: UpstreamProviderOptions;
	readonly #answers: WholeAnswers;
	/** Kept: making one costs as much as a call. There are no more of them than configured models. */
	readonly #models = new Map< string, LanguageModelV3 >();

	constructor( options: UpstreamProviderOptions ) {
		this.#options = options;
		this.#answers = new WholeAnswers( options.fetch );
	}

	async generate( { model, messages, temperature, maxOutputTokens, seed, signal, onText, onUsage }: TextRequest ): Promise< TextResult > {
		let length = 0;
		const answer = await this.call( {
			model,
			options: { prompt: toPrompt( messages ), temperature, maxOutputTokens },
			seed,
			signal,
			...( onUsage === undefined ? {} : { onUsage } ),
			// Streamed also where nobody watches: only a stream shows early that a provider has gone silent.
			onPart( part ) {
				if ( part.type !== 'text-delta' ) {
					return;
				}
				length += part.delta.length;
				if ( length > 2 * MAX_TEXT_LENGTH ) {
					throw new ProviderError( 'provider_bad_response', { isRetryable: false, mayBeBilled: true } );
				}
				onText?.( part.delta );
			},
		} );
		return toTextResult( answer );
	}

	missing( model: string, options: CallOptions ): keyof ChatParameters | null {
		return missingParameter( this.#options.adapter.parameters, model, options );
	}

	async call( request: ModelRequest ): Promise< ModelAnswer > {
		refuseAddresses( request.options.prompt );
		const { adapter } = this.#options;
		const { model, seed, onPart } = request;
		const sampling = adapter.isSample && seed !== undefined ? { providerOptions: { sample: { seed, needs_facts: true } } } : {};
		return this.#run( request.signal, request.onUsage, async ( watch, usage ) => {
			const options = { ...withParameters( adapter.parameters, model, request.options ), ...sampling, abortSignal: watch.signal };
			if ( onPart === undefined || ! adapter.canStream ) {
				return this.#callWhole( model, options, usage );
			}
			watch.expectStream();
			this.#answers.expectStream( watch.signal );
			try {
				const { stream } = await this.#model( model ).doStream( { ...options, includeRawChunks: true } );
				return await this.#readStream( stream, onPart, watch, usage );
			} catch ( error ) {
				if ( watch.signal.aborted || ! this.#answers.has( watch.signal ) ) {
					throw error;
				}
				return this.#callWhole( model, options, usage );
			}
		} );
	}

	async embed( { model, values, dimensions, signal }: EmbeddingRequest ): Promise< EmbeddingAnswer > {
		const { adapter, fetch } = this.#options;
		if ( adapter.embeddingModel === null ) {
			throw new ProviderError( 'provider_rejected', { isRetryable: false } );
		}
		const embeddings = adapter.embeddingModel( model, fetch );
		return this.#run( signal, undefined, async ( watch, usage ) => {
			const result = await embeddings.doEmbed( {
				values,
				abortSignal: watch.signal,
				...( dimensions === undefined ? {} : { providerOptions: adapter.embeddingOptions( dimensions ) } ),
			} );
			usage.add( adapter.readUsage( result.response?.body ) );
			if ( result.embeddings.length !== values.length ) {
				throw new ProviderError( 'provider_bad_response', { isRetryable: false, mayBeBilled: true } );
			}
			return { embeddings: result.embeddings, usage: await usageOf( values, usage.known ) };
		} );
	}

	#model( id: string ): LanguageModelV3 {
		const model = this.#models.get( id ) ?? this.#options.adapter.languageModel( id, this.#answers.fetch );
		this.#models.set( id, model );
		return model;
	}

	async #callWhole( id: string, options: LanguageModelV3CallOptions, usage: UsageMeter ): Promise< ModelAnswer > {
		const { adapter } = this.#options;
		const { content, finishReason, response } = await this.#model( id ).doGenerate( options );
		usage.add( adapter.readUsage( response?.body ) );
		adapter.markTexts?.( content, response?.body );
		if ( finishReason.raw === undefined && content.length === 0 ) {
			throw fromContent( response?.body );
		}
		for ( const part of content ) {
			if ( part.type === 'text' || part.type === 'reasoning' ) {
				part.text = part.text.toWellFormed();
			}
		}
		return { content, finish_reason: finishReason.unified, usage: usage.known, sample: adapter.isSample };
	}

	async #readStream(
		stream: ReadableStream< LanguageModelV3StreamPart >, onPart: NonNullable< ModelRequest[ 'onPart' ] >, watch: CallWatch, usage: UsageMeter
	): Promise< ModelAnswer > {
		const { adapter, clock } = this.#options;
		const collector = new AnswerCollector();
		const reader = stream.getReader();
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
		return { content, finish_reason: finishReason.unified, usage: usage.known, sample: adapter.isSample };
	}

	async #run< T >(
		caller: AbortSignal, onUsage: ModelRequest[ 'onUsage' ], call: ( watch: CallWatch, usage: UsageMeter ) => Promise< T >
	): Promise< T > {
		const { clock, timeouts } = this.#options;
		const watch = new CallWatch( clock, timeouts, caller );
		const usage = new UsageMeter( onUsage );
		try {
			watch.signal.throwIfAborted();
			return await call( watch, usage );
		} catch ( error ) {
			if ( caller.aborted ) {
				throw caller.reason;
			}
			throw toProviderError( watch.signal.aborted ? watch.signal.reason : error, clock.now() ).withUsage( usage.known );
		} finally {
			watch.stop();
		}
	}
}

/** Adds up what a call has told about tokens: later counts replace earlier ones. */
class UsageMeter {
	known: TokenUsage = unknownUsage;
	readonly #onUsage: ModelRequest[ 'onUsage' ];

	constructor( onUsage: ModelRequest[ 'onUsage' ] ) {
		this.#onUsage = onUsage;
	}

	add( told: Partial< TokenUsage > ): void {
		if ( Object.keys( told ).length > 0 ) {
			this.known = { ...this.known, ...told };
			this.#onUsage?.( this.known );
		}
	}
}

/** Some providers do not tell what embeddings have cost, and yet it has to be in the books. */
async function usageOf( values: readonly string[], known: TokenUsage ): Promise< TokenUsage > {
	if ( known.tokens_in !== null ) {
		return { ...known, tokens_out: 0 };
	}
	const counts = await Promise.all( values.map( ( value ) => countTokens( value ) ) );
	return { tokens_in: counts.reduce( ( sum, count ) => sum + count, 0 ), tokens_out: 0, is_estimated: true };
}

function toPrompt( messages: TextRequest[ 'messages' ] ): LanguageModelV3Prompt {
	return messages.map( ( { role, content } ) =>
		role === 'system' ? { role, content } : { role, content: [ { type: 'text', text: content } ] }
	);
}

/** Images come as data: neither the gateway nor a provider on its behalf fetches an address that a caller wrote. */
function refuseAddresses( prompt: LanguageModelV3Prompt ): void {
	for ( const { content } of prompt ) {
		for ( const part of typeof content === 'string' ? [] : content ) {
			const isAddress = part.type === 'file'
				? part.data instanceof URL || ( typeof part.data === 'string' && /^[a-z][a-z0-9+.-]*:/i.test( part.data ) )
				: part.type === 'tool-result' && part.output.type === 'content' && part.output.value.some( ( { type } ) => type.endsWith( '-url' ) );
			if ( isAddress ) {
				throw new ProviderError( 'provider_rejected', { isRetryable: false } );
			}
		}
	}
}
