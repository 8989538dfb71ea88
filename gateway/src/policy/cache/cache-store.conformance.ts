import { beforeEach, describe, expect, it } from 'vitest';
import type { CacheStore } from './cache-store.ts';

/** `open` answers two views of one empty store, as two processes have them. */
export function describeCacheStore( engine: string, open: () => Promise< [ CacheStore, CacheStore ] > ): void {
	describe( `a cache in ${ engine }`, () => {
		let stores: [ CacheStore, CacheStore ];

		beforeEach( async () => {
			stores = await open();
		} );

		it( 'gives back what it was given, to every process, and nothing to another tenant', async () => {
			await stores[ 0 ].set( { tenant: 'shop:1', hash: 'a' }, 'Größe 🪑', 60_000 );
			expect( await stores[ 1 ].get( { tenant: 'shop:1', hash: 'a' } ) ).toBe( 'Größe 🪑' );
			expect( await stores[ 1 ].get( { tenant: 'shop:2', hash: 'a' } ) ).toBeNull();
			expect( await stores[ 1 ].get( { tenant: 'shop:1', hash: 'b' } ) ).toBeNull();
			await stores[ 1 ].set( { tenant: 'shop:1', hash: 'a' }, 'new', 60_000 );
			expect( await stores[ 0 ].get( { tenant: 'shop:1', hash: 'a' } ) ).toBe( 'new' );
		} );
	} );
}
