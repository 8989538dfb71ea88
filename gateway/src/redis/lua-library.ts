/**
 * What the scripts of jobs and deliveries share.
 *
 * Keys, each after the prefix:
 *   job:<tenant>:<uuid>          hash: the row; its attempts are the fields start:<n>, end:<n> and lease:<n>
 *   request:<tenant>:<uuid>      what the provider is asked, while the job has not ended
 *   queued, queued:<tenant> <model>  queues by their first waiting job, a queue's jobs by when they may run
 *   waiting                      number of waiting jobs by tenant
 *   running, busy                leased jobs by the end of the lease, number of them by tenant
 *   finished, texts              ended jobs by when they ended, by when their text was acknowledged
 *   delivery:<id>                hash: a result on its way
 *   due, due:<tenant>            tenants by their first due delivery, a tenant's deliveries by when they are due
 *   undelivered:<tenant>         a tenant's deliveries without an end, by when they were made
 *   dead                         dead letters by when they were given up
 *   counts                       how many members all the queues of a kind have
 */
export const luaLibrary = `
	local P = KEYS[ 1 ]
	local call = redis.call

	local function job_key( tenant, uuid )
		return P .. ':job:' .. tenant .. ':' .. uuid
	end

	-- A job among those of all tenants. No tenant holds a space.
	local function member_of( tenant, uuid )
		return tenant .. ' ' .. uuid
	end
	local function split( member )
		return string.match( member, '^(%S+) (%S+)$' )
	end

	-- Keeps the queue's place among those of its kind: its first entry.
	local function place( kind, queue )
		local first = call( 'ZRANGE', P .. ':' .. kind .. ':' .. queue, 0, 0, 'WITHSCORES' )
		if first[ 2 ] then
			call( 'ZADD', P .. ':' .. kind, first[ 2 ], queue )
		else
			call( 'ZREM', P .. ':' .. kind, queue )
		end
	end
	-- Both answer how many members the queue has got more, or fewer.
	local function enqueue( kind, queue, member, at )
		local added = call( 'ZADD', P .. ':' .. kind .. ':' .. queue, at, member )
		call( 'HINCRBY', P .. ':counts', kind, added )
		place( kind, queue )
		return added
	end
	local function dequeue( kind, queue, member )
		local removed = call( 'ZREM', P .. ':' .. kind .. ':' .. queue, member )
		call( 'HINCRBY', P .. ':counts', kind, 0 - removed )
		place( kind, queue )
		return removed
	end
	local function earliest( key )
		return call( 'ZRANGE', key, 0, 0, 'WITHSCORES' )[ 2 ]
	end

	local function drop_delivery( id )
		local tenant = call( 'HGET', P .. ':delivery:' .. id, 'tenant' )
		if tenant then
			dequeue( 'due', tenant, id )
			call( 'ZREM', P .. ':undelivered:' .. tenant, id )
		end
		call( 'ZREM', P .. ':dead', id )
		call( 'DEL', P .. ':delivery:' .. id )
	end

	-- A hash as a Lua table.
	local function row_of( key )
		local flat = call( 'HGETALL', key )
		local row = {}
		for i = 1, #flat, 2 do
			row[ flat[ i ] ] = flat[ i + 1 ]
		end
		return row
	end
`;
