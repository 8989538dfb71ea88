import { luaLibrary } from '../redis/lua-library.ts';
import { RedisScript } from '../redis/redis-script.ts';

const jobLibrary = `${ luaLibrary }
	local function stop_running( tenant, uuid )
		if call( 'ZREM', P .. ':running', member_of( tenant, uuid ) ) == 1 then
			if call( 'HINCRBY', P .. ':busy', tenant, -1 ) <= 0 then
				call( 'HDEL', P .. ':busy', tenant )
			end
		end
	end

	-- A tenant's jobs wait in one queue for each model.
	local function queue_of( tenant, model )
		return tenant .. ' ' .. model
	end
	local function wait_in_queue( tenant, uuid, model, at )
		call( 'HINCRBY', P .. ':waiting', tenant, enqueue( 'queued', queue_of( tenant, model ), uuid, at ) )
	end
	local function leave_queue( tenant, uuid, model )
		local left = dequeue( 'queued', queue_of( tenant, model ), uuid )
		if left > 0 and call( 'HINCRBY', P .. ':waiting', tenant, 0 - left ) <= 0 then
			call( 'HDEL', P .. ':waiting', tenant )
		end
	end

	-- Stores the result and its delivery, forgets the request.
	local function finish( tenant, uuid, outcome, now, delivery )
		local key = job_key( tenant, uuid )
		local ending = cjson.decode( outcome )
		leave_queue( tenant, uuid, call( 'HGET', key, 'model' ) )
		stop_running( tenant, uuid )
		call( 'HSET', key, 'state', ending.status, 'outcome_json', outcome, 'finished_at', now )
		call( 'HDEL', key, 'lease', 'lease_until' )
		call( 'DEL', P .. ':request:' .. tenant .. ':' .. uuid )
		call( 'ZADD', P .. ':finished', now, member_of( tenant, uuid ) )
		call( 'ZREM', P .. ':texts', member_of( tenant, uuid ) )
		call( 'HSET', P .. ':delivery:' .. delivery, 'tenant', tenant, 'uuid', uuid, 'state', 'due', 'tries', 0, 'created_at', now )
		call( 'HSET', key, 'deliveries', ( call( 'HGET', key, 'deliveries' ) or '' ) .. delivery .. ' ' )
		enqueue( 'due', tenant, delivery, now )
		call( 'ZADD', P .. ':undelivered:' .. tenant, now, delivery )
		call( 'PUBLISH', P .. ':ended', '' )
		return 'ended'
	end

	-- Whether a late text is still welcome: nothing else was stored, or only that the text was lost.
	local function is_without_text( row )
		if row.cancel_requested then
			return false
		end
		if row.state == 'queued' or row.state == 'running' then
			return true
		end
		local outcome = row.outcome_json and cjson.decode( row.outcome_json ) or {}
		return outcome.status == 'failed' and ( outcome.code == 'worker_lost' or outcome.code == 'expired' )
	end
`;

/** Where so many jobs of a tenant and a model could run already, every place at work has a ticket, and its holder will come to the others as well. */
const ENOUGH_TICKETS = 256;

/**
 * ARGV, for each job: tenant, uuid, accepted_at, most that may wait in all, most of the tenant, request, how many fields and values follow, these.
 * Answers how many tickets they need, then what became of each.
 */
export const acceptScript = new RedisScript( `${ jobLibrary }
	local function accept( tenant, uuid, at, most, most_of_tenant, request, first, last )
		local key = job_key( tenant, uuid )
		if call( 'EXISTS', key ) == 1 then
			return 'known'
		end
		local waiting = tonumber( call( 'HGET', P .. ':counts', 'queued' ) or 0 )
		if waiting >= tonumber( most ) or tonumber( call( 'HGET', P .. ':waiting', tenant ) or 0 ) >= tonumber( most_of_tenant ) then
			return 'full'
		end
		call( 'SET', P .. ':request:' .. tenant .. ':' .. uuid, request )
		call( 'HSET', key, 'state', 'queued', 'attempts', 0, 'route_index', 0, 'next_run_at', at, unpack( ARGV, first, last ) )
		wait_in_queue( tenant, uuid, call( 'HGET', key, 'model' ), at )
		return 'accepted'
	end

	-- How many of the job's queue could run at that time.
	local function could_run( tenant, uuid, at )
		return call( 'ZCOUNT', P .. ':queued:' .. queue_of( tenant, call( 'HGET', job_key( tenant, uuid ), 'model' ) ), '-inf', at )
	end

	local outcomes, tickets, i = {}, 0, 1
	while i <= #ARGV do
		local first = i + 7
		local last = first + ARGV[ i + 6 ] - 1
		local outcome = accept( ARGV[ i ], ARGV[ i + 1 ], ARGV[ i + 2 ], ARGV[ i + 3 ], ARGV[ i + 4 ], ARGV[ i + 5 ], first, last )
		table.insert( outcomes, outcome )
		if outcome == 'accepted' and could_run( ARGV[ i ], ARGV[ i + 1 ], ARGV[ i + 2 ] ) <= ${ ENOUGH_TICKETS } then
			tickets = tickets + 1
		end
		i = last + 1
	end
	table.insert( outcomes, 1, tickets )
	return outcomes
` );

