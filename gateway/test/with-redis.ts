import type { Redis } from 'ioredis';
import { afterAll } from 'vitest';
import { createLogger } from '../src/observability/logger.ts';
import { openRedis, type RedisServer } from '../src/redis/open-redis.ts';
import { startPrivateRedis, type PrivateRedis } from './private-redis.ts';

/** One server for a file of tests, emptied for each. */
export function sharedRedis(): { open: () => Promise< RedisServer >; remove: () => Promise< void >; server: () => Promise< PrivateRedis > } {
	let starting: Promise< PrivateRedis > | null = null;
	const server = () => ( starting ??= startPrivateRedis() );
	return {
		server,
		async open() {
			const { url } = await server();
			const redis = await openRedis( url, { logger: createLogger( 'silent' ) } );
			await redis.commands.flushall();
			return redis;
		},
		async remove() {
			await ( await starting )?.remove();
		},
	};
}

/** Connections to one server, emptied for each; all of them end with the tests around. */
export function redisConnections(): () => Promise< Redis > {
	const redis = sharedRedis();
	const opened: RedisServer[] = [];
	afterAll( async () => {
		await Promise.all( opened.map( ( connection ) => connection.close() ) );
		await redis.remove();
	} );
	return async () => {
		const connection = await redis.open();
		opened.push( connection );
		return connection.commands;
	};
}
