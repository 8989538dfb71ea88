import { describe, expect, it, vi } from 'vitest';
import { createTestSite } from '../../test/test-site.ts';
import type { Site } from '../sites/site.ts';

/** Loaded anew: whether the tokenizer is there is a matter of the process. */
async function isLoadedFor( overrides: Partial< Site >, model: { max_input_tokens?: number } = {} ): Promise< boolean > {
	vi.resetModules();
	const { loadAhead } = await import( './load-ahead.ts' );
	const { isTokenizerLoaded } = await import( '../tokenizer/count-tokens.ts' );
	const { site } = createTestSite( overrides );
	await loadAhead( new Map( [ [ site.tenant, site ] ] ), new Map( [ [ 'm', { id: 'm', route: [] as never, ...model } ] ] ) );
	return isTokenizerLoaded();
}

describe( 'the tokenizer', () => {
	it.each< [ string, Partial< Site >, { max_input_tokens?: number }? ] >( [
		[ 'the API', { api: true } ], [ 'a budget', { budgets: { month: { tokens: 1 } } } ], [ 'a ceiling', { max_input_tokens: 10 } ],
		[ 'a ceiling of a model', {}, { max_input_tokens: 10 } ],
	] )( 'is there before the first request where there is %s', async ( _what, overrides, model ) => {
		expect( await isLoadedFor( overrides, model ) ).toBe( true );
	} );

	it( 'takes no memory where nothing is counted', async () => {
		expect( await isLoadedFor( {} ) ).toBe( false );
	} );
} );
