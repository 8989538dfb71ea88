import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createApiKey, hashApiKey, type ApiKey } from './api-key.ts';
import type { ApiKeyStore } from './api-key-store.ts';

const NOW = Date.parse( '2026-03-01T09:30:00Z' );

export function newApiKey( overrides: Partial< ApiKey > = {} ): ApiKey {
	return {
		...hashApiKey( createApiKey( randomBytes ) ), tenant: 'shop:1', name: 'Größe 🪑', routes: [ 'chat' ], models: null, browser: false, requests_per_minute: null,
		budgets: {}, created_at: NOW, expires_at: null, revoked_at: null, last_used_at: null, ...overrides,
	};
}

/** What every `ApiKeyStore` does. `open` answers two views of one store, as two processes have them. */
export function describeApiKeyStore( open: () => [ ApiKeyStore, ApiKeyStore ] ): void {
	describe( 'a store of API keys', () => {
		it( 'finds a key as it was added, in another process too', async () => {
			const [ store, other ] = open();
			const key = newApiKey( { models: [ 'sample' ], routes: [ 'chat', 'models' ], requests_per_minute: 60, budgets: { day: { tokens: 5_000 }, month: { micros: 20_000_000 } }, expires_at: NOW + 1 } );
			await store.add( key );
			expect( await store.find( key.id ) ).toEqual( key );
			expect( await other.find( key.id ) ).toEqual( key );
			expect( await store.find( newApiKey().id ) ).toBeNull();
		} );

		it( 'lists the keys of one site, or of all, the newest last', async () => {
			const [ store ] = open();
			const keys = [ newApiKey( { created_at: NOW + 2 } ), newApiKey(), newApiKey( { tenant: 'blog:1', created_at: NOW + 1 } ) ];
			for ( const key of keys ) {
				await store.add( key );
			}
			expect( ( await store.list( null ) ).map( ( { id } ) => id ) ).toEqual( [ keys[ 1 ], keys[ 2 ], keys[ 0 ] ].map( ( key ) => key?.id ) );
			expect( await store.list( 'blog:1' ) ).toEqual( [ keys[ 2 ] ] );
			expect( await store.list( 'none:1' ) ).toEqual( [] );
		} );

		it( 'shows a revoked key as revoked to every process at once, since the first time', async () => {
			const [ store, other ] = open();
			const key = newApiKey();
			await store.add( key );
			expect( await store.revoke( key.id, NOW + 5 ) ).toMatchObject( { id: key.id, revoked_at: NOW + 5 } );
			expect( await other.find( key.id ) ).toMatchObject( { revoked_at: NOW + 5 } );
			expect( await other.revoke( key.id, NOW + 9 ) ).toMatchObject( { revoked_at: NOW + 5 } );
			expect( await store.revoke( newApiKey().id, NOW ) ).toBeNull();
			expect( await store.list( null ) ).toHaveLength( 1 );
		} );

		it( 'remembers when a key was last used', async () => {
			const [ store, other ] = open();
			const key = newApiKey();
			await store.add( key );
			await store.markUsed( key.id, NOW + 7 );
			expect( await other.find( key.id ) ).toEqual( { ...key, last_used_at: NOW + 7 } );
		} );
	} );
}
