import type { EmbeddingModelV3, LanguageModelV3, LanguageModelV3CallOptions, SharedV3ProviderOptions } from '@ai-sdk/provider';
import type { ParameterRules } from './chat-parameters.ts';
import type { WireRequest } from './exchange.ts';
import type { TokenUsage } from './text-provider.ts';

export type Fetch = typeof globalThis.fetch;

/** What to post for a chat, in OpenAI's format. */
export type ChatRequests = ( options: LanguageModelV3CallOptions, isStream: boolean ) => Promise< WireRequest >;

/** How a provider's language models are called; made once for each. */
type LanguageModels =
	/** The AI SDK asks, and reads the answer. */
	| { languageModel: ( id: string, fetch: Fetch ) => LanguageModelV3 }
	/** The AI SDK says what to ask; the answer is OpenAI's and read here. */
	| { chatRequests: ( id: string ) => ChatRequests };

/** What is particular to a provider; all the rest of a call is `UpstreamProvider`. */
export type Adapter = LanguageModels & {
	/** Where it is asked; null for the writer within. */
	base_url: string | null;
	/** Null where the provider has no embeddings. */
	embeddingModel: ( ( id: string, fetch: Fetch ) => EmbeddingModelV3 ) | null;
	/** What it makes of parameters that not every provider has. */
	parameters: ParameterRules;
	embeddingOptions: ( dimensions: number ) => SharedV3ProviderOptions;
	/**
	 * Reads what a whole answer, or one event of a stream, says about tokens; absent counts are those it does not mention.
	 * From the raw value: the AI SDK turns a missing count into zero, and a free call is not an unknown one.
	 */
	readUsage: ( raw: unknown ) => Partial< TokenUsage >;
	/** False for a server that can only answer whole. */
	canStream: boolean;
	/** True for the writer that is no language model. */
	isSample: boolean;
};

/** Reads a count of tokens: undefined where there is none that makes sense. */
export function toCount( value: unknown ): number | undefined {
	return typeof value === 'number' && Number.isSafeInteger( value ) && value >= 0 ? value : undefined;
}

/** The parts of `counts` that are known. */
export function knownCounts( counts: { [ Name in keyof TokenUsage ]?: number | undefined } ): Partial< TokenUsage > {
	return Object.fromEntries( Object.entries( counts ).filter( ( [ , count ] ) => count !== undefined ) );
}
