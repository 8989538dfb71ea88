import type { ErrorCode, Message } from '@draftkeeper/contract';

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
};

/** Null is "the provider did not say", never zero. */
export type TokenUsage = { tokens_in: number | null; tokens_out: number | null };

export type TextResult = TokenUsage & {
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

type Details = {
	isRetryable: boolean;
	/** The call may have been charged although it failed. */
	mayBeBilled?: boolean;
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
	readonly retryAfterMs: number | null;
	readonly usage: TokenUsage;

	constructor( code: ProviderErrorCode, details: Details ) {
		super( code, { cause: details.cause } );
		this.code = code;
		this.isRetryable = details.isRetryable;
		this.mayBeBilled = details.mayBeBilled ?? false;
		this.retryAfterMs = details.retryAfterMs ?? null;
		this.usage = details.usage ?? { tokens_in: null, tokens_out: null };
	}
}
