import { afterAll, describe } from 'vitest';
import { hasRedis } from '../../test/private-redis.ts';
import { sharedRedis } from '../../test/with-redis.ts';
import { describeDeliveryStore } from '../deliveries/delivery-store.conformance.ts';
import { RedisDeliveryStore } from '../deliveries/redis-delivery-store.ts';
import { describeJobStore } from './job-store.conformance.ts';
import { RedisJobStore } from './redis-job-store.ts';

describe.skipIf( ! hasRedis )( 'with a Redis server', () => {
	const shared = sharedRedis();
	afterAll( shared.remove );

	const openStores = async () => {
		const { commands, close } = await shared.open();
		return { jobs: new RedisJobStore( commands ), deliveries: new RedisDeliveryStore( commands ), close };
	};

	describeJobStore( 'Redis', openStores );
	describeDeliveryStore( 'Redis', openStores );
} );
