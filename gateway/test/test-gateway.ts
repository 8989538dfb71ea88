import type { FastifyInstance } from 'fastify';
import { SqliteAuditLog } from '../src/audit/sqlite-audit-log.ts';
import { MemoryUsedTokens } from '../src/auth/used-tokens.ts';
import { SqliteAnswerStore } from '../src/calls/sqlite-answer-store.ts';
import { SqliteCallLog } from '../src/calls/sqlite-call-log.ts';
import { RunningCalls } from '../src/calls/running-calls.ts';
import { SqliteUsedTokens } from '../src/auth/sqlite-used-tokens.ts';
import type { ApiStores } from '../src/engine.ts';
import { SqliteApiKeyStore } from '../src/keys/sqlite-api-key-store.ts';
import { openDatabase, type SqliteDatabase } from '../src/database.ts';
import { createApp } from '../src/http/app.ts';
import { SqliteJobStore } from '../src/jobs/sqlite-job-store.ts';
import { Worker } from '../src/jobs/worker.ts';
import { createLogger } from '../src/observability/logger.ts';
import { silentMeter, type Meter } from '../src/observability/meter.ts';
import type { BudgetStore } from '../src/policy/budgets/budget-store.ts';
import { SqliteBudgetStore } from '../src/policy/budgets/sqlite-budget-store.ts';
import { MemoryCacheStore } from '../src/policy/cache/memory-cache-store.ts';
import type { LimitStore } from '../src/policy/limits/limit-store.ts';
import { MemoryLimitStore } from '../src/policy/limits/memory-limit-store.ts';
import { openPolicy, type Policy } from '../src/policy/open-policy.ts';
import type { Models } from '../src/providers/models.ts';
import type { Provider } from '../src/providers/provider.ts';
import type { TextRequest } from '../src/providers/text-provider.ts';
import { ReplaceableMap } from '../src/replaceable-map.ts';
import type { Site } from '../src/sites/site.ts';
import { MemoryStreamStore } from '../src/streams/memory-stream-store.ts';
import { OpenStreams } from '../src/streams/open-streams.ts';
import type { StreamStore } from '../src/streams/stream-store.ts';
import { StreamTokens } from '../src/streams/stream-tokens.ts';
import { ManualClock, settled } from './manual-clock.ts';
import { fakeProvider, sampleProvider, testTarget } from './test-providers.ts';
import { ORIGIN } from './test-site.ts';

export type HeldCall = { begun: Promise< void >; request: () => TextRequest; signal: () => AbortSignal };

/** A call that the test ends: with a text, or as the provider fails. */
export type WrittenCall = { write: ( delta: string ) => void; end: () => void; fail: ( error: unknown ) => void };

export type TestGateway = {
	app: FastifyInstance;
	api: ApiStores;
	running: RunningCalls;
	useProvider: ( provider: Provider ) => void;
	clock: ManualClock;
	database: SqliteDatabase;
	/** What the gateway's file says of its sites; another one may take its place. */
	sites: ReplaceableMap< Site >;
	policy: Policy;
	limits: LimitStore;
	budgets: BudgetStore;
	/** Lets the worker finish what it can. */
	settle: () => Promise< void >;
	/** The next provider call ends only when it is aborted. */
	holdProvider: () => HeldCall;
	/** The next provider calls write what the test says, when it says so. */
	writeByHand: () => WrittenCall[];
	streams: StreamStore;
	openStreams: OpenStreams;
	stopWorker: () => void;
	startWorker: () => void;
	beginClosing: () => void;
	logLines: () => string[];
	close: () => Promise< void >;
};

export type TestGatewayOptions = { provider?: Provider; clock?: ManualClock; meter?: Meter };

