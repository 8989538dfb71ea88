import type { UsedTokens } from './auth/used-tokens.ts';
import { MemoryUsedTokens } from './auth/used-tokens.ts';
import type { Config } from './config.ts';
import { openDatabase, type SqliteDatabase } from './database.ts';
import type { DeliveryStore } from './deliveries/delivery-store.ts';
import { SqliteDeliveryStore } from './deliveries/sqlite-delivery-store.ts';
import type { JobStore } from './jobs/job-store.ts';
import { SqliteJobStore } from './jobs/sqlite-job-store.ts';

/** Where the gateway keeps what must outlive a process, and what several processes share. */
export type Engine = {
	jobs: JobStore;
	deliveries: DeliveryStore;
	usedTokens: UsedTokens;
	/** For stores of other features. */
	storage: { kind: 'sqlite'; database: SqliteDatabase };
	close: () => Promise< void >;
};

/** SQLite where a file is named, Redis where a server is; what belongs to the other is not even loaded. */
export async function openEngine( config: Config, { startedAt }: { startedAt: number } ): Promise< Engine > {
	const database = openDatabase( config.database ?? ':memory:' );
	return {
		jobs: new SqliteJobStore( database ),
		deliveries: new SqliteDeliveryStore( database ),
		usedTokens: new MemoryUsedTokens( Math.floor( startedAt / 1000 ) ),
		storage: { kind: 'sqlite', database },
		close: async () => void database.close(),
	};
}