/** ARGV: tenant, uuid, now, outcome, delivery. */
export const cancelScript = new RedisScript( `${ jobLibrary }
	local tenant, uuid = ARGV[ 1 ], ARGV[ 2 ]
	local state = call( 'HGET', job_key( tenant, uuid ), 'state' )
	if state == 'queued' then
		finish( tenant, uuid, ARGV[ 4 ], ARGV[ 3 ], ARGV[ 5 ] )
	elseif state == 'running' then
		call( 'HSET', job_key( tenant, uuid ), 'cancel_requested', 1 )
		call( 'PUBLISH', P .. ':canceled', member_of( tenant, uuid ) )
	end
	return state
` );

/** Queues that are looked at for the one whose tenant has the fewest running jobs. */
const MAX_QUEUES = 1_000;

/** ARGV: lease, now, lease_until, most attempts, end of a lost call, outcomes when canceled, lost and expired, delivery, when leases have lapsed, then models that are full. */
export const claimScript = new RedisScript( `${ jobLibrary }
	local now = tonumber( ARGV[ 2 ] )
	local full = {}
	for i = 11, #ARGV do
		full[ ARGV[ i ] ] = true
	end
	local function next_of_fairest_tenant()
		local fairest, fairest_queue, fewest
		for _, queue in ipairs( call( 'ZRANGEBYSCORE', P .. ':queued', '-inf', now, 'LIMIT', 0, ${ MAX_QUEUES } ) ) do
			local tenant, model = string.match( queue, '^(%S+) (.*)$' )
			local busy = not full[ model ] and tonumber( call( 'HGET', P .. ':busy', tenant ) or 0 )
			if busy and ( not fewest or busy < fewest ) then
				fairest, fairest_queue, fewest = tenant, queue, busy
			end
			if busy == 0 then
				break
			end
		end
		if fairest then
			return fairest, call( 'ZRANGE', P .. ':queued:' .. fairest_queue, 0, 0 )[ 1 ]
		end
	end

	local lapsed = call( 'ZRANGEBYSCORE', P .. ':running', '-inf', ARGV[ 10 ], 'LIMIT', 0, 1 )[ 1 ]
	local tenant, uuid
	if lapsed then
		tenant, uuid = split( lapsed )
	else
		tenant, uuid = next_of_fairest_tenant()
	end
	if not tenant then
		return false
	end
	local key = job_key( tenant, uuid )
	local row = row_of( key )
	local attempts = tonumber( row.attempts )
	if lapsed and attempts > 0 and call( 'HSETNX', key, 'end:' .. attempts, ARGV[ 5 ] ) == 1 then
		call( 'HSET', key, 'maybe_billed_twice', 1 )
	end
	if row.cancel_requested then
		return finish( tenant, uuid, ARGV[ 6 ], now, ARGV[ 9 ] )
	end
	if attempts >= tonumber( ARGV[ 4 ] ) then
		return finish( tenant, uuid, ARGV[ 7 ], now, ARGV[ 9 ] )
	end
	if tonumber( row.expires_at ) <= now then
		return finish( tenant, uuid, ARGV[ 8 ], now, ARGV[ 9 ] )
	end
	leave_queue( tenant, uuid, row.model )
	if call( 'ZADD', P .. ':running', ARGV[ 3 ], member_of( tenant, uuid ) ) == 1 then
		call( 'HINCRBY', P .. ':busy', tenant, 1 )
	end
	call( 'HSET', key, 'state', 'running', 'lease', ARGV[ 1 ], 'lease_until', ARGV[ 3 ] )
	return {
		tenant, uuid, row.request_id, row.model, call( 'GET', P .. ':request:' .. tenant .. ':' .. uuid ), row.attempts, row.route_index,
		row.lease_until or row.next_run_at, row.expires_at
	}
` );