/** A whole gateway without a port, on a clock that stands still, its database in memory. */
export function createTestGateway(
	sites: readonly Site[], { provider: first, clock = new ManualClock(), meter = silentMeter }: TestGatewayOptions = {}
): TestGateway {
	const lines: string[] = [];
	const logger = createLogger( 'trace', { write: ( line ) => void lines.push( line ) } );
	const database = openDatabase( ':memory:' );
	const store = new SqliteJobStore( database );
	let next: Provider = first ?? sampleProvider( clock );
	const provider: Provider = {
		missing: ( ...asked ) => next.missing( ...asked ),
		generate: ( request ) => next.generate( request ),
		call: ( request ) => next.call( request ),
		embed: ( request ) => next.embed( request ),
	};
	const models: Models = new Map( [ 'sample', 'other' ].map( ( id ) => [ id, { id, route: [ testTarget( provider, { clock, upstream_model: id } ) ] } ] ) );
	const registered = new ReplaceableMap( new Map( sites.map( ( site ) => [ site.tenant, site ] ) ) );
	const engine = { jobs: store, limits: new MemoryLimitStore( clock ), budgets: new SqliteBudgetStore( database ), cache: new MemoryCacheStore( clock ) };
	const policy = openPolicy( { engine, sites: registered, models, clock, logger, meter, fetch: globalThis.fetch } );
	const streams = new MemoryStreamStore( clock );
	const openStreams = new OpenStreams( { streams, store, clock, logger, meter } );
	const running = new RunningCalls();
	const api: ApiStores = {
		keys: new SqliteApiKeyStore( database ),
		usedRequests: new SqliteUsedTokens( database, clock.now() / 1000 - 3_600 ),
		callLog: new SqliteCallLog( database, { clock, logger } ),
		answers: new SqliteAnswerStore( database ),
	};
	const worker = new Worker( { store, streams, models, policy: policy.jobs, clock, random: () => 0.5, logger, onEnded: () => {}, concurrency: 8 } );
	let isClosing = false;
	let isWorking = true;
	const app = createApp( {
		origin: () => ORIGIN,
		sites: registered,
		audit: new SqliteAuditLog( database ),
		usedTokens: new MemoryUsedTokens( clock.now() / 1000 - 3_600 ),
		store,
		clock,
		logger,
		meter,
		wake: () => isWorking && worker.wake(),
		stopCall: ( key ) => worker.cancel( key ),
		onEnded: () => {},
		isClosing: () => isClosing,
		bounds: { total: 50, per_tenant: 20 },
		configProblems: () => [],
		admission: policy.admission,
		streams,
		openStreams,
		streamTokens: new StreamTokens( Buffer.alloc( 32, 7 ) ),
		...api,
		models,
		callPolicy: policy.calls,
		running,
		random: () => 0.5,
		startedAt: clock.now(),
	} );
	return {
		app,
		api,
		running,
		useProvider: ( other ) => void ( next = other ),
		clock,
		database,
		sites: registered,
		policy,
		limits: engine.limits,
		budgets: engine.budgets,
		settle: settled,
		holdProvider() {
			let asked: TextRequest | null = null;
			const request = (): TextRequest => {
				if ( asked === null ) {
					throw new Error( 'no call yet' );
				}
				return asked;
			};
			let begin = () => {};
			const begun = new Promise< void >( ( resolve ) => ( begin = resolve ) );
			next = fakeProvider( {
				generate: ( made ) => new Promise( ( _resolve, reject ) => {
					asked = made;
					made.signal.addEventListener( 'abort', () => reject( new Error( 'aborted' ) ) );
					begin();
				} ),
			} );
			return { begun, request, signal: () => request().signal };
		},
		writeByHand() {
			const calls: WrittenCall[] = [];
			next = fakeProvider( {
				generate: ( { onText, signal } ) => new Promise( ( resolve, fail ) => {
					let text = '';
					signal.addEventListener( 'abort', () => fail( new Error( 'aborted' ) ) );
					calls.push( {
						write( delta ) {
							text += delta;
							onText?.( delta );
						},
						end: () => resolve( { text, tokens_in: 1, tokens_out: 1, finish_reason: 'stop', sample: false } ),
						fail,
					} );
				} ),
			} );
			return calls;
		},
		streams,
		openStreams,
		stopWorker() {
			isWorking = false;
		},
		startWorker() {
			isWorking = true;
			worker.wake();
		},
		beginClosing() {
			isClosing = true;
		},
		logLines: () => lines,
		async close() {
			await worker.stop();
			openStreams.close();
			app.server.closeAllConnections();
			await app.close();
			engine.budgets.flush();
			database.close();
		},
	};
}
