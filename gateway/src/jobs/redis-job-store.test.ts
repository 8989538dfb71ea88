import { afterAll, describe, expect, it } from 'vitest';
import { driveStores, NOW } from '../../test/drive-stores.ts';
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
		return { jobs: new RedisJobStore( redis, tickets ), deliveries: new RedisDeliveryStore( redis.commands ), close };
	};

	describeJobStore( 'Redis', openStores );
	describeDeliveryStore( 'Redis', openStores );

	it( 'issues a ticket for each job that can run, until there are enough for everybody at work', async () => {
		const redis = await shared.open();
		const issued: number[] = [];
		const jobs = new RedisJobStore( redis, { issue: ( count ) => void issued.push( count ) } );
		const { newJob } = await driveStores( async () => ( { jobs, deliveries: new RedisDeliveryStore( redis.commands ), close: redis.close } ) );
		const later = { accepted_at: NOW + 60_000 };
		await jobs.acceptAll( Array.from( { length: 300 }, () => newJob( later ) ) );
		await jobs.acceptAll( [ newJob(), newJob() ] );
		await jobs.acceptAll( Array.from( { length: 300 }, () => newJob() ) );
		await jobs.accept( newJob( { tenant: 'blog:1' } ) );
		expect( issued ).toEqual( [ 256, 2, 254, 1 ] );
		await redis.close();
	} );
} );
