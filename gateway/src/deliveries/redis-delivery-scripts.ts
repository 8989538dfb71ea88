import { luaLibrary } from '../redis/lua-library.ts';
import { RedisScript } from '../redis/redis-script.ts';

const MAX_TENANTS = 1_000;

/** ARGV: now, lease_until, busy tenants. Answers id, tenant, earlier tries and the job's fields and values. */
export const claimDeliveryScript = new RedisScript( `${ luaLibrary }
	local busy = {}
	for i = 3, #ARGV do
		busy[ ARGV[ i ] ] = true
	end
	for _, tenant in ipairs( call( 'ZRANGEBYSCORE', P .. ':due', '-inf', ARGV[ 1 ], 'LIMIT', 0, ${ MAX_TENANTS } ) ) do
		if not busy[ tenant ] then
			local id = call( 'ZRANGE', P .. ':due:' .. tenant, 0, 0 )[ 1 ]
			local key = P .. ':delivery:' .. id
			local job = call( 'HGETALL', job_key( tenant, call( 'HGET', key, 'uuid' ) or '' ) )
			if #job > 0 then
				enqueue( 'due', tenant, id, ARGV[ 2 ] )
				return { id, tenant, call( 'HINCRBY', key, 'tries', 1 ) - 1, job }
			end
			-- Its job is gone: there is nothing to deliver.
			drop_delivery( id )
		end
	end
	return false
` );

/** ARGV: id, lease_until. */
export const renewDeliveryScript = new RedisScript( `${ luaLibrary }
	local state, tenant = unpack( call( 'HMGET', P .. ':delivery:' .. ARGV[ 1 ], 'state', 'tenant' ) )
	if state == 'due' then
		enqueue( 'due', tenant, ARGV[ 1 ], ARGV[ 2 ] )
	end
` );

/** ARGV: now, lease_until. */
export const setBackDeliveriesScript = new RedisScript( `${ luaLibrary }
	for _, tenant in ipairs( call( 'ZRANGE', P .. ':due', 0, -1 ) ) do
		for _, id in ipairs( call( 'ZRANGEBYSCORE', P .. ':due:' .. tenant, '(' .. ARGV[ 2 ], '+inf' ) ) do
			if tonumber( call( 'HGET', P .. ':delivery:' .. id, 'created_at' ) or 0 ) > tonumber( ARGV[ 1 ] ) then
				enqueue( 'due', tenant, id, ARGV[ 2 ] )
			end
		end
	end
` );

/** ARGV: id, state, failure, now, next try, whether the try counts. */
export const settleDeliveryScript = new RedisScript( `${ luaLibrary }
	local id, state, now = ARGV[ 1 ], ARGV[ 2 ], ARGV[ 4 ]
	local key = P .. ':delivery:' .. id
	local row = row_of( key )
	if row.state ~= 'due' then
		return
	end
	if ARGV[ 3 ] == '' then
		call( 'HDEL', key, 'last_failure' )
	else
		call( 'HSET', key, 'last_failure', ARGV[ 3 ] )
	end
	if state == 'due' then
		call( 'HINCRBY', key, 'tries', ARGV[ 6 ] == '1' and 0 or -1 )
		enqueue( 'due', row.tenant, id, ARGV[ 5 ] )
		return
	end
	call( 'HSET', key, 'state', state, 'ended_at', now )
	dequeue( 'due', row.tenant, id )
	call( 'ZREM', P .. ':undelivered:' .. row.tenant, id )
	if state == 'dead' then
		call( 'ZADD', P .. ':dead', now, id )
		return
	end
	for other in string.gmatch( call( 'HGET', job_key( row.tenant, row.uuid ), 'deliveries' ) or '', '%S+' ) do
		if call( 'HGET', P .. ':delivery:' .. other, 'state' ) ~= 'acknowledged' then
			return
		end
	end
	call( 'ZADD', P .. ':texts', now, row.tenant .. ' ' .. row.uuid )
` );

/** ARGV: id, now. */
export const replayDeliveryScript = new RedisScript( `${ luaLibrary }
	local id = ARGV[ 1 ]
	local key = P .. ':delivery:' .. id
	local row = row_of( key )
	if row.state ~= 'dead' then
		return 0
	end
	call( 'HSET', key, 'state', 'due', 'tries', 0 )
	call( 'HDEL', key, 'ended_at' )
	call( 'ZREM', P .. ':dead', id )
	enqueue( 'due', row.tenant, id, ARGV[ 2 ] )
	call( 'ZADD', P .. ':undelivered:' .. row.tenant, row.created_at, id )
	call( 'PUBLISH', P .. ':ended', '' )
	return 1
` );

/** Answers lines of tenant, undelivered, dead, when the oldest undelivered one was made. */
export const deliveryStatsScript = new RedisScript( `${ luaLibrary }
	local dead, lines = {}, {}
	for _, id in ipairs( call( 'ZRANGE', P .. ':dead', 0, -1 ) ) do
		local tenant = call( 'HGET', P .. ':delivery:' .. id, 'tenant' )
		dead[ tenant ] = ( dead[ tenant ] or 0 ) + 1
	end
	for _, tenant in ipairs( call( 'ZRANGE', P .. ':due', 0, -1 ) ) do
		local key = P .. ':undelivered:' .. tenant
		table.insert( lines, { tenant, call( 'ZCARD', key ), dead[ tenant ] or 0, earliest( key ) or false } )
		dead[ tenant ] = nil
	end
	for tenant, count in pairs( dead ) do
		table.insert( lines, { tenant, 0, count, false } )
	end
	return lines
` );
