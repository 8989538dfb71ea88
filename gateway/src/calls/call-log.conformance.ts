import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ApiCall, CallLog } from './call-log.ts';

export const NOW = Date.parse( '2026-03-01T09:30:00Z' );
const DAY_MS = 86_400_000;

export function newCall( overrides: Partial< ApiCall > = {} ): ApiCall {
	return {
		tenant: 'shop:1', key_id: 'k1', request_id: randomUUID(), route: 'chat', provider: 'local', model: 'gpt', status: 'succeeded', error_code: null,
		tokens_in: 10, tokens_out: 5, cost_micros: 100, is_estimated: false, provider_ms: 900, at: NOW, ...overrides,
	};
}

/** What every `CallLog` does. `open` answers two views of one store, as two processes have them. */
export function describeCallLog( open: () => [ CallLog, CallLog ] ): void {
	describe( 'the books of the API', () => {
		it( 'sum up by site, key and model, the costliest first; what is unknown adds nothing', async () => {
			const [ one, two ] = open();
			one.add( newCall() );
			two.add( newCall( { tokens_out: null, cost_micros: null, status: 'failed', error_code: 'provider_timeout' } ) );
			one.add( newCall( { key_id: null, cost_micros: 1 } ) );
			one.add( newCall( { model: 'other', cost_micros: 500, is_estimated: true } ) );
			one.add( newCall( { tenant: 'blog:1', cost_micros: 9_999 } ) );
			await two.flush();
			const sums = { calls: 1, failed: 0, tokens_in: 10, tokens_out: 5, estimated: 0 };
			expect( await one.totals( 'shop:1', NOW ) ).toEqual( [
				{ ...sums, tenant: 'shop:1', key_id: 'k1', model: 'other', cost_micros: 500, estimated: 1 },
				{ ...sums, tenant: 'shop:1', key_id: 'k1', model: 'gpt', calls: 2, failed: 1, tokens_in: 20, cost_micros: 100 },
				{ ...sums, tenant: 'shop:1', key_id: null, model: 'gpt', cost_micros: 1 },
			] );
			expect( await two.totals( null, NOW ) ).toHaveLength( 4 );
		} );

		it( 'count from a time on', async () => {
			const [ log ] = open();
			log.add( newCall( { at: NOW - 3 * DAY_MS } ) );
			log.add( newCall( { at: NOW - 1 } ) );
			log.add( newCall( { at: NOW } ) );
			expect( ( await log.totals( null, NOW ) )[ 0 ]?.calls ).toBe( 1 );
			expect( ( await log.totals( null, NOW - 4 * DAY_MS ) )[ 0 ]?.calls ).toBe( 3 );
		} );

		it( 'are written soon, also without being asked, and forget what is old', async () => {
			const [ log, other ] = open();
			for ( let calls = 0; calls < 250; calls++ ) {
				log.add( newCall( { at: NOW - 2 * DAY_MS } ) );
			}
			await log.flush();
			expect( ( await other.totals( null, 0 ) )[ 0 ]?.calls ).toBe( 250 );
			await log.purge( NOW - DAY_MS );
			expect( await other.totals( null, 0 ) ).toEqual( [] );
		} );
	} );
}
