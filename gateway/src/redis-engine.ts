import { RedisAuditLog } from './audit/redis-audit-log.ts';
import { RedisUsedTokens } from './auth/redis-used-tokens.ts';
import { RedisAnswerStore } from './calls/redis-answer-store.ts';
import { RedisCallLog } from './calls/redis-call-log.ts';
import { RedisDeliveryStore } from './deliveries/redis-delivery-store.ts';
import type { Engine, EngineDeps } from './engine.ts';
import { BullMqJobTickets } from './jobs/bullmq-job-tickets.ts';
import { RedisJobStore } from './jobs/redis-job-store.ts';
import { RedisApiKeyStore } from './keys/redis-api-key-store.ts';
import { RedisBudgetStore } from './policy/budgets/redis-budget-store.ts';
import { RedisCacheStore } from './policy/cache/redis-cache-store.ts';
import { RedisLimitStore } from './policy/limits/redis-limit-store.ts';
import { openRedis, REDIS_PREFIX } from './redis/open-redis.ts';
import type { RedisDurability } from './redis/redis-durability.ts';

/** One Redis server for any number of processes. */
export async function openRedisEngine( url: string, deps: EngineDeps & { durability: RedisDurability } ): Promise< Engine > {
	const { clock, logger, startedAt, durability } = deps;
	const redis = await openRedis( url, { logger, durability, clock } );
	const tickets = new BullMqJobTickets( redis, logger );
	const usedTokens = new RedisUsedTokens( redis.commands );
	await usedTokens.begin( Math.floor( startedAt / 1000 ) );
	return {
		jobs: new RedisJobStore( redis, tickets ),
		deliveries: new RedisDeliveryStore( redis.commands ),
		usedTokens,
		limits: new RedisLimitStore( redis.commands ),
		budgets: new RedisBudgetStore( redis.commands ),
		cache: new RedisCacheStore( redis.commands ),
		tickets,
		api: {
			keys: new RedisApiKeyStore( redis.commands ),
			usedRequests: usedTokens,
			callLog: new RedisCallLog( redis.commands, { clock, logger } ),
			answers: new RedisAnswerStore( redis.commands ),
		},
		audit: new RedisAuditLog( redis.commands ),
		storage: { kind: 'redis', redis },
		listen( { onEnded, onCanceled, onUnknown } ) {
			const subscriber = redis.connect( 'signals' );
			subscriber.on( 'message', ( channel: string, message: string ) => {
				if ( channel === `${ REDIS_PREFIX }:ended` ) {
					onEnded();
				} else {
					const [ tenant = '', uuid = '' ] = message.split( ' ' );
					onCanceled( { tenant, uuid } );
				}
			} );
			// Nobody repeats what was said while the connection was gone.
			subscriber.on( 'ready', onUnknown );
			subscriber.subscribe( `${ REDIS_PREFIX }:ended`, `${ REDIS_PREFIX }:canceled` ).catch( () => {} );
		},
		async close() {
			await tickets.close();
			await redis.close();
		},
	};
}
