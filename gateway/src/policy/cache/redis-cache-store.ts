import type { Redis } from 'ioredis';
import { REDIS_PREFIX } from '../../redis/open-redis.ts';
import { RedisScript } from '../../redis/redis-script.ts';
import { MAX_ENTRIES, type CacheKey, type CacheStore } from './cache-store.ts';

/**
 * ARGV: tenant, hash, value, ttl, most. The server may not throw away what it likes (jobs are there too), so each tenant has a list of its
 * answers, the oldest first. The server's own clock counts.
 */
const setScript = new RedisScript( `
	local list = KEYS[ 1 ] .. ':cached:' .. ARGV[ 1 ]
	local function key_of( hash )
		return KEYS[ 1 ] .. ':cache:' .. ARGV[ 1 ] .. ' ' .. hash
	end
	local time = redis.call( 'TIME' )
	redis.call( 'SET', key_of( ARGV[ 2 ] ), ARGV[ 3 ], 'PX', ARGV[ 4 ] )
	redis.call( 'ZADD', list, time[ 1 ] .. string.format( '%06d', time[ 2 ] ), ARGV[ 2 ] )
	redis.call( 'PEXPIRE', list, 86400000 )
	for _, hash in ipairs( redis.call( 'ZRANGE', list, 0, 0 - ARGV[ 5 ] - 1 ) ) do
		redis.call( 'DEL', key_of( hash ) )
		redis.call( 'ZREM', list, hash )
	end
` );

/** For several processes. */
export class RedisCacheStore implements CacheStore {
	readonly #redis: Redis;
	readonly #most: number;

	constructor( redis: Redis, most = MAX_ENTRIES ) {
		this.#redis = redis;
		this.#most = most;
	}

	get( { tenant, hash }: CacheKey ): Promise< string | null > {
		return this.#redis.get( `${ REDIS_PREFIX }:cache:${ tenant } ${ hash }` );
	}

	async set( { tenant, hash }: CacheKey, value: string, ttl_ms: number ): Promise< void > {
		await setScript.run( this.#redis, tenant, hash, value, ttl_ms, this.#most );
	}
}
