import type { AuditLog } from './audit/audit-log.ts';
import type { UsedTokens } from './auth/used-tokens.ts';
import type { AnswerStore } from './calls/answer-store.ts';
import type { CallLog } from './calls/call-log.ts';
import type { Config } from './config.ts';
import type { Clock } from './clock.ts';
import type { SqliteDatabase } from './database.ts';
import type { DeliveryStore } from './deliveries/delivery-store.ts';
import type { JobKey, JobStore } from './jobs/job-store.ts';
import type { JobTickets } from './jobs/job-tickets.ts';
import type { ApiKeyStore } from './keys/api-key-store.ts';
import type { Logger } from './observability/logger.ts';
import type { BudgetStore } from './policy/budgets/budget-store.ts';
import type { CacheStore } from './policy/cache/cache-store.ts';
import type { LimitStore } from './policy/limits/limit-store.ts';
import type { RedisServer } from './redis/open-redis.ts';
import { openSqliteEngine } from './sqlite-engine.ts';

export type ApiStores = { keys: ApiKeyStore; usedRequests: UsedTokens; callLog: CallLog; answers: AnswerStore };

/** Where the gateway keeps what must outlive a process, and what several processes share. */
export type Engine = {
	/** What time it is for everybody who shares it: processes that do not agree on that take each other's jobs. */
	clock: Clock;
	/** Tokens that were signed in this second or before are refused: whether they were used nobody knows. */
	remembersSince: number;
	jobs: JobStore;
	deliveries: DeliveryStore;
	usedTokens: UsedTokens;
	/** What the API for other programs keeps. */
	api: ApiStores;
	limits: LimitStore;
	budgets: BudgetStore;
	cache: CacheStore;
	/** Present where jobs are handed out; absent where every worker finds them by itself. */
	tickets?: JobTickets;
	audit: AuditLog;
	/** For stores of other features. */
	storage: { kind: 'sqlite'; database: SqliteDatabase } | { kind: 'redis'; redis: RedisServer };
	/** Tells from now on what other processes do. May tell more than happened, never less for longer than a second. */
	listen: ( hear: Listener ) => void;
	close: () => Promise< void >;
};

export type Listener = {
	/** A job has ended, or a dead letter was replayed. */
	onEnded: () => void;
	/** Somebody does not want a running job any more. */
	onCanceled: ( key: JobKey ) => void;
	/** Something may have happened, nobody knows what. */
	onUnknown: () => void;
};

export type EngineDeps = { clock: Clock; logger: Logger; startedAt: number };

/** SQLite where a file is named, Redis where a server is; what the other needs is not even loaded. */
export async function openEngine( config: Pick< Config, 'database' | 'redis_url' | 'redis_durability' >, deps: EngineDeps ): Promise< Engine > {
	if ( config.redis_url === null ) {
		return openSqliteEngine( config.database ?? ':memory:', deps );
	}
	const { openRedisEngine } = await import( './redis-engine.ts' );
	return openRedisEngine( config.redis_url, { ...deps, durability: config.redis_durability } );
}
