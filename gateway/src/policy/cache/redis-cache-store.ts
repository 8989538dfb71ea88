import type { Redis } from 'ioredis';
import { RedisScript } from '../../redis/redis-script.ts';
import { MAX_ENTRIES, type CacheKey, type CacheStore, type Claim, type Kept } from './cache-store.ts';

const library = `
	local value_key = KEYS[ 1 ] .. ':cache:' .. ARGV[ 1 ] .. ' ' .. ARGV[ 2 ]
	local claim_key = KEYS[ 1 ] .. ':caching:' .. ARGV[ 1 ] .. ' ' .. ARGV[ 2 ]
`;

/** ARGV: tenant, hash, holder, lease. Answers what is kept, 1 where it is the holder's to bring, 0 where it is somebody else's. */
const claimScript = new RedisScript( `${ library }
	local value = redis.call( 'GET', value_key )
	if value then
		return value
	end
	return redis.call( 'SET', claim_key, ARGV[ 3 ], 'NX', 'PX', ARGV[ 4 ] ) and 1 or 0
` );

/** ARGV: tenant, hash, holder, lease. */
const renewScript = new RedisScript( `${ library }
	if redis.call( 'GET', claim_key ) == ARGV[ 3 ] then
		redis.call( 'PEXPIRE', claim_key, ARGV[ 4 ] )
	end
` );

/**
 * ARGV: tenant, hash, holder, then, where there is something to keep, value, ttl, most. The server may not throw away what it likes (jobs
 * are there too), so each tenant has a list of its answers, the oldest first. The server's own clock counts.
 */
const finishScript = new RedisScript( `${ library }
	if redis.call( 'GET', claim_key ) == ARGV[ 3 ] then
		redis.call( 'DEL', claim_key )
	end
	if not ARGV[ 4 ] then
		return
	end
	local list = KEYS[ 1 ] .. ':cached:' .. ARGV[ 1 ]
	local time = redis.call( 'TIME' )
	redis.call( 'SET', value_key, ARGV[ 4 ], 'PX', ARGV[ 5 ] )
	redis.call( 'ZADD', list, time[ 1 ] .. string.format( '%06d', time[ 2 ] ), ARGV[ 2 ] )
	redis.call( 'PEXPIRE', list, 86400000 )
	for _, hash in ipairs( redis.call( 'ZRANGE', list, 0, 0 - ARGV[ 6 ] - 1 ) ) do
		redis.call( 'DEL', KEYS[ 1 ] .. ':cache:' .. ARGV[ 1 ] .. ' ' .. hash )
		redis.call( 'ZREM', list, hash )
	end
` );

/** For several processes: what one brings the others wait for. */
export class RedisCacheStore implements CacheStore {
	readonly #redis: Redis;
	readonly #most: number;

	constructor( redis: Redis, most = MAX_ENTRIES ) {
		this.#redis = redis;
		this.#most = most;
	}

	async claim( { tenant, hash }: CacheKey, holder: string, lease_ms: number ): Promise< Claim > {
		const answer = ( await claimScript.run( this.#redis, tenant, hash, holder, lease_ms ) ) as string | 0 | 1;
		return typeof answer === 'string' ? { kind: 'kept', value: answer } : { kind: answer === 1 ? 'claimed' : 'busy' };
	}

	async renew( { tenant, hash }: CacheKey, holder: string, lease_ms: number ): Promise< void > {
		await renewScript.run( this.#redis, tenant, hash, holder, lease_ms );
	}

	async finish( { tenant, hash }: CacheKey, holder: string, kept: Kept | null ): Promise< void > {
		await finishScript.run( this.#redis, tenant, hash, holder, ...( kept === null ? [] : [ kept.value, kept.ttl_ms, this.#most ] ) );
	}
}
