import type { ErrorCode, Message } from '@draftkeeper/contract';
import type { AnswerNames } from './answer-names.ts';

export type TextRequest = {
	/** The provider's own name of the model. */
	model: string;
	messages: readonly Message[];
	temperature: number;
	maxOutputTokens: number;
	/** The same for every call of one job, another for the next job; only the sample writer varies by it. */
	seed: string;
	/** Aborted when nobody wants the text any more. */
	signal: AbortSignal;
	/** Where the call stands in a trace, as the header of this name says it. */
	traceparent?: string;
	/** Hears the text as it is written; joined, the pieces are the text of the result. Absent: nobody watches. */
	onText?: ( delta: string ) => void;
	/** Hears what is known of the tokens so far, also when the call ends badly or is called off. */
	onUsage?: ( usage: TokenUsage ) => void;
};

/** Null, or absent, is "the provider did not say", never zero. */
export type TokenUsage = {
	/** All of them, those from and into a cache included. */
	tokens_in: number | null;
	/** All of them, those thought and not shown included. */
	tokens_out: number | null;
	cached_tokens_in?: number | null;
	cache_write_tokens_in?: number | null;
	reasoning_tokens_out?: number | null;
	/** The provider has told nothing, and this is what our own tokenizer counts. */
	is_estimated?: true;
};

export const unknownUsage: TokenUsage = { tokens_in: null, tokens_out: null };

export type TextResult = TokenUsage & AnswerNames & {
	text: string;
	finish_reason: string;
	/** True when no language model wrote it. */
	sample: boolean;
};

/** Something that writes text. Throws `ProviderError`, or whatever the signal was aborted with. */
export interface TextProvider {
	generate: ( request: TextRequest ) => Promise< TextResult >;
}

export type ProviderErrorCode = Extract< ErrorCode, `provider_${ string }` | 'content_filtered' | 'empty_result' >;

/** Errors that say something about the provider or the model there, and nothing about what was asked. */
const targetCodes: readonly ProviderErrorCode[] = [
	'provider_auth', 'provider_quota', 'provider_busy', 'provider_timeout', 'provider_unavailable', 'provider_bad_response',
];

type Details = {
	/** The same call may succeed later. */
	isRetryable: boolean;
	/** The call may have been charged although it failed. */
	mayBeBilled?: boolean;
	/** Another provider may well do it. Left out, the code decides. */
	mayFailOver?: boolean;
	retryAfterMs?: number | null;
	usage?: TokenUsage;
	cause?: unknown;
};

/** Never carries what the provider wrote: an error body can hold parts of keys and prompts. */
export class ProviderError extends Error {
	override readonly name = 'ProviderError';
	readonly code: ProviderErrorCode;
	readonly isRetryable: boolean;
	readonly mayBeBilled: boolean;
	readonly mayFailOver: boolean;
	readonly retryAfterMs: number | null;
	readonly usage: TokenUsage;

	constructor( code: ProviderErrorCode, details: Details ) {
		super( code, { cause: details.cause } );
		this.code = code;
		this.isRetryable = details.isRetryable;
		this.mayBeBilled = details.mayBeBilled ?? false;
		this.mayFailOver = details.mayFailOver ?? targetCodes.includes( code );
		this.retryAfterMs = details.retryAfterMs ?? null;
		this.usage = details.usage ?? unknownUsage;
	}

	/** The same, with what was told about tokens before the call failed. */
	withUsage( usage: TokenUsage ): ProviderError {
		return this.usage === unknownUsage && usage !== unknownUsage ? new ProviderError( this.code, { ...this, usage } ) : this;
	}
}
