import { afterAll, describe } from 'vitest';
import { hasRedis } from '../../test/private-redis.ts';
import { sharedRedis } from '../../test/with-redis.ts';
import { describeDeliveryStore } from '../deliveries/delivery-store.conformance.ts';
import { RedisDeliveryStore } from '../deliveries/redis-delivery-store.ts';
import { createLogger } from '../observability/logger.ts';
import { BullMqJobTickets } from './bullmq-job-tickets.ts';
import { describeJobStore } from './job-store.conformance.ts';
import { RedisJobStore } from './redis-job-store.ts';

describe.skipIf( ! hasRedis )( 'with a Redis server', () => {
	const shared = sharedRedis();
	afterAll( shared.remove );

	const openStores = async () => {
		const redis = await shared.open();
		const tickets = new BullMqJobTickets( redis, createLogger( 'silent' ) );
		const close = async () => {
			await tickets.close();
			await redis.close();
		};
		return { jobs: new RedisJobStore( redis.commands, tickets ), deliveries: new RedisDeliveryStore( redis.commands ), close };
	};

	describeJobStore( 'Redis', openStores );
	describeDeliveryStore( 'Redis', openStores );
} );
