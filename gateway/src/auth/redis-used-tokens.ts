import type { Redis } from 'ioredis';
import { REDIS_PREFIX } from '../redis/open-redis.ts';
import { RedisScript } from '../redis/redis-script.ts';
import type { TokenUse, TokenUsed, UsedTokens } from './used-tokens.ts';

/** ARGV: tenant, jti, iat, seconds to remember, now. A server that was emptied begins anew and refuses what was signed before. */
const useToken = new RedisScript( `
	local began = redis.call( 'GET', KEYS[ 1 ] .. ':tokens:began' )
	if not began then
		began = ARGV[ 5 ]
		redis.call( 'SET', KEYS[ 1 ] .. ':tokens:began', began )
	end
	if tonumber( ARGV[ 3 ] ) <= tonumber( began ) then
		return 'too_old'
	end
	local isFirst = redis.call( 'SET', KEYS[ 1 ] .. ':token:' .. ARGV[ 1 ] .. ':' .. ARGV[ 2 ], '1', 'NX', 'EX', ARGV[ 4 ] )
	return isFirst and 'first' or 'again'
` );

/** For several servers that share a Redis: a token is used once among them all. */
export class RedisUsedTokens implements UsedTokens {
	readonly #redis: Redis;

	constructor( redis: Redis ) {
		this.#redis = redis;
	}

	/** Called before the first request, so that a new server's first second is not refused. */
	async begin( now: number ): Promise< void > {
		await this.#redis.setnx( `${ REDIS_PREFIX }:tokens:began`, now );
	}

	async use( { tenant, jti, iat, forget_at, now }: TokenUse ): Promise< TokenUsed > {
		return ( await useToken.run( this.#redis, tenant, jti, iat, Math.max( 1, forget_at - now ), now ) ) as TokenUsed;
	}
}
