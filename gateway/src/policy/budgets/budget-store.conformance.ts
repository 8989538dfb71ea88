import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { BudgetStore, Counter, Hold, NewHold } from './budget-store.ts';

const NOW = Date.parse( '2026-03-01T09:30:00Z' );
const nothing = { requests: 0, tokens: 0, micros: 0 };
const month = ( bounds: Counter[ 'bounds' ], scope = 'shop:1' ): Counter => ( { scope, period: '2026-03', bounds } );

/** `open` answers two views of one empty store, as two processes have them. */
export function describeBudgetStore( engine: string, open: () => Promise< [ BudgetStore, BudgetStore ] > ): void {
	describe( `budgets in ${ engine }`, () => {
		let store: BudgetStore;
		let other: BudgetStore;

		beforeEach( async () => {
			[ store, other ] = await open();
		} );

		const hold = ( overrides: Partial< NewHold > = {} ): NewHold => ( {
			tenant: 'shop:1', id: randomUUID(), kind: 'job', tokens: 100, micros: 50, counters: [ month( {} ) ], now: NOW, ...overrides,
		} );
		const state = () => store.read( 'shop:1', '2026-03' );

		it( 'admit 10 of 100 that come at the same time where there is room for 10', async () => {
			for ( const bounds of [ { requests: 10 }, { tokens: 1_000 }, { micros: 500 } ] ) {
				const scope = `shop:1 ${ Object.keys( bounds )[ 0 ] }`;
				const ask = ( by: BudgetStore ) => by.reserve( hold( { counters: [ month( bounds, scope ) ] } ) );
				const answers = await Promise.all( Array.from( { length: 100 }, ( _, index ) => ask( index % 2 === 0 ? store : other ) ) );
				expect( answers.filter( ( { kind } ) => kind === 'reserved' ) ).toHaveLength( 10 );
				expect( answers.filter( ( { kind } ) => kind === 'exhausted' ) ).toHaveLength( 90 );
			}
		} );

		it( 'say which of them has no room, and of what', async () => {
			const counters = [ month( { tokens: 1_000 } ), { scope: 'shop:1', period: '2026-03-01', bounds: { requests: 5, micros: 40 } } ];
			expect( await store.reserve( hold( { counters } ) ) ).toEqual( { kind: 'exhausted', counter: counters[ 1 ], what: 'micros' } );
			expect( await state() ).toEqual( { used: nothing, reserved: nothing } );
		} );

		it( 'hold once for one id, however often it comes', async () => {
			const one = hold( { counters: [ month( { requests: 1 } ) ] } );
			expect( await store.reserve( one ) ).toEqual( { kind: 'reserved' } );
			expect( await other.reserve( one ) ).toEqual( { kind: 'known' } );
			await store.release( one, NOW );
			expect( ( await state() ).reserved ).toEqual( nothing );
		} );

		it( 'are not taken for those of a dead process while one call follows the other', async () => {
			const counters = [ month( { requests: 100_000, tokens: 1_000_000_000 } ) ];
			const MINUTE_MS = 60_000;
			let under = hold( { kind: 'call', counters } );
			await store.reserve( under );
			for ( let now = NOW + MINUTE_MS; now <= NOW + 20 * MINUTE_MS; now += MINUTE_MS ) {
				const next = hold( { kind: 'call', counters, now } );
				await store.reserve( next );
				await store.settle( under, 1, { tokens: 10, micros: 0 } );
				await store.release( under, now );
				under = next;
			}
			expect( await state() ).toMatchObject( { used: { requests: 20, tokens: 200 }, reserved: { requests: 1, tokens: 100 } } );
			expect( await store.open( NOW + 15 * MINUTE_MS, 10 ) ).toEqual( [] );
		} );

		it( 'hold again what was let go unused, and not what was used', async () => {
			const one = hold();
			await store.reserve( one );
			await store.release( one, NOW );
			expect( await other.reserve( { ...one, tokens: 60 } ) ).toEqual( { kind: 'reserved' } );
			expect( ( await state() ).reserved ).toEqual( { requests: 1, tokens: 60, micros: 50 } );
			await store.settle( one, 1, { tokens: 7, micros: 3 } );
			await store.release( one, NOW );
			expect( await other.reserve( one ) ).toEqual( { kind: 'known' } );
			expect( await state() ).toEqual( { used: { requests: 1, tokens: 7, micros: 3 }, reserved: nothing } );
		} );

		it( 'let go what was held and keep what was used, each once', async () => {
			const one = hold();
			await store.reserve( one );
			expect( await state() ).toEqual( { used: nothing, reserved: { requests: 1, tokens: 100, micros: 50 } } );
			await store.settle( one, 1, { tokens: 70, micros: 30 } );
			await other.settle( one, 1, { tokens: 70, micros: 30 } );
			await store.settle( one, 2, { tokens: 10, micros: 5 } );
			await store.release( one, NOW );
			await other.release( one, NOW );
			expect( await state() ).toEqual( { used: { requests: 1, tokens: 80, micros: 35 }, reserved: nothing } );
		} );

		it( 'give back the request of what was never begun', async () => {
			const one = hold();
			await store.reserve( one );
			await store.release( one, NOW );
			expect( await state() ).toEqual( { used: nothing, reserved: nothing } );
		} );

		it( 'count what comes after the release, a text of a worker that was thought dead for example', async () => {
			const one = hold();
			await store.reserve( one );
			await store.release( one, NOW );
			await store.settle( one, 1, { tokens: 70, micros: 30 } );
			await store.settle( one, 2, { tokens: 1, micros: 1 } );
			expect( await state() ).toEqual( { used: { requests: 1, tokens: 71, micros: 31 }, reserved: nothing } );
		} );

		it( 'count into the periods of the reservation, and leave alone what was never held', async () => {
			await store.settle( hold(), 1, { tokens: 70, micros: 30 } );
			await store.release( hold(), NOW );
			expect( await state() ).toEqual( { used: nothing, reserved: nothing } );
			const one = hold( { counters: [ month( {} ), { scope: 'shop:1', period: '2026-03-01', bounds: {} }, month( {}, 'shop:1 key a' ) ] } );
			await store.reserve( one );
			await store.settle( one, 1, { tokens: 7, micros: 3 } );
			for ( const [ scope, period ] of [ [ 'shop:1', '2026-03' ], [ 'shop:1', '2026-03-01' ], [ 'shop:1 key a', '2026-03' ] ] as const ) {
				expect( ( await store.read( scope, period ) ).used ).toMatchObject( { tokens: 7, micros: 3 } );
			}
		} );

		it( 'list what is held since before, the oldest first', async () => {
			const late = hold( { now: NOW + 10 } );
			const early = hold( { now: NOW } );
			const gone = hold( { now: NOW + 5 } );
			for ( const each of [ late, early, gone ] ) {
				await store.reserve( each );
			}
			await store.release( gone, NOW + 6 );
			const { tenant, id, kind, tokens, micros } = early;
			expect( await other.open( NOW + 10, 10 ) ).toEqual( [ { tenant, id, kind, tokens, micros, created_at: NOW } ] );
			expect( ( await store.open( NOW + 11, 10 ) ).map( ( each ) => each.id ) ).toEqual( [ early.id, late.id ] );
			expect( await store.open( NOW + 11, 1 ) ).toHaveLength( 1 );
		} );

		it( 'admit as many calls at the same time as there is room for, and count each once', async () => {
			for ( const bounds of [ { requests: 10 }, { tokens: 1_000 }, { micros: 500 } ] ) {
				const scope = `shop:1 calls ${ Object.keys( bounds )[ 0 ] }`;
				const calls = Array.from( { length: 100 }, () => hold( { kind: 'call', counters: [ month( bounds, scope ) ] } ) );
				const by = ( index: number ) => ( index % 2 === 0 ? store : other );
				const answers = await Promise.all( calls.map( ( call, index ) => by( index ).reserve( call ) ) );
				expect( answers.filter( ( { kind } ) => kind === 'reserved' ) ).toHaveLength( 10 );
				await Promise.all( calls.map( async ( call, index ) => {
					if ( answers[ index ]?.kind === 'reserved' ) {
						await by( index ).settle( call, 1, { tokens: 7, micros: 3 } );
						await by( index ).release( call, NOW );
					}
				} ) );
				await expect.poll( () => other.read( scope, '2026-03' ) ).toEqual( { used: { requests: 10, tokens: 70, micros: 30 }, reserved: nothing } );
			}
		} );

		it( 'never use more for calls than there is, however many come, and have room for another process', async () => {
			const counters = [ month( { tokens: 100_000 } ) ];
			let used = 0;
			for ( let round = 0; round < 40; round++ ) {
				const calls = Array.from( { length: 16 }, () => hold( { kind: 'call', counters } ) );
				const answers = await Promise.all( calls.map( ( call ) => store.reserve( call ) ) );
				expect( ( await other.reserve( hold( { kind: 'call', counters, tokens: 300 } ) ) ).kind ).toBe( 'reserved' );
				await Promise.all( calls.flatMap( ( call, index ) => ( answers[ index ]?.kind === 'reserved' ? [ store.settle( call, 1, { tokens: 60, micros: 0 } ), store.release( call, NOW ) ] : [] ) ) );
				used += 60 * answers.filter( ( { kind } ) => kind === 'reserved' ).length;
			}
			const now = await store.read( 'shop:1', '2026-03' );
			expect( now.used.tokens ).toBe( used );
			expect( used + 40 * 300 ).toBeLessThanOrEqual( 100_000 );
			expect( used ).toBe( 40 * 16 * 60 );
		} );

		it( 'tell of the calls of a process that has died, and count them for no less than they held', async () => {
			const call = hold( { kind: 'call', counters: [ month( { tokens: 1_000 } ) ] } );
			await store.reserve( call );
			const [ left ] = await other.open( NOW + 1, 10 );
			expect( left ).toMatchObject( { kind: 'call', tenant: 'shop:1' } );
			await other.settle( left as Hold, 1, left as Hold );
			await other.release( left as Hold, NOW );
			const { used, reserved } = await other.read( 'shop:1', '2026-03' );
			expect( [ used.tokens >= 100, used.requests >= 1, reserved ] ).toEqual( [ true, true, nothing ] );
		} );

		it( 'forget what was released long ago, and nothing that is still held', async () => {
			const old = hold();
			const held = hold( { counters: [ month( {}, 'held' ) ] } );
			await store.reserve( old );
			await store.reserve( held );
			await store.settle( old, 1, { tokens: 7, micros: 3 } );
			await store.release( old, NOW + 1 );
			await store.purge( NOW + 1 );
			expect( ( await store.reserve( old ) ).kind ).toBe( 'known' );
			await store.purge( NOW + 2 );
			expect( await state() ).toEqual( { used: nothing, reserved: nothing } );
			expect( ( await store.reserve( old ) ).kind ).toBe( 'reserved' );
			expect( ( await store.read( 'held', '2026-03' ) ).reserved.requests ).toBe( 1 );
		} );

		it( 'hold nothing at rest and never use more than they have, whatever happens in whatever order', async () => {
			const what = fc.constantFrom( 'reserve', 'settle 1', 'settle 2', 'release' );
			const step = fc.record( { job: fc.integer( { min: 0, max: 7 } ), what, tokens: fc.integer( { min: 0, max: 100 } ) } );
			let round = 0;
			await fc.assert( fc.asyncProperty( fc.array( step, { maxLength: 60 } ), async ( steps ) => {
				const scope = `round ${ round++ }`;
				const holds = Array.from( { length: 8 }, () => hold( { counters: [ month( { tokens: 300 }, scope ) ] } ) );
				const settled = new Map< string, number >();
				const admitted = new Set< NewHold >();
				for ( const { job, what: does, tokens } of steps ) {
					const one = holds[ job ] as NewHold;
					if ( does === 'reserve' ) {
						if ( ( await store.reserve( one ) ).kind === 'reserved' ) {
							admitted.add( one );
						}
					} else if ( does === 'release' ) {
						await store.release( one, NOW );
					} else {
						await other.settle( one, Number( does.at( -1 ) ), { tokens, micros: 0 } );
						if ( admitted.has( one ) && ! settled.has( `${ job } ${ does }` ) ) {
							settled.set( `${ job } ${ does }`, tokens );
						}
					}
				}
				await Promise.all( holds.map( ( one ) => store.release( one, NOW ) ) );
				const { used, reserved } = await store.read( scope, '2026-03' );
				expect( reserved ).toEqual( nothing );
				expect( used.tokens ).toBe( [ ...settled.values() ].reduce( ( sum, tokens ) => sum + tokens, 0 ) );
				expect( used.requests ).toBe( new Set( [ ...settled.keys() ].map( ( key ) => key[ 0 ] ) ).size );
			} ), { numRuns: 50 } );
		} );
	} );
}
