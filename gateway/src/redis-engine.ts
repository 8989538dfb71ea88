import { RedisAuditLog } from './audit/redis-audit-log.ts';
import { RedisUsedTokens } from './auth/redis-used-tokens.ts';
import { RedisAnswerStore } from './calls/redis-answer-store.ts';
import { RedisCallLog } from './calls/redis-call-log.ts';
import type { Clock } from './clock.ts';
import { RedisDeliveryStore } from './deliveries/redis-delivery-store.ts';
import type { Engine, EngineDeps } from './engine.ts';
import { BullMqJobTickets } from './jobs/bullmq-job-tickets.ts';
import { RedisJobStore } from './jobs/redis-job-store.ts';
import { RedisApiKeyStore } from './keys/redis-api-key-store.ts';
import type { Logger } from './observability/logger.ts';
import { RedisBudgetStore } from './policy/budgets/redis-budget-store.ts';
import { RedisCacheStore } from './policy/cache/redis-cache-store.ts';
import { RedisLimitStore } from './policy/limits/redis-limit-store.ts';
import { RedisClock } from './redis/redis-clock.ts';
import { openRedis, REDIS_PREFIX, type RedisServer } from './redis/open-redis.ts';
import type { RedisDurability } from './redis/redis-durability.ts';

/** Clocks that time servers look after differ by less. */
const NOTABLE_MS = 2_000;

/** One Redis server for any number of processes. */
export async function openRedisEngine( url: string, deps: EngineDeps & { durability: RedisDurability } ): Promise< Engine > {
	const { clock: own, logger, startedAt, durability } = deps;
	const redis = await openRedis( url, { logger, durability, clock: own } );
	const clock = await openClock( redis, own, logger );
	const tickets = new BullMqJobTickets( redis, logger );
	const usedTokens = new RedisUsedTokens( redis.commands );
	const remembersSince = await usedTokens.begin( Math.floor( ( startedAt + clock.now() - own.now() ) / 1000 ) );
	return {
		clock,
		remembersSince,
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
			clock.close();
			await tickets.close();
			await redis.close();
		},
	};
}

async function openClock( { commands, close }: RedisServer, own: Clock, logger: Logger ): Promise< RedisClock > {
	try {
		const clock = await new RedisClock( commands, own ).open();
		const milliseconds = own.now() - clock.now();
		if ( Math.abs( milliseconds ) > NOTABLE_MS ) {
			logger.warn( { milliseconds }, 'the clock of this machine is off from that of Redis, which counts' );
		}
		return clock;
	} catch ( error ) {
		await close();
		throw error;
	}
}
