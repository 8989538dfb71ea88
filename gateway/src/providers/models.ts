import type { TextProvider, TokenUsage } from './text-provider.ts';

export type Prices = { input_micros_per_million_tokens: number; output_micros_per_million_tokens: number };

/** A model that sites may ask for, and who runs it. */
export type Model = Prices & { id: string; provider_name: string; upstream_model: string; provider: TextProvider };

export type Models = ReadonlyMap< string, Model >;

const MILLION = 1_000_000;

/** Price of a call in millionths of a US dollar, rounded; null where the provider did not report its usage. */
export function costMicros( prices: Prices, { tokens_in, tokens_out }: TokenUsage ): number | null {
	if ( tokens_in === null || tokens_out === null ) {
		return null;
	}
	return Math.round(
		( tokens_in * prices.input_micros_per_million_tokens + tokens_out * prices.output_micros_per_million_tokens ) / MILLION
	);
}
