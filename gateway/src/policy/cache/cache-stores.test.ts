import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/manual-clock.ts';
import { hasRedis } from '../../../test/private-redis.ts';
import { redisConnections } from '../../../test/with-redis.ts';
import { MAX_ENTRIES } from './cache-store.ts';
import { describeCacheStore, keep, read } from './cache-store.conformance.ts';
import { MemoryCacheStore } from './memory-cache-store.ts';
import { RedisCacheStore } from './redis-cache-store.ts';

describe( 'in memory', () => {
	const clock = new ManualClock();
	describeCacheStore( 'memory', async () => {
		const store = new MemoryCacheStore( clock );
		return [ store, store ];
	}, ( milliseconds ) => clock.advance( milliseconds ) );

	it( 'forgets in time', async () => {
		const store = new MemoryCacheStore( clock );
		await keep( store, { tenant: 'shop:1', hash: 'a' }, 'text' );
		await clock.advance( 60_001 );
		expect( await read( store, { tenant: 'shop:1', hash: 'a' } ) ).toBeNull();
	} );

	it( 'keeps a bounded number of answers of each tenant, and of characters', async () => {
		const store = new MemoryCacheStore( clock );
		await keep( store, { tenant: 'other:1', hash: 'a' }, 'kept' );
		for ( let number = 0; number <= MAX_ENTRIES; number++ ) {
			await keep( store, { tenant: 'shop:1', hash: String( number ) }, 'x' );
		}
		expect( await read( store, { tenant: 'shop:1', hash: '0' } ) ).toBeNull();
		expect( await read( store, { tenant: 'shop:1', hash: '1' } ) ).toBe( 'x' );
		expect( await read( store, { tenant: 'other:1', hash: 'a' } ) ).toBe( 'kept' );
		for ( let number = 0; number < 100; number++ ) {
			await keep( store, { tenant: 'big:1', hash: String( number ) }, 'x'.repeat( 100_000 ) );
		}
		expect( await read( store, { tenant: 'big:1', hash: '0' } ) ).toBeNull();
	} );
} );

describe.skipIf( ! hasRedis )( 'on Redis', () => {
	const open = redisConnections();

	let server: Awaited< ReturnType< typeof open > >;
	describeCacheStore( 'Redis', async () => {
		server = await open();
		return [ new RedisCacheStore( server ), new RedisCacheStore( await open() ) ];
	}, async ( milliseconds ) => {
		// The server's own clock cannot be moved: claims end so much earlier.
		for ( const name of await server.keys( '*:caching:*' ) ) {
			await server.pexpire( name, ( await server.pttl( name ) ) - milliseconds );
		}
	} );

	it( 'leaves it to the server to forget in time', async () => {
		const commands = await open();
		await keep( new RedisCacheStore( commands ), { tenant: 'shop:1', hash: 'a' }, 'text' );
		const [ key = '' ] = await commands.keys( '*:cache:*' );
		expect( await commands.pttl( key ) ).toBeGreaterThan( 50_000 );
	} );

	it( 'keeps a bounded number of answers of each tenant', async () => {
		const store = new RedisCacheStore( await open(), 3 );
		await keep( store, { tenant: 'other:1', hash: 'a' }, 'kept' );
		for ( let number = 0; number < 5; number++ ) {
			await keep( store, { tenant: 'shop:1', hash: String( number ) }, 'x' );
		}
		const kept = await Promise.all( [ 0, 1, 2, 3, 4 ].map( ( number ) => read( store, { tenant: 'shop:1', hash: String( number ) } ) ) );
		expect( kept ).toEqual( [ null, null, 'x', 'x', 'x' ] );
		expect( await read( store, { tenant: 'other:1', hash: 'a' } ) ).toBe( 'kept' );
	} );
} );