/** ARGV: tenant, uuid, lease, lease_until. */
export const renewScript = new RedisScript( `${ jobLibrary }
	local key = job_key( ARGV[ 1 ], ARGV[ 2 ] )
	local state, lease, cancel_requested = unpack( call( 'HMGET', key, 'state', 'lease', 'cancel_requested' ) )
	if cancel_requested then
		return 'canceled'
	end
	if state ~= 'queued' and state ~= 'running' then
		return 'ended'
	end
	if lease ~= ARGV[ 3 ] then
		return 'lost'
	end
	call( 'HSET', key, 'lease_until', ARGV[ 4 ] )
	call( 'ZADD', P .. ':running', ARGV[ 4 ], member_of( ARGV[ 1 ], ARGV[ 2 ] ) )
	return 'held'
` );

/** ARGV: tenant, uuid, lease, start, now, outcome when canceled, delivery. Answers the number of the attempt. */
export const startAttemptScript = new RedisScript( `${ jobLibrary }
	local tenant, uuid = ARGV[ 1 ], ARGV[ 2 ]
	local key = job_key( tenant, uuid )
	local state, lease, cancel_requested = unpack( call( 'HMGET', key, 'state', 'lease', 'cancel_requested' ) )
	if state ~= 'running' or lease ~= ARGV[ 3 ] then
		return false
	end
	if cancel_requested then
		return finish( tenant, uuid, ARGV[ 6 ], ARGV[ 5 ], ARGV[ 7 ] )
	end
	local number = call( 'HINCRBY', key, 'attempts', 1 )
	call( 'HSET', key, 'start:' .. number, ARGV[ 4 ], 'lease:' .. number, lease )
	return number
` );

/** ARGV: tenant, uuid, lease, now, attempt or '', its end, outcome or '', retry at or '', maybe billed, route index or '', outcome when canceled, delivery. */
export const settleScript = new RedisScript( `${ jobLibrary }
	local tenant, uuid, lease, now, number = ARGV[ 1 ], ARGV[ 2 ], ARGV[ 3 ], ARGV[ 4 ], ARGV[ 5 ]
	local outcome, delivery = ARGV[ 7 ], ARGV[ 12 ]
	local key = job_key( tenant, uuid )
	local row = row_of( key )
	-- The store may have been emptied meanwhile, and the job offered again.
	if not row.state or ( number ~= '' and row[ 'lease:' .. number ] ~= lease ) then
		return 'ignored'
	end
	if number ~= '' then
		local filed = row[ 'end:' .. number ]
		if not filed or cjson.decode( filed ).error_code == 'worker_lost' then
			call( 'HSET', key, 'end:' .. number, ARGV[ 6 ] )
		end
	end
	local is_holder = row.state == 'running' and row.lease == lease
	if row.cancel_requested and is_holder then
		return finish( tenant, uuid, ARGV[ 11 ], now, delivery )
	end
	if outcome ~= '' and ( is_holder or ( cjson.decode( outcome ).status == 'succeeded' and is_without_text( row ) ) ) then
		return finish( tenant, uuid, outcome, now, delivery )
	end
	if ARGV[ 8 ] ~= '' and is_holder then
		stop_running( tenant, uuid )
		call( 'HSET', key, 'state', 'queued', 'next_run_at', ARGV[ 8 ] )
		call( 'HDEL', key, 'lease', 'lease_until' )
		if ARGV[ 9 ] == '1' then
			call( 'HSET', key, 'maybe_billed_twice', 1 )
		end
		if ARGV[ 10 ] ~= '' then
			call( 'HSET', key, 'route_index', ARGV[ 10 ] )
		end
		wait_in_queue( tenant, uuid, row.model, ARGV[ 8 ] )
		return 'queued'
	end
	return 'ignored'
` );

