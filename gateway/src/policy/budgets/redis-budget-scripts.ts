import { RedisScript } from '../../redis/redis-script.ts';

/**
 * Keys, each after the prefix:
 *   budget:<scope> <period>     hash: used_* and reserved_* of requests, tokens, micros
 *   hold:<tenant> <id>          hash: kind, tokens, micros, created_at, is_open, counters (one a line), settled (attempts, `,1,2,`)
 *   holds:open                  open holds by when they were made
 *   holds:released              the others by when they were released
 *   budgets                     counters by when they last took a hold
 */
const library = `
	local P = KEYS[ 1 ]
	local call = redis.call
	local names = { 'requests', 'tokens', 'micros' }
	local function counter_key( name )
		return P .. ':budget:' .. name
	end
	local function hold_key( tenant, id )
		return P .. ':hold:' .. tenant .. ' ' .. id
	end
	local function add( counters, kind, amounts )
		for name in string.gmatch( counters, '[^\\n]+' ) do
			for i = 1, 3 do
				if amounts[ i ] ~= 0 then
					call( 'HINCRBY', counter_key( name ), kind .. '_' .. names[ i ], string.format( '%.0f', amounts[ i ] ) )
				end
			end
		end
	end
`;

/** ARGV: tenant, id, kind, tokens, micros, now, then name and three bounds of each counter. */
export const reserveScript = new RedisScript( `${ library }
	local key = hold_key( ARGV[ 1 ], ARGV[ 2 ] )
	local before = call( 'HMGET', key, 'is_open', 'settled' )
	if before[ 1 ] == '1' or ( before[ 2 ] and before[ 2 ] ~= ',' ) then
		return 'known'
	end
	local wanted = { 1, tonumber( ARGV[ 4 ] ), tonumber( ARGV[ 5 ] ) }
	local counters = {}
	for i = 7, #ARGV, 4 do
		counters[ #counters + 1 ] = ARGV[ i ]
		for n = 1, 3 do
			local bound = tonumber( ARGV[ i + n ] )
			if bound then
				local values = call( 'HMGET', counter_key( ARGV[ i ] ), 'used_' .. names[ n ], 'reserved_' .. names[ n ] )
				if tonumber( values[ 1 ] or 0 ) + tonumber( values[ 2 ] or 0 ) + wanted[ n ] > bound then
					return { #counters, n }
				end
			end
		end
	end
	local list = table.concat( counters, '\\n' )
	call( 'HSET', key, 'kind', ARGV[ 3 ], 'tokens', ARGV[ 4 ], 'micros', ARGV[ 5 ], 'created_at', ARGV[ 6 ], 'is_open', '1', 'counters', list, 'settled', ',' )
	call( 'ZADD', P .. ':holds:open', ARGV[ 6 ], ARGV[ 1 ] .. ' ' .. ARGV[ 2 ] )
	call( 'ZREM', P .. ':holds:released', ARGV[ 1 ] .. ' ' .. ARGV[ 2 ] )
	add( list, 'reserved', wanted )
	for _, name in ipairs( counters ) do
		call( 'ZADD', P .. ':budgets', ARGV[ 6 ], name )
	end
	return 'reserved'
` );

/** ARGV: tenant, id, attempt, tokens, micros. */
export const settleScript = new RedisScript( `${ library }
	local key = hold_key( ARGV[ 1 ], ARGV[ 2 ] )
	local hold = call( 'HMGET', key, 'settled', 'counters', 'is_open' )
	if not hold[ 1 ] or string.find( hold[ 1 ], ',' .. ARGV[ 3 ] .. ',', 1, true ) then
		return 0
	end
	call( 'HSET', key, 'settled', hold[ 1 ] .. ARGV[ 3 ] .. ',' )
	-- Of a hold that is still open, the request is counted when it is released.
	local requests = 0
	if hold[ 3 ] == '0' and hold[ 1 ] == ',' then
		requests = 1
	end
	add( hold[ 2 ], 'used', { requests, tonumber( ARGV[ 4 ] ), tonumber( ARGV[ 5 ] ) } )
	return 1
` );

/** ARGV: tenant, id, now. */
export const releaseScript = new RedisScript( `${ library }
	local key = hold_key( ARGV[ 1 ], ARGV[ 2 ] )
	local hold = call( 'HMGET', key, 'is_open', 'settled', 'counters', 'tokens', 'micros' )
	if hold[ 1 ] ~= '1' then
		return 0
	end
	call( 'HSET', key, 'is_open', '0' )
	call( 'ZREM', P .. ':holds:open', ARGV[ 1 ] .. ' ' .. ARGV[ 2 ] )
	call( 'ZADD', P .. ':holds:released', ARGV[ 3 ], ARGV[ 1 ] .. ' ' .. ARGV[ 2 ] )
	add( hold[ 3 ], 'reserved', { -1, 0 - tonumber( hold[ 4 ] ), 0 - tonumber( hold[ 5 ] ) } )
	if hold[ 2 ] ~= ',' then
		add( hold[ 3 ], 'used', { 1, 0, 0 } )
	end
	return 1
` );

/** ARGV: before, count. */
export const openScript = new RedisScript( `${ library }
	local rows = {}
	for _, member in ipairs( call( 'ZRANGE', P .. ':holds:open', '-inf', '(' .. ARGV[ 1 ], 'BYSCORE', 'LIMIT', 0, ARGV[ 2 ] ) ) do
		local tenant, id = string.match( member, '^(%S+) (%S+)$' )
		local hold = call( 'HMGET', hold_key( tenant, id ), 'kind', 'tokens', 'micros', 'created_at' )
		rows[ #rows + 1 ] = { tenant, id, hold[ 1 ], hold[ 2 ], hold[ 3 ], hold[ 4 ] }
	end
	return rows
` );

/** ARGV: before. Answers how much it has dropped; 0 when nothing is left to drop. */
export const purgeScript = new RedisScript( `${ library }
	local dropped = 0
	for _, member in ipairs( call( 'ZRANGE', P .. ':holds:released', '-inf', '(' .. ARGV[ 1 ], 'BYSCORE', 'LIMIT', 0, 500 ) ) do
		call( 'DEL', P .. ':hold:' .. member )
		call( 'ZREM', P .. ':holds:released', member )
		dropped = dropped + 1
	end
	for _, name in ipairs( call( 'ZRANGE', P .. ':budgets', '-inf', '(' .. ARGV[ 1 ], 'BYSCORE', 'LIMIT', 0, 500 ) ) do
		if tonumber( call( 'HGET', counter_key( name ), 'reserved_requests' ) or 0 ) == 0 then
			call( 'DEL', counter_key( name ) )
			call( 'ZREM', P .. ':budgets', name )
			dropped = dropped + 1
		end
	end
	return dropped
` );
