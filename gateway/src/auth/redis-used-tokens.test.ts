import { afterAll, describe, expect, it } from 'vitest';
import { hasRedis } from '../../test/private-redis.ts';
import { sharedRedis } from '../../test/with-redis.ts';
import { REDIS_PREFIX } from '../redis/open-redis.ts';
import { RedisUsedTokens } from './redis-used-tokens.ts';
import { describeUsedTokens } from './used-tokens.conformance.ts';

describe.skipIf( ! hasRedis )( 'with a Redis server', () => {
	const shared = sharedRedis();
	afterAll( shared.remove );

	describeUsedTokens( 'Redis', async ( beganAt ) => {
		const { commands, close } = await shared.open();
		const usedTokens = new RedisUsedTokens( commands );
		await usedTokens.begin( beganAt );
		return { usedTokens, close };
	} );

	it( 'used tokens are known to every server, and kept no longer than they can be used', async () => {
		const { commands, close } = await shared.open();
		const [ one, two ] = [ new RedisUsedTokens( commands ), new RedisUsedTokens( commands ) ];
		await one.begin( 900 );
		await two.begin( 1_000 );
		const token = { tenant: 'shop:1', jti: 'a', iat: 950, forget_at: 1_070, now: 1_000 };
		expect( [ await one.use( token ), await two.use( token ) ] ).toEqual( [ 'first', 'again' ] );
		expect( await commands.ttl( `${ REDIS_PREFIX }:token:shop:1:a` ) ).toBeLessThanOrEqual( 70 );
		await close();
	} );

	it( 'tokens from before the server was emptied are refused', async () => {
		const { commands, close } = await shared.open();
		const usedTokens = new RedisUsedTokens( commands );
		await usedTokens.begin( 900 );
		const token = { tenant: 'shop:1', jti: 'a', iat: 1_000, forget_at: 1_070, now: 1_001 };
		await usedTokens.use( token );
		await commands.flushall();
		expect( await usedTokens.use( { ...token, now: 1_002 } ) ).toBe( 'too_old' );
		expect( await usedTokens.use( { ...token, jti: 'b', iat: 1_003, now: 1_003 } ) ).toBe( 'first' );
		await close();
	} );
} );
