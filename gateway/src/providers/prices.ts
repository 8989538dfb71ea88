import type { Prices } from './models.ts';
import type { ProviderSettings, TargetConfig } from './provider-config.ts';

/** The day for which the list prices below are known. What the configuration says wins over them. */
export const LIST_PRICES_AS_OF = '2026-10-24';

/**
 * US dollars per million tokens, as the providers' price pages have them: input, input from a cache, output.
 * Standard service, text. Where a price depends on the length of the prompt it is the one for short prompts: what fits
 * into a request of the gateway (256 kB) is one. Models whose price is not certain are left out: their costs are unknown.
 */
const dollars: Partial< Record< ProviderSettings[ 'kind' ], Record< string, readonly [ input: number, cached: number, output: number ] > > > = {
	sample: { sample: [ 0, 0, 0 ] },
	openai: {
		'gpt-5.5': [ 5, 0.5, 30 ],
		'gpt-5.4': [ 2.5, 0.25, 15 ],
		'gpt-5.4-mini': [ 0.75, 0.075, 4.5 ],
		'gpt-5.4-nano': [ 0.2, 0.02, 1.25 ],
		'gpt-5.2': [ 1.75, 0.175, 14 ],
		'gpt-5.1': [ 1.25, 0.125, 10 ],
		'gpt-5': [ 1.25, 0.125, 10 ],
		'gpt-5-mini': [ 0.25, 0.025, 2 ],
		'gpt-5-nano': [ 0.05, 0.005, 0.4 ],
		'gpt-4.1': [ 2, 0.5, 8 ],
		'gpt-4.1-mini': [ 0.4, 0.1, 1.6 ],
		'gpt-4.1-nano': [ 0.1, 0.025, 0.4 ],
		'gpt-4o': [ 2.5, 1.25, 10 ],
		'gpt-4o-mini': [ 0.15, 0.075, 0.6 ],
		'text-embedding-3-small': [ 0.02, 0.02, 0 ],
		'text-embedding-3-large': [ 0.13, 0.13, 0 ],
	},
	anthropic: {
		'claude-opus-5-5': [ 4, 0.2, 20 ],
		'claude-opus-5': [ 5, 0.5, 25 ],
		'claude-opus-4-8': [ 5, 0.5, 25 ],
		'claude-opus-4-7': [ 5, 0.5, 25 ],
		'claude-opus-4-6': [ 5, 0.5, 25 ],
		'claude-opus-4-5': [ 5, 0.5, 25 ],
		'claude-sonnet-5-5': [ 2, 0.1, 10 ],
		'claude-sonnet-5': [ 2, 0.2, 10 ],
		'claude-sonnet-4-6': [ 3, 0.3, 15 ],
		'claude-sonnet-4-5': [ 3, 0.3, 15 ],
		'claude-haiku-5-5': [ 0.1, 0.01, 0.5 ],
		'claude-haiku-4-5': [ 1, 0.1, 5 ],
	},
	google: {
		'gemini-3.5-flash': [ 1.5, 0.15, 9 ],
		'gemini-2.5-pro': [ 1.25, 0.125, 10 ],
		'gemini-2.5-flash': [ 0.3, 0.03, 2.5 ],
		'gemini-2.5-flash-lite': [ 0.1, 0.01, 0.4 ],
	},
};

/** Anthropic charges a quarter more for what goes into a cache, for five minutes. */
const CACHE_WRITE_FACTOR: Partial< Record< ProviderSettings[ 'kind' ], number > > = { anthropic: 1.25 };

const MICROS = 1_000_000;

export type KnownPrices = {
	/** Null: nobody has told, so that costs are unknown, and not zero. */
	prices: Prices | null;
	/** The day of a list price; null for one of the configuration. */
	prices_as_of: string | null;
};

/** What a call costs: as configured, else as listed. */
export function pricesFor( kind: ProviderSettings[ 'kind' ], target: TargetConfig ): KnownPrices {
	const { input_micros_per_million_tokens: input, output_micros_per_million_tokens: output } = target;
	if ( input !== undefined && output !== undefined ) {
		return {
			prices: {
				input_micros_per_million_tokens: input,
				output_micros_per_million_tokens: output,
				cached_input_micros_per_million_tokens: target.cached_input_micros_per_million_tokens ?? input,
				cache_write_micros_per_million_tokens: Math.round( input * ( CACHE_WRITE_FACTOR[ kind ] ?? 1 ) ),
			},
			prices_as_of: null,
		};
	}
	const list = dollars[ kind ] ?? {};
	const model = withoutDate( target.upstream_model );
	const listed = Object.hasOwn( list, model ) ? list[ model ] : undefined;
	return listed === undefined ? { prices: null, prices_as_of: null } : { prices: fromDollars( kind, listed ), prices_as_of: LIST_PRICES_AS_OF };
}

/** A model's snapshot costs what the model costs: `gpt-4.1-mini-2025-04-14`, `claude-haiku-4-5-20251001`. */
function withoutDate( model: string ): string {
	return model.replace( /-20[0-9]{2}-?[0-9]{2}-?[0-9]{2}$/, '' );
}

function fromDollars( kind: ProviderSettings[ 'kind' ], [ input, cached, output ]: readonly [ number, number, number ] ): Prices {
	return {
		input_micros_per_million_tokens: Math.round( input * MICROS ),
		output_micros_per_million_tokens: Math.round( output * MICROS ),
		cached_input_micros_per_million_tokens: Math.round( cached * MICROS ),
		cache_write_micros_per_million_tokens: Math.round( input * MICROS * ( CACHE_WRITE_FACTOR[ kind ] ?? 1 ) ),
	};
}
