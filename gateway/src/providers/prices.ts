import type { Prices } from './models.ts';
import type { ProviderSettings, TargetConfig } from './provider-config.ts';

/** The day on which the list prices below were looked up. */
export const LIST_PRICES_AS_OF = '2026-11-25';

const listPrices: Partial< Record< ProviderSettings[ 'kind' ], Record< string, Prices > > > = {};

/** What a call costs: as configured, else as listed, else null. */
export function pricesFor( kind: ProviderSettings[ 'kind' ], target: TargetConfig ): Prices | null {
	const { input_micros_per_million_tokens, output_micros_per_million_tokens, cached_input_micros_per_million_tokens, upstream_model } = target;
	if ( input_micros_per_million_tokens !== undefined && output_micros_per_million_tokens !== undefined ) {
		return { input_micros_per_million_tokens, output_micros_per_million_tokens, cached_input_micros_per_million_tokens };
	}
	return listPrices[ kind ]?.[ upstream_model ] ?? null;
}
