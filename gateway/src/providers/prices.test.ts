import { describe, expect, it } from 'vitest';
import { costMicros } from './models.ts';
import { LIST_PRICES_AS_OF, pricesFor } from './prices.ts';

const target = ( upstream_model: string, prices: object = {} ) => ( { provider: 'p', upstream_model, ...prices } );

describe( 'prices', () => {
	it( 'are listed with their day, and hold for a model’s snapshots too', () => {
		const haiku = pricesFor( 'anthropic', target( 'claude-haiku-4-5' ) );
		expect( haiku ).toEqual( {
			prices: {
				input_micros_per_million_tokens: 1_000_000, output_micros_per_million_tokens: 5_000_000,
				cached_input_micros_per_million_tokens: 100_000, cache_write_micros_per_million_tokens: 1_250_000,
			},
			prices_as_of: LIST_PRICES_AS_OF,
		} );
		expect( pricesFor( 'anthropic', target( 'claude-haiku-4-5-20251001' ) ) ).toEqual( haiku );
		expect( pricesFor( 'openai', target( 'gpt-4.1-mini-2025-04-14' ) ).prices ).toMatchObject( { cached_input_micros_per_million_tokens: 100_000 } );
	} );

	it( 'of the configuration win', () => {
		const own = { input_micros_per_million_tokens: 7, output_micros_per_million_tokens: 9 };
		expect( pricesFor( 'openai', target( 'gpt-4.1-mini', own ) ) ).toMatchObject( { prices: { ...own, cached_input_micros_per_million_tokens: 7 }, prices_as_of: null } );
		expect( pricesFor( 'openai', target( 'gpt-4.1-mini', { ...own, cached_input_micros_per_million_tokens: 0 } ) ).prices?.cached_input_micros_per_million_tokens ).toBe( 0 );
	} );

	it( 'are unknown, and not zero, for a model that nobody has told about', () => {
		for ( const known of [ pricesFor( 'openai', target( 'gpt-99' ) ), pricesFor( 'openai-compatible', target( 'gpt-4.1-mini' ) ), pricesFor( 'google', target( 'constructor' ) ) ] ) {
			expect( known ).toEqual( { prices: null, prices_as_of: null } );
			expect( costMicros( known.prices, { tokens_in: 1_000, tokens_out: 1_000 } ) ).toBeNull();
		}
	} );
} );

describe( 'the cost of a call', () => {
	const { prices } = pricesFor( 'anthropic', target( 'claude-haiku-4-5' ) );

	it( 'counts each token once, at the price of where it came from', () => {
		const usage = { tokens_in: 1_000, tokens_out: 100, cached_tokens_in: 600, cache_write_tokens_in: 200 };
		// 200 × 1 $ + 600 × 0.10 $ + 200 × 1.25 $ + 100 × 5 $, per million.
		expect( costMicros( prices, usage ) ).toBe( 200 + 60 + 250 + 500 );
		expect( costMicros( prices, { tokens_in: 1_000, tokens_out: 100 } ) ).toBe( 1_500 );
	} );

	it( 'is never negative where a provider tells more cached tokens than tokens', () => {
		expect( costMicros( prices, { tokens_in: 10, tokens_out: 0, cached_tokens_in: 1_000_000 } ) ).toBe( 1 );
	} );

	it( 'is unknown where a count is', () => {
		expect( costMicros( prices, { tokens_in: null, tokens_out: 5 } ) ).toBeNull();
		expect( costMicros( prices, { tokens_in: 5, tokens_out: null } ) ).toBeNull();
	} );
} );
