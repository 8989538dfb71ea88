import { SqliteAuditLog } from './audit/sqlite-audit-log.ts';
import { SqliteUsedTokens } from './auth/sqlite-used-tokens.ts';
import { MemoryUsedTokens } from './auth/used-tokens.ts';
import { SqliteAnswerStore } from './calls/sqlite-answer-store.ts';
import { SqliteCallLog } from './calls/sqlite-call-log.ts';
import type { Clock } from './clock.ts';
import { openDatabase, type SqliteDatabase } from './database.ts';
import { SqliteDeliveryStore } from './deliveries/sqlite-delivery-store.ts';
import { DueLoop } from './due-loop.ts';
import type { Engine, EngineDeps } from './engine.ts';
import { GroupCommit } from './group-commit.ts';
import { SqliteJobStore } from './jobs/sqlite-job-store.ts';
import { SqliteApiKeyStore } from './keys/sqlite-api-key-store.ts';
import { SqliteBudgetStore } from './policy/budgets/sqlite-budget-store.ts';
import { MemoryCacheStore } from './policy/cache/memory-cache-store.ts';
import { MemoryLimitStore } from './policy/limits/memory-limit-store.ts';

/** How often to ask whether another process has written to the file: a cancel has to be heard within a second. */
const WATCH_PERIOD_MS = 500;

/** One file for one process, or for a few on one machine. */
export function openSqliteEngine( file: string, { clock, logger, startedAt }: EngineDeps ): Engine {
	const database = openDatabase( file );
	const group = new GroupCommit( database );
	const budgets = new SqliteBudgetStore( database );
	const remembersSince = Math.floor( startedAt / 1000 );
	let stopWatching = async () => {};
	return {
		clock,
		remembersSince,
		jobs: new SqliteJobStore( database, group ),
		deliveries: new SqliteDeliveryStore( database, group ),
		usedTokens: new MemoryUsedTokens( remembersSince ),
		api: {
			keys: new SqliteApiKeyStore( database ),
			usedRequests: new SqliteUsedTokens( database, remembersSince ),
			callLog: new SqliteCallLog( database, { clock, logger } ),
			answers: new SqliteAnswerStore( database ),
		},
		limits: new MemoryLimitStore( { now: () => clock.steady() } ),
		budgets,
		cache: new MemoryCacheStore( { now: () => clock.steady() } ),
		audit: new SqliteAuditLog( database ),
		storage: { kind: 'sqlite', database },
		listen: ( { onUnknown } ) => {
			stopWatching = watchWrites( database, clock, onUnknown );
		},
		async close() {
			await stopWatching();
			group.flush();
			budgets.flush();
			database.close();
		},
	};
}

/** Calls `onWrite` after other processes have written; costs a read of the file's shared memory. */
function watchWrites( database: SqliteDatabase, clock: Clock, onWrite: () => void ): () => Promise< void > {
	// It changes with every commit of another connection, and never with one of our own.
	const read = database.prepare( 'SELECT data_version FROM pragma_data_version' );
	const version = () => ( read.get() as { data_version: number } ).data_version;
	let known = version();
	const loop = new DueLoop( {
		clock,
		async runDue() {
			const now = version();
			if ( now !== known ) {
				known = now;
				onWrite();
			}
			return clock.now() + WATCH_PERIOD_MS;
		},
		// Whoever wants to use the file says what is wrong with it.
		onError: () => {},
	} );
	loop.wake();
	return () => loop.stop();
}
