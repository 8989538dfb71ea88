import { beforeEach, describe, expect, it } from 'vitest';
import type { CacheKey, CacheStore } from './cache-store.ts';

const key: CacheKey = { tenant: 'shop:1', hash: 'a' };
const LEASE_MS = 15_000;

export const keep = ( store: CacheStore, where: CacheKey, value: string, ttl_ms = 60_000 ) => store.finish( where, 'writer', { value, ttl_ms } );

/** What is kept; leaves no claim behind. */
export async function read( store: CacheStore, where: CacheKey ): Promise< string | null > {
	const claim = await store.claim( where, 'reader', LEASE_MS );
	await store.finish( where, 'reader', null );
	return claim.kind === 'kept' ? claim.value : null;
}

/** `open` answers two views of one empty store, as two processes have them; `pass` lets time pass for the claims in it. */
export function describeCacheStore(
	engine: string, open: () => Promise< [ CacheStore, CacheStore ] >, pass: ( milliseconds: number ) => Promise< void >
): void {
	describe( `a cache in ${ engine }`, () => {
		let one: CacheStore;
		let two: CacheStore;

		beforeEach( async () => {
			[ one, two ] = await open();
		} );

		it( 'gives back what it was given, to every process, and nothing to another tenant', async () => {
			await keep( one, key, 'Größe 🪑' );
			expect( await two.claim( key, 'b', LEASE_MS ) ).toEqual( { kind: 'kept', value: 'Größe 🪑' } );
			expect( await read( two, { ...key, tenant: 'shop:2' } ) ).toBeNull();
			expect( await read( two, { ...key, hash: 'b' } ) ).toBeNull();
			await keep( two, key, 'new' );
			expect( await read( one, key ) ).toBe( 'new' );
		} );

		it( 'lets one of fifty that ask for the same at once bring it, and gives it to the others', async () => {
			const claim = ( _nothing: unknown, index: number ) => ( index % 2 === 0 ? one : two ).claim( key, String( index ), LEASE_MS );
			const claims = await Promise.all( Array.from( { length: 50 }, claim ) );
			const holder = claims.findIndex( ( { kind } ) => kind === 'claimed' );
			expect( claims.filter( ( { kind } ) => kind === 'busy' ) ).toHaveLength( 49 );
			expect( await two.claim( { ...key, tenant: 'shop:2' }, 'x', LEASE_MS ) ).toEqual( { kind: 'claimed' } );
			await one.finish( key, String( holder ), { value: 'text', ttl_ms: 60_000 } );
			expect( await two.claim( key, 'y', LEASE_MS ) ).toEqual( { kind: 'kept', value: 'text' } );
		} );

		it( 'lets the next one try where nothing came of it, at once', async () => {
			await one.claim( key, 'a', LEASE_MS );
			await one.finish( key, 'a', null );
			expect( await two.claim( key, 'b', LEASE_MS ) ).toEqual( { kind: 'claimed' } );
		} );

		it( 'takes a claim from a holder that says nothing any more, and from none that does', async () => {
			await one.claim( key, 'a', LEASE_MS );
			await pass( LEASE_MS - 1_000 );
			await one.renew( key, 'a', LEASE_MS );
			await pass( LEASE_MS - 1_000 );
			expect( await two.claim( key, 'b', LEASE_MS ) ).toEqual( { kind: 'busy' } );
			await pass( LEASE_MS );
			expect( await two.claim( key, 'b', LEASE_MS ) ).toEqual( { kind: 'claimed' } );
		} );

		it( 'lets one that was taken for dead neither end nor prolong the claim of its successor, but keeps what it brings', async () => {
			await one.claim( key, 'a', LEASE_MS );
			await pass( LEASE_MS );
			await two.claim( key, 'b', LEASE_MS );
			await pass( LEASE_MS - 1_000 );
			await one.renew( key, 'a', LEASE_MS );
			await one.finish( key, 'a', null );
			expect( await one.claim( key, 'c', LEASE_MS ) ).toEqual( { kind: 'busy' } );
			await pass( 2_000 );
			expect( await one.claim( key, 'c', LEASE_MS ) ).toEqual( { kind: 'claimed' } );
			await keep( two, key, 'late' );
			expect( await two.claim( key, 'd', LEASE_MS ) ).toEqual( { kind: 'kept', value: 'late' } );
		} );
	} );
}
