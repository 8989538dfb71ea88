import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/manual-clock.ts';
import { hasRedis } from '../../../test/private-redis.ts';
import { redisConnections } from '../../../test/with-redis.ts';
import { MAX_ENTRIES } from './cache-store.ts';
import { describeCacheStore } from './cache-store.conformance.ts';
import { MemoryCacheStore } from './memory-cache-store.ts';
import { RedisCacheStore } from './redis-cache-store.ts';

describe( 'in memory', () => {
	const clock = new ManualClock();
	describeCacheStore( 'memory', async () => {
		const store = new MemoryCacheStore( clock );
		return [ store, store ];
	} );

	it( 'forgets in time', async () => {
		const store = new MemoryCacheStore( clock );
		await store.set( { tenant: 'shop:1', hash: 'a' }, 'text', 60_000 );
		await clock.advance( 60_001 );
		expect( await store.get( { tenant: 'shop:1', hash: 'a' } ) ).toBeNull();
	} );

	it( 'keeps a bounded number of answers of each tenant, and of characters', async () => {
		const store = new MemoryCacheStore( clock );
		await store.set( { tenant: 'other:1', hash: 'a' }, 'kept', 60_000 );
		for ( let number = 0; number <= MAX_ENTRIES; number++ ) {
			await store.set( { tenant: 'shop:1', hash: String( number ) }, 'x', 60_000 );
		}
		expect( await store.get( { tenant: 'shop:1', hash: '0' } ) ).toBeNull();
		expect( await store.get( { tenant: 'shop:1', hash: '1' } ) ).toBe( 'x' );
		expect( await store.get( { tenant: 'other:1', hash: 'a' } ) ).toBe( 'kept' );
		for ( let number = 0; number < 100; number++ ) {
			await store.set( { tenant: 'big:1', hash: String( number ) }, 'x'.repeat( 100_000 ), 60_000 );
		}
		expect( await store.get( { tenant: 'big:1', hash: '0' } ) ).toBeNull();
	} );
} );

describe.skipIf( ! hasRedis )( 'on Redis', () => {
	const open = redisConnections();

	describeCacheStore( 'Redis', async () => [ new RedisCacheStore( await open() ), new RedisCacheStore( await open() ) ] );

	it( 'leaves it to the server to forget in time', async () => {
		const commands = await open();
		await new RedisCacheStore( commands ).set( { tenant: 'shop:1', hash: 'a' }, 'text', 60_000 );
		const [ key = '' ] = await commands.keys( '*:cache:*' );
		expect( await commands.pttl( key ) ).toBeGreaterThan( 50_000 );
	} );

	it( 'keeps a bounded number of answers of each tenant', async () => {
		const store = new RedisCacheStore( await open(), 3 );
		await store.set( { tenant: 'other:1', hash: 'a' }, 'kept', 60_000 );
		for ( let number = 0; number < 5; number++ ) {
			await store.set( { tenant: 'shop:1', hash: String( number ) }, 'x', 60_000 );
		}
		const kept = await Promise.all( [ 0, 1, 2, 3, 4 ].map( ( number ) => store.get( { tenant: 'shop:1', hash: String( number ) } ) ) );
		expect( kept ).toEqual( [ null, null, 'x', 'x', 'x' ] );
		expect( await store.get( { tenant: 'other:1', hash: 'a' } ) ).toBe( 'kept' );
	} );
} );
