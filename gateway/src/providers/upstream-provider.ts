import type { LanguageModelV3Prompt } from '@ai-sdk/provider';
import type { Clock } from '../clock.ts';
import { countTokens } from '../tokenizer/count-tokens.ts';
import type { Adapter } from './adapter.ts';
import { CallWatch, type CallTimeouts } from './call-watch.ts';
import { missingParameter, withParameters, type ChatParameters } from './chat-parameters.ts';
import type { CallableModel } from './model-call.ts';
import type { Network } from './network.ts';
import { toProviderError } from './provider-errors.ts';
import type { CallOptions, EmbeddingAnswer, EmbeddingRequest, ModelAnswer, ModelRequest, Provider } from './provider.ts';
import { SdkModel } from './sdk-model.ts';
import { ProviderError, type TextRequest, type TextResult, type TokenUsage } from './text-provider.ts';
import { toTextResult, MAX_TEXT_LENGTH } from './text-result.ts';
import { UsageMeter } from './usage-meter.ts';
import { WholeAnswers } from './whole-answers.ts';
import { WireModel } from './wire-model.ts';

export type UpstreamProviderOptions = { adapter: Adapter; clock: Clock; network: Network; timeouts: CallTimeouts };

/** What every call has, whichever way it goes: time-outs, a prompt end, errors in our words, tokens as they were told. */
export class UpstreamProvider implements Provider {
	readonly #options: UpstreamProviderOptions;
	readonly #answers: WholeAnswers;
	/** Kept: making one costs as much as a call. There are no more of them than configured models. */
	readonly #models = new Map< string, CallableModel >();

	constructor( options: UpstreamProviderOptions ) {
		this.#options = options;
		this.#answers = new WholeAnswers( options.network.fetch );
	}

	async generate( { model, messages, temperature, maxOutputTokens, seed, signal, traceparent, onText, onUsage }: TextRequest ): Promise< TextResult > {
		let length = 0;
		const answer = await this.call( {
			model,
			options: { prompt: toPrompt( messages ), temperature, maxOutputTokens },
			seed,
			signal,
			...( traceparent === undefined ? {} : { traceparent } ),
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
		const { model, seed, traceparent, onPart } = request;
		const sampling = adapter.isSample && seed !== undefined ? { providerOptions: { sample: { seed, needs_facts: true } } } : {};
		const options = { ...withParameters( adapter.parameters, model, request.options ), ...sampling, ...traced( traceparent ) };
		const isStream = onPart !== undefined && adapter.canStream;
		return this.#run( request.signal, request.onUsage, async ( watch, usage ) => {
			if ( isStream ) {
				watch.expectStream();
			}
			const answer = await this.#model( model ).call( { options, isStream, onPart, watch, usage } );
			return { ...answer, usage: usage.known, sample: adapter.isSample };
		} );
	}

	async embed( { model, values, dimensions, signal, traceparent }: EmbeddingRequest ): Promise< EmbeddingAnswer > {
		const { adapter, network: { fetch } } = this.#options;
		if ( adapter.embeddingModel === null ) {
			throw new ProviderError( 'provider_rejected', { isRetryable: false } );
		}
		const embeddings = adapter.embeddingModel( model, fetch );
		return this.#run( signal, undefined, async ( watch, usage ) => {
			const atOnce = ( await embeddings.maxEmbeddingsPerCall ) ?? values.length;
			const vectors: number[][] = [];
			for ( let start = 0; start < values.length; start += atOnce ) {
				const some = values.slice( start, start + atOnce );
				const result = await embeddings.doEmbed( {
					values: some,
					abortSignal: watch.signal,
					...traced( traceparent ),
					...( dimensions === undefined ? {} : { providerOptions: adapter.embeddingOptions( dimensions ) } ),
				} );
				const told = adapter.readUsage( result.response?.body );
				usage.add( sumOf( usage.known, told.tokens_in === undefined ? await estimate( some ) : { tokens_in: told.tokens_in, tokens_out: 0 } ) );
				if ( result.embeddings.length !== some.length ) {
					throw new ProviderError( 'provider_bad_response', { isRetryable: false, mayBeBilled: true } );
				}
				vectors.push( ...result.embeddings );
			}
			return { embeddings: vectors, usage: usage.known };
		} );
	}

	#model( id: string ): CallableModel {
		const model = this.#models.get( id ) ?? this.#open( id );
		this.#models.set( id, model );
		return model;
	}

	#open( id: string ): CallableModel {
		const { adapter, clock, network: { dispatcher } } = this.#options;
		return 'chatRequests' in adapter
			? new WireModel( { requests: adapter.chatRequests( id ), readUsage: adapter.readUsage, dispatcher, clock } )
			: new SdkModel( { model: adapter.languageModel( id, this.#answers.fetch ), adapter, answers: this.#answers, clock } );
	}

	async #run< T >(
		caller: AbortSignal, onUsage: ModelRequest[ 'onUsage' ], call: ( watch: CallWatch, usage: UsageMeter ) => Promise< T >
	): Promise< T > {
		const { clock, timeouts } = this.#options;
		const watch = new CallWatch( clock, timeouts, caller );
		const usage = new UsageMeter( onUsage );
		try {
			if ( watch.ended !== null ) {
				throw watch.ended.reason;
			}
			return await call( watch, usage );
		} catch ( error ) {
			if ( caller.aborted ) {
				throw caller.reason;
			}
			throw toProviderError( watch.ended === null ? error : watch.ended.reason, clock.now() ).withUsage( usage.known );
		} finally {
			watch.stop();
		}
	}
}

/** Some providers do not tell what embeddings have cost, and yet it has to be in the books. */
async function estimate( values: readonly string[] ): Promise< TokenUsage > {
	const counts = await Promise.all( values.map( ( value ) => countTokens( value ) ) );
	return { tokens_in: counts.reduce( ( sum, count ) => sum + count, 0 ), tokens_out: 0, is_estimated: true };
}

function sumOf( known: TokenUsage, more: TokenUsage ): TokenUsage {
	return { ...known, ...more, tokens_in: ( known.tokens_in ?? 0 ) + ( more.tokens_in ?? 0 ) };
}

const traced = ( traceparent: string | undefined ) => ( traceparent === undefined ? {} : { headers: { traceparent } } );

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
