import type { Redis } from 'ioredis';
import { RedisScript } from '../../redis/redis-script.ts';
import { stateOf, type Limit, type LimitStore, type Taken } from './limit-store.ts';

/**
 * ARGV: now ('' for the server's own clock, the one that all processes share), then key, requests and window of each limit.
 * A window is a list of times, the oldest first: times never go back, so it stays in order. Answers whether the request passes, and per limit: how many are in it, the time, the oldest,
 * and the one that has to leave before the next may come.
 */
const takeScript = new RedisScript( `
	local now = tonumber( ARGV[ 1 ] )
	if not now then
		local time = redis.call( 'TIME' )
		now = time[ 1 ] * 1000 + math.floor( time[ 2 ] / 1000 )
	end
	local allowed = 1
	local windows = {}
	for i = 2, #ARGV, 3 do
		local key, requests, span = KEYS[ 1 ] .. ':limit:' .. ARGV[ i ], tonumber( ARGV[ i + 1 ] ), tonumber( ARGV[ i + 2 ] )
		local last = redis.call( 'LINDEX', key, -1 )
		local at = now
		if last and tonumber( last ) > now then
			at = tonumber( last )
		end
		local oldest = redis.call( 'LINDEX', key, 0 )
		while oldest and tonumber( oldest ) <= at - span do
			redis.call( 'LPOP', key )
			oldest = redis.call( 'LINDEX', key, 0 )
		end
		local count = redis.call( 'LLEN', key )
		if count >= requests then
			allowed = 0
		end
		windows[ #windows + 1 ] = { key = key, at = at, count = count, oldest = oldest, requests = requests, span = span }
	end
	local answer = { allowed }
	for _, window in ipairs( windows ) do
		if allowed == 1 then
			redis.call( 'RPUSH', window.key, string.format( '%d', window.at ) )
			redis.call( 'PEXPIRE', window.key, window.span )
			window.count = window.count + 1
			window.oldest = window.oldest or window.at
		end
		local blocker = redis.call( 'LINDEX', window.key, 0 - window.requests )
		answer[ #answer + 1 ] = { window.count, tostring( window.at ), tostring( window.oldest or '' ), tostring( blocker or '' ) }
	end
	return answer
` );

/** For several processes: one window among them all. */
export class RedisLimitStore implements LimitStore {
	readonly #redis: Redis;
	readonly #now: () => number | '';

	/** `now` is for tests: by default the server's clock counts. */
	constructor( redis: Redis, now: () => number | '' = () => '' ) {
		this.#redis = redis;
		this.#now = now;
	}

	async take( limits: readonly Limit[] ): Promise< Taken > {
		const args = limits.flatMap( ( { key, name, requests, window_ms } ) => [ `${ key } ${ name }`, requests, window_ms ] );
		const [ isAllowed, ...rows ] = ( await takeScript.run( this.#redis, this.#now(), ...args ) ) as [ number, ...[ number, string, string, string ][] ];
		const windows = rows.map( ( [ count, at, oldest, blocker ], index ) => ( {
			limit: limits[ index ] as Limit,
			count,
			now: Number( at ),
			oldest: oldest === '' ? null : Number( oldest ),
			blocker: blocker === '' ? -Infinity : Number( blocker ),
		} ) );
		return {
			allowed: isAllowed === 1,
			states: windows.map( ( { limit, ...window } ) => stateOf( limit, window ) ),
			retry_after_ms: isAllowed === 1 ? 0 : Math.max( 1, ...windows.map( ( { limit, blocker, now } ) => blocker + limit.window_ms - now ) ),
		};
	}
}
