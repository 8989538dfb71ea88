import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Limit, LimitStore } from './limit-store.ts';

const NOW = Date.parse( '2026-03-01T09:30:00Z' );
const MINUTE = 60_000;
const sixty: Limit = { key: 'shop:1', name: 'site-60s', requests: 60, window_ms: MINUTE };

export type OpenLimitStores = ( now: () => number ) => Promise< [ LimitStore, LimitStore ] >;

/** `open` answers two views of one empty store, as two processes have them. */
export function describeLimitStore( engine: string, open: OpenLimitStores ): void {
	describe( `limits in ${ engine }`, () => {
		let stores: [ LimitStore, LimitStore ];
		let clock: number;

		beforeEach( async () => {
			stores = await open( () => clock );
		} );

		const take = ( limits: Limit | Limit[], now: number, store = 0 ) => {
			clock = now;
			return ( stores[ store ] as LimitStore ).take( [ limits ].flat() );
		};

		it( 'lets 60 of 200 requests through across the edge of a minute, asked by two processes at the same time', async () => {
			const edge = Math.floor( NOW / MINUTE ) * MINUTE + MINUTE;
			const answers = await Promise.all( Array.from( { length: 200 }, ( _, index ) => take( sixty, edge - 1_000 + 10 * index, index % 2 ) ) );
			expect( answers.filter( ( { allowed } ) => allowed ) ).toHaveLength( 60 );
		} );

		it( 'says how many are left, when the window opens, and when to come again', async () => {
			const two = { ...sixty, requests: 2 };
			expect( await take( two, NOW ) ).toMatchObject( { allowed: true, retry_after_ms: 0, states: [ { remaining: 1, opens_in_ms: MINUTE } ] } );
			expect( await take( two, NOW + 20_000 ) ).toMatchObject( { allowed: true, states: [ { remaining: 0, opens_in_ms: 40_000 } ] } );
			const refused = { allowed: false, retry_after_ms: 30_000, states: [ { remaining: 0, opens_in_ms: 30_000 } ] };
			expect( await take( two, NOW + 30_000 ) ).toMatchObject( refused );
			expect( await take( two, NOW + MINUTE ) ).toMatchObject( { allowed: true, states: [ { remaining: 0, opens_in_ms: 20_000 } ] } );
		} );

		it( 'counts only what it lets through, so that whoever keeps asking is served in the end', async () => {
			const one = { ...sixty, requests: 1 };
			await take( one, NOW );
			for ( let second = 1; second < 60; second++ ) {
				expect( ( await take( one, NOW + second * 1_000 ) ).allowed ).toBe( false );
			}
			expect( ( await take( one, NOW + MINUTE ) ).allowed ).toBe( true );
		} );

		it( 'counts by all limits or by none', async () => {
			const site = { ...sixty, requests: 3 };
			const key: Limit = { key: 'shop:1 key', name: 'key-60s', requests: 1, window_ms: MINUTE };
			expect( ( await take( [ site, key ], NOW ) ).allowed ).toBe( true );
			const refused = { allowed: false, retry_after_ms: MINUTE - 1, states: [ { remaining: 2 }, { remaining: 0 } ] };
			expect( await take( [ site, key ], NOW + 1 ) ).toMatchObject( refused );
			expect( await take( site, NOW + 2 ) ).toMatchObject( { allowed: true, states: [ { remaining: 1 } ] } );
		} );

		it( 'keeps tenants apart', async () => {
			const one = { ...sixty, requests: 1 };
			await take( one, NOW );
			expect( ( await take( { ...one, key: 'shop:2' }, NOW ) ).allowed ).toBe( true );
			expect( ( await take( one, NOW ) ).allowed ).toBe( false );
		} );

		it( 'waits for enough to leave where a limit was lowered', async () => {
			await take( sixty, NOW );
			await take( sixty, NOW + 10_000 );
			await take( sixty, NOW + 20_000 );
			expect( await take( { ...sixty, requests: 1 }, NOW + 30_000 ) ).toMatchObject( { allowed: false, retry_after_ms: 50_000 } );
		} );

		it( 'does not open a window when the clock is set back', async () => {
			const one = { ...sixty, requests: 1 };
			await take( one, NOW );
			expect( ( await take( one, NOW - 10 * MINUTE ) ).allowed ).toBe( false );
			expect( ( await take( one, NOW + MINUTE - 1 ) ).allowed ).toBe( false );
		} );

		it( 'never lets more through in any span than the limit, and never less than it could', async () => {
			const arrival = fc.record( { after: fc.integer( { min: 0, max: 400 } ), process: fc.constantFrom( 0, 1 ) } );
			const arrivals = fc.array( arrival, { minLength: 1, maxLength: 60 } );
			let round = 0;
			await fc.assert( fc.asyncProperty( arrivals, fc.integer( { min: 1, max: 8 } ), async ( asked, requests ) => {
				const limit: Limit = { key: `round ${ round++ }`, name: 'p', requests, window_ms: 1_000 };
				let time = NOW;
				const passed: number[] = [];
				for ( const { after, process } of asked ) {
					time += after;
					const { allowed } = await take( limit, time, process );
					expect( allowed ).toBe( passed.filter( ( at ) => at > time - 1_000 ).length < requests );
					if ( allowed ) {
						passed.push( time );
					}
				}
			} ), { numRuns: 60 } );
		} );
	} );
}
