import type { ServerAddress } from '../observability/gen-ai.ts';
import type { Gate } from './gate.ts';
import type { KnownPrices } from './prices.ts';
import type { Provider } from './provider.ts';
import type { Route } from './route.ts';
import type { TokenUsage } from './text-provider.ts';

export type Prices = {
	input_micros_per_million_tokens: number;
	output_micros_per_million_tokens: number;
	/** Left out: what comes from a cache or goes into one costs as much as other input. */
	cached_input_micros_per_million_tokens?: number;
	cache_write_micros_per_million_tokens?: number;
};

/** A model at a provider: where a call may go. */
export type Target = KnownPrices & {
	provider_name: string;
	/** What OpenTelemetry's GenAI conventions call the provider. */
	gen_ai_provider: string;
	/** Where it is asked; null for the writer within. */
	server: ServerAddress | null;
	upstream_model: string;
	provider: Provider;
	/** What keeps calls away while it is out of order or has enough to do. */
	gate: Gate;
};

/** A model that sites may ask for, and who runs it: the first target, and the others when those before it cannot. */
export type Model = { id: string; route: Route; max_input_tokens?: number | undefined; max_output_tokens?: number | undefined };

export type Models = ReadonlyMap< string, Model >;

const MILLION = 1_000_000;

/** Price of a call in millionths of a US dollar, rounded; null where the price or the usage is unknown. */
export function costMicros( prices: Prices | null, usage: TokenUsage ): number | null {
	const { tokens_in, tokens_out, cached_tokens_in, cache_write_tokens_in } = usage;
	if ( prices === null || tokens_in === null || tokens_out === null ) {
		return null;
	}
	const { input_micros_per_million_tokens: input, output_micros_per_million_tokens: output } = prices;
	const { cached_input_micros_per_million_tokens: cachedInput = input, cache_write_micros_per_million_tokens: cacheWrite = input } = prices;
	const cached = Math.min( tokens_in, cached_tokens_in ?? 0 );
	const written = Math.min( tokens_in - cached, cache_write_tokens_in ?? 0 );
	return Math.round( ( ( tokens_in - cached - written ) * input + cached * cachedInput + written * cacheWrite + tokens_out * output ) / MILLION );
}
