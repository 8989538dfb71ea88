import type { Redis } from 'ioredis';
import { gather } from '../gather.ts';
import { REDIS_PREFIX } from '../redis/open-redis.ts';
import { RedisScript } from '../redis/redis-script.ts';
import type { TokenUse, TokenUsed, UsedTokens } from './used-tokens.ts';

/**
 * ARGV: now, then for each token: tenant, jti, iat, seconds to remember. Answers what became of each.
 * A server that was emptied begins anew and refuses what was signed before.
 */
const useTokens = new RedisScript( `
	local began = redis.call( 'GET', KEYS[ 1 ] .. ':tokens:began' )
	if not began then
		began = ARGV[ 1 ]
		redis.call( 'SET', KEYS[ 1 ] .. ':tokens:began', began )
	end
	-- It was set by a clock that has been put right since.
	if tonumber( ARGV[ 1 ] ) < tonumber( began ) then
		began = ARGV[ 1 ]
		redis.call( 'SET', KEYS[ 1 ] .. ':tokens:began', began )
	end
	local outcomes = {}
	for i = 2, #ARGV, 4 do
		local outcome = 'too_old'
		if tonumber( ARGV[ i + 2 ] ) > tonumber( began ) then
			local isFirst = redis.call( 'SET', KEYS[ 1 ] .. ':token:' .. ARGV[ i ] .. ':' .. ARGV[ i + 1 ], '1', 'NX', 'EX', ARGV[ i + 3 ] )
			outcome = isFirst and 'first' or 'again'
		end
		table.insert( outcomes, outcome )
	end
	return outcomes
` );

/** Keeps one script short. */
const MAX_TOKENS = 64;

/** For several servers that share a Redis: a token is used once among them all. */
export class RedisUsedTokens implements UsedTokens {
	readonly #redis: Redis;
	readonly #use = gather( MAX_TOKENS, async ( tokens: readonly TokenUse[] ) => {
		const args = tokens.flatMap( ( { tenant, jti, iat, forget_at, now } ) => [ tenant, jti, iat, Math.max( 1, forget_at - now ) ] );
		return ( await useTokens.run( this.#redis, tokens[ 0 ]?.now ?? 0, ...args ) ) as TokenUsed[];
	} );

	constructor( redis: Redis ) {
		this.#redis = redis;
	}

	/** Called before the first request. Answers when the memory of all began, in seconds. */
	async begin( now: number ): Promise< number > {
		const name = `${ REDIS_PREFIX }:tokens:began`;
		await this.#redis.setnx( name, now );
		return Number( await this.#redis.get( name ) );
	}

	use( token: TokenUse ): Promise< TokenUsed > {
		return this.#use( token );
	}
}
