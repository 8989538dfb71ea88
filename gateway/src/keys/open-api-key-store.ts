import type { Config } from '../config.ts';
import { openDatabase } from '../database.ts';
import type { Logger } from '../observability/logger.ts';
import type { ApiKeyStore } from './api-key-store.ts';
import { SqliteApiKeyStore } from './sqlite-api-key-store.ts';

/** Opens the store beside a running gateway, for a command. */
export async function openApiKeyStore( config: Config, logger: Logger ): Promise< { store: ApiKeyStore; close: () => Promise< void > } > {
	if ( config.redis_url !== null ) {
		const [ { openRedis }, { RedisApiKeyStore } ] = await Promise.all( [ import( '../redis/open-redis.ts' ), import( './redis-api-key-store.ts' ) ] );
		const redis = await openRedis( config.redis_url, { logger, durability: config.redis_durability } );
		return { store: new RedisApiKeyStore( redis.commands ), close: redis.close };
	}
	const database = openDatabase( config.database ?? '' );
	return { store: new SqliteApiKeyStore( database ), close: async () => void database.close() };
}
