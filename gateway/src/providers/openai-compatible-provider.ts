import { OpenAICompatibleChatLanguageModel } from '@ai-sdk/openai-compatible';
import type { LanguageModelV3GenerateResult, LanguageModelV3Prompt } from '@ai-sdk/provider';
import { Agent, fetch as undiciFetch } from 'undici';
import type { Clock } from '../clock.ts';
import { toProviderError } from './openai-compatible-errors.ts';
import { ProviderError, type TextProvider, type TextRequest, type TextResult, type TokenUsage } from './text-provider.ts';

/** Longest a provider may take over one text, from the first byte sent to the last received. */
export const OVERALL_TIMEOUT_MS = 120_000;
const CONNECT_TIMEOUT_MS = 10_000;
const MAX_RESPONSE_BYTES = 2 * 1024 * 1024;
/** The contract's bound on a text, in code points. */
const MAX_TEXT_LENGTH = 60_000;

export type OpenAiCompatibleOptions = {
	/** Name in the configuration. */
	name: string;
	/** Up to and including the version: `https://api.example.com/v1`. */
	base_url: string;
	api_key: string | null;
	clock: Clock;
	fetch: typeof globalThis.fetch;
};

/** The network behind `fetch`: bounded in time and size, without redirects to another host. */
export function createProviderFetch(): typeof globalThis.fetch {
	const dispatcher = new Agent( {
		connect: { timeout: CONNECT_TIMEOUT_MS },
		headersTimeout: OVERALL_TIMEOUT_MS,
		bodyTimeout: OVERALL_TIMEOUT_MS,
		maxResponseSize: MAX_RESPONSE_BYTES,
	} );
	const bounded = ( url: string, init: Parameters< typeof undiciFetch >[ 1 ] ) =>
		undiciFetch( url, { ...init, dispatcher, redirect: 'error' } );
	// undici's types and the ones of Node's own fetch describe the same objects under different names.
	return bounded as unknown as typeof globalThis.fetch;
}

/** Any server that speaks OpenAI's chat completions. */
export class OpenAiCompatibleProvider implements TextProvider {
	readonly #options: OpenAiCompatibleOptions;

	constructor( options: OpenAiCompatibleOptions ) {
		this.#options = options;
	}

	async generate( request: TextRequest ): Promise< TextResult > {
		const call = new AbortController();
		const stop = () => call.abort( request.signal.reason );
		const stopTimer = this.#options.clock.setTimer(
			() => call.abort( new ProviderError( 'provider_timeout', { isRetryable: true, mayBeBilled: true } ) ),
			OVERALL_TIMEOUT_MS
		);
		if ( request.signal.aborted ) {
			stop();
		}
		request.signal.addEventListener( 'abort', stop );
		try {
			return readResult( await this.#model( request.model ).doGenerate( {
				prompt: toPrompt( request ),
				temperature: request.temperature,
				maxOutputTokens: request.maxOutputTokens,
				abortSignal: call.signal,
			} ) );
		} catch ( error ) {
			throw call.signal.aborted ? call.signal.reason : toProviderError( error, this.#options.clock.now() );
		} finally {
			stopTimer();
			request.signal.removeEventListener( 'abort', stop );
		}
	}

	#model( id: string ): OpenAICompatibleChatLanguageModel {
		const { name, base_url, api_key, fetch } = this.#options;
		const root = base_url.replace( /\/+$/, '' );
		return new OpenAICompatibleChatLanguageModel( id, {
			provider: name,
			url: ( { path } ) => `${ root }${ path }`,
			headers: (): Record< string, string > => ( api_key === null ? {} : { authorization: `Bearer ${ api_key }` } ),
			fetch,
		} );
	}
}

function toPrompt( { messages }: TextRequest ): LanguageModelV3Prompt {
	return messages.map( ( { role, content } ) =>
		role === 'system' ? { role, content } : { role, content: [ { type: 'text', text: content } ] }
	);
}

function readResult( { content, finishReason, usage }: LanguageModelV3GenerateResult ): TextResult {
	const tokens = readUsage( usage.raw );
	if ( finishReason.unified === 'content-filter' ) {
		throw new ProviderError( 'content_filtered', { isRetryable: false, usage: tokens } );
	}
	const text = content
		.map( ( part ) => ( part.type === 'text' ? part.text : '' ) )
		.join( '' )
		// Half of a surrogate pair would make the whole result unreadable for PHP's JSON.
		.toWellFormed();
	if ( text.trim() === '' ) {
		throw new ProviderError( 'empty_result', { isRetryable: false, usage: tokens } );
	}
	if ( [ ...text ].length > MAX_TEXT_LENGTH ) {
		throw new ProviderError( 'provider_bad_response', { isRetryable: false, usage: tokens } );
	}
	return { text, finish_reason: finishReason.unified, sample: false, ...tokens };
}

/** Reads the raw usage: the package turns a missing count into zero, and a free call is not an unknown one. */
function readUsage( raw: { prompt_tokens?: unknown; completion_tokens?: unknown } | undefined ): TokenUsage {
	return { tokens_in: toCount( raw?.prompt_tokens ), tokens_out: toCount( raw?.completion_tokens ) };
}

function toCount( value: unknown ): number | null {
	return typeof value === 'number' && Number.isSafeInteger( value ) && value >= 0 ? value : null;
}