/** ARGV: models that are full. */
export const nextDueScript = new RedisScript( `${ luaLibrary }
	local full = {}
	for _, model in ipairs( ARGV ) do
		full[ model ] = true
	end
	local function first_queued()
		local queues = call( 'ZRANGE', P .. ':queued', 0, #ARGV == 0 and 0 or ${ MAX_QUEUES }, 'WITHSCORES' )
		for i = 1, #queues, 2 do
			if not full[ string.match( queues[ i ], '^%S+ (.*)$' ) ] then
				return queues[ i + 1 ]
			end
		end
	end
	local queued, running = first_queued(), earliest( P .. ':running' )
	if queued and running then
		return tonumber( queued ) < tonumber( running ) and queued or running
	end
	return queued or running
` );

/** ARGV: now, lease_until, the latest that a job may wait for. */
export const setBackScript = new RedisScript( `${ jobLibrary }
	local now = tonumber( ARGV[ 1 ] )
	for _, queue in ipairs( call( 'ZRANGE', P .. ':queued', 0, -1 ) ) do
		local tenant = string.match( queue, '^%S+' )
		for _, uuid in ipairs( call( 'ZRANGEBYSCORE', P .. ':queued:' .. queue, '(' .. now, '+inf' ) ) do
			local key = job_key( tenant, uuid )
			local due = tonumber( call( 'HGET', key, 'accepted_at' ) or 0 ) > now and ARGV[ 1 ] or ARGV[ 3 ]
			if tonumber( call( 'HGET', key, 'next_run_at' ) or 0 ) > tonumber( due ) then
				call( 'HSET', key, 'next_run_at', due )
				call( 'ZADD', P .. ':queued:' .. queue, due, uuid )
			end
		end
		place( 'queued', queue )
	end
	for _, member in ipairs( call( 'ZRANGEBYSCORE', P .. ':running', '(' .. ARGV[ 2 ], '+inf' ) ) do
		call( 'HSET', job_key( split( member ) ), 'lease_until', ARGV[ 2 ] )
		call( 'ZADD', P .. ':running', ARGV[ 2 ], member )
	end
` );

/** Keeps one call short: the server does nothing else meanwhile. */
export const PURGE_BATCH = 200;

/** ARGV: drop jobs that ended before, drop texts acknowledged before. Answers how many were looked at. */
export const purgeScript = new RedisScript( `${ luaLibrary }
	local old = call( 'ZRANGEBYSCORE', P .. ':finished', '-inf', '(' .. ARGV[ 1 ], 'LIMIT', 0, ${ PURGE_BATCH } )
	for _, member in ipairs( old ) do
		local tenant, uuid = split( member )
		for id in string.gmatch( call( 'HGET', job_key( tenant, uuid ), 'deliveries' ) or '', '%S+' ) do
			drop_delivery( id )
		end
		call( 'DEL', job_key( tenant, uuid ), P .. ':request:' .. tenant .. ':' .. uuid )
		call( 'ZREM', P .. ':finished', member )
		call( 'ZREM', P .. ':texts', member )
	end
	local texts = call( 'ZRANGEBYSCORE', P .. ':texts', '-inf', '(' .. ARGV[ 2 ], 'LIMIT', 0, ${ PURGE_BATCH } )
	for _, member in ipairs( texts ) do
		call( 'HDEL', job_key( split( member ) ), 'outcome_json' )
		call( 'ZREM', P .. ':texts', member )
	end
	return math.max( #old, #texts )
` );

/** Answers lines of tenant, waiting, running, when the first waiting job could have run. */
export const statsScript = new RedisScript( `${ luaLibrary }
	local lines, first = {}, {}
	local queues = call( 'ZRANGE', P .. ':queued', 0, -1, 'WITHSCORES' )
	for i = 1, #queues, 2 do
		local tenant = string.match( queues[ i ], '^%S+' )
		first[ tenant ] = first[ tenant ] or queues[ i + 1 ]
	end
	for tenant, at in pairs( first ) do
		local busy = tonumber( call( 'HGET', P .. ':busy', tenant ) or 0 )
		table.insert( lines, { tenant, tonumber( call( 'HGET', P .. ':waiting', tenant ) or 0 ), busy, at } )
	end
	local busy = call( 'HGETALL', P .. ':busy' )
	for i = 1, #busy, 2 do
		if not first[ busy[ i ] ] then
			table.insert( lines, { busy[ i ], 0, tonumber( busy[ i + 1 ] ), false } )
		end
	end
	return lines
` );
