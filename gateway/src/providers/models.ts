import type { Gate } from './gate.ts';
import type { Provider } from './provider.ts';
import type { Route } from './route.ts';
import type { TokenUsage } from './text-provider.ts';

export type Prices = {
	input_micros_per_million_tokens: number;
	output_micros_per_million_tokens: number;
	/** Left out: cached tokens cost as much as others. */
	cached_input_micros_per_million_tokens?: number | undefined;
};

/** A model at a provider: where a call may go. */
export type Target = {
	provider_name: string;
	upstream_model: string;
	/** Null: nobody has told, so that costs are unknown, and not zero. */
	prices: Prices | null;
	provider: Provider;
	/** What keeps calls away while it is out of order or has enough to do. */
	gate: Gate;
};

/** A model that sites may ask for, and who runs it: the first target, and the others when those before it cannot. */
export type Model = { id: string; route: Route };

export type Models = ReadonlyMap< string, Model >;

const MILLION = 1_000_000;

/** Price of a call in millionths of a US dollar, rounded; null where the price or the usage is unknown. */
export function costMicros( prices: Prices | null, { tokens_in, tokens_out, cached_tokens_in }: TokenUsage ): number | null {
	if ( prices === null || tokens_in === null || tokens_out === null ) {
		return null;
	}
	const { input_micros_per_million_tokens: input, cached_input_micros_per_million_tokens: cached = input, output_micros_per_million_tokens: output } = prices;
	const fromCache = Math.min( tokens_in, cached_tokens_in ?? 0 );
	return Math.round( ( ( tokens_in - fromCache ) * input + fromCache * cached + tokens_out * output ) / MILLION );
}
