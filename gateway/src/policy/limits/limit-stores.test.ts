import { describe, expect, it } from 'vitest';
import { hasRedis } from '../../../test/private-redis.ts';
import { redisConnections } from '../../../test/with-redis.ts';
import { describeLimitStore } from './limit-store.conformance.ts';
import { MemoryLimitStore } from './memory-limit-store.ts';
import { RedisLimitStore } from './redis-limit-store.ts';

describeLimitStore( 'memory', async ( now ) => {
	const store = new MemoryLimitStore( { now } );
	return [ store, store ];
} );

describe.skipIf( ! hasRedis )( 'on Redis', () => {
	const open = redisConnections();

	describeLimitStore( 'Redis', async ( now ) => [ new RedisLimitStore( await open(), now ), new RedisLimitStore( await open(), now ) ] );

	it( 'counts by the clock of the server, whatever that of a process says', async () => {
		const store = new RedisLimitStore( await open() );
		const limit = { key: 'shop:1', name: 'site-3600s', requests: 1, window_ms: 3_600_000 };
		expect( ( await store.take( [ limit ] ) ).allowed ).toBe( true );
		const refused = await store.take( [ limit ] );
		expect( refused.allowed ).toBe( false );
		expect( refused.retry_after_ms ).toBeGreaterThan( 3_500_000 );
	} );
} );
