import type {
	LanguageModelV3CallOptions, LanguageModelV3Content, LanguageModelV3FinishReason, LanguageModelV3StreamPart,
} from '@ai-sdk/provider';
import type { AnswerNames } from './answer-names.ts';
import type { ChatParameters } from './chat-parameters.ts';
import type { TextProvider, TokenUsage } from './text-provider.ts';

/** What the AI SDK's models are asked. */
export type ModelOptions = Omit< LanguageModelV3CallOptions, 'abortSignal' | 'headers' | 'includeRawChunks' >;

/** What a model can be asked: messages with images and tools, tools, answer format, sampling. */
export type CallOptions = Omit< ModelOptions, 'providerOptions' | 'seed' | 'presencePenalty' | 'frequencyPenalty' > & {
	/** What not every provider can do. */
	parameters?: ChatParameters;
};

/** What a reader of a streamed answer gets to see; how it ended is in the `ModelAnswer`. */
export type AnswerPart = Exclude< LanguageModelV3StreamPart, { type: 'raw' | 'error' | 'finish' | 'stream-start' | 'response-metadata' } >;

export type ModelRequest = {
	/** The provider's own name of the model. */
	model: string;
	options: CallOptions;
	/** For a job: only the sample writer varies by it, and refuses one without facts. */
	seed?: string;
	/** Aborted when nobody wants the answer any more. */
	signal: AbortSignal;
	/** Where the call stands in a trace, as the header of this name says it. */
	traceparent?: string;
	/** Hears the answer as it is written, and holds the provider up while its promise is pending. Absent: the answer comes whole. */
	onPart?: ( part: AnswerPart ) => void | Promise< void >;
	/** Hears what is known of the tokens so far, also when the call ends badly or is called off. */
	onUsage?: ( usage: TokenUsage ) => void;
};

export type ModelAnswer = AnswerNames & {
	/** Texts, reasoning, tool calls, files: joined, in order. May be empty. */
	content: LanguageModelV3Content[];
	finish_reason: LanguageModelV3FinishReason[ 'unified' ];
	usage: TokenUsage;
	/** True when no language model wrote it. */
	sample: boolean;
};

export type EmbeddingRequest = {
	/** The provider's own name of the model. */
	model: string;
	values: string[];
	/** Length of the vectors, where the model offers a choice. */
	dimensions?: number;
	signal: AbortSignal;
	traceparent?: string;
};

export type EmbeddingAnswer = { embeddings: number[][]; usage: TokenUsage };

/** A configured provider. Throws `ProviderError`, or whatever the signal was aborted with. */
export interface Provider extends TextProvider {
	/** The first parameter for which the model has no counterpart; null where it can do all that is asked. */
	missing: ( model: string, options: CallOptions ) => keyof ChatParameters | null;
	/** One call to a language model, whole or streamed. */
	call: ( request: ModelRequest ) => Promise< ModelAnswer >;
	/** Vectors in the order of the values. */
	embed: ( request: EmbeddingRequest ) => Promise< EmbeddingAnswer >;
}
