import { wait, type Clock } from './clock.ts';
import { watchClock } from './clock-watch.ts';
import type { Config } from './config.ts';
import { ConfigWatch } from './config-watch.ts';
import { DeliveryWorker, LEASE_MS as DELIVERY_LEASE_MS } from './deliveries/delivery-worker.ts';
import { createPostWebhook } from './deliveries/post-webhook.ts';
import { openEngine } from './engine.ts';
import { followFile } from './follow-file.ts';
import { freeBytesBeside } from './free-bytes.ts';
import { LEASE_MS, Worker } from './jobs/worker.ts';
import type { Logger } from './observability/logger.ts';
import { openMetrics } from './observability/open-metrics.ts';
import { loadAhead } from './policy/load-ahead.ts';
import { openPolicy } from './policy/open-policy.ts';
import { createModels } from './providers/create-models.ts';
import { openNetwork } from './providers/network.ts';
import { openPurge } from './purge.ts';
import { ReplaceableMap } from './replaceable-map.ts';
import { openStreamStore } from './streams/open-stream-store.ts';

export type WorkplaceDeps = {
	clock: Clock;
	random: () => number;
	logger: Logger;
	startedAt: number;
	/** Where everything is kept; left out, what the configuration names. */
	openEngine?: typeof openEngine;
};

export type Workplace = Awaited< ReturnType< typeof openWorkplace > >;

/** Everything that a process needs to do jobs and bring their results to the sites, without a port. */
export async function openWorkplace( config: Config, { clock: own, random, logger, startedAt, openEngine: open = openEngine }: WorkplaceDeps ) {
	const engine = await open( config, { clock: own, logger, startedAt } );
	const { clock, jobs: store, tickets } = engine;
	const freeBytes = config.database === null ? undefined : freeBytesBeside( config.database );
	const sites = new ReplaceableMap( config.sites );
	const metrics = await openMetrics( config.metrics, { freeBytes, sites, configProblems: () => watch.problems, ...engine } );
	const { meter } = metrics;
	if ( metrics.port !== null ) {
		logger.info( { host: config.metrics?.host, port: metrics.port }, 'figures are shown' );
	}
	const models = new ReplaceableMap( createModels( config, { clock, logger, meter } ) );
	const watch = new ConfigWatch( { config, apply: followFile( config, { sites, models, audit: engine.audit, clock, logger, meter } ), clock, logger } );
	const { streams, streamKey } = await openStreamStore( engine, clock );
	const webhooks = createPostWebhook( clock );
	await loadAhead( config.sites, models );
	const deliveries = new DeliveryWorker( { store: engine.deliveries, sites, post: webhooks.post, clock, random, logger, meter } );
	const onEnded = () => deliveries.wake();
	const policy = openPolicy( { engine, sites, models, clock, logger, meter, fetch: openNetwork().fetch } );
	const worker = new Worker( {
		store, streams, models, policy: policy.jobs, clock, random, logger, meter, onEnded, tickets, concurrency: config.worker_concurrency,
	} );
	const clockWatch = watchClock( {
		clock,
		async onSetBack( milliseconds ) {
			const now = clock.now();
			if ( milliseconds > 0 ) {
				logger.warn( { milliseconds }, 'the clock was set back: what would wait for its old time is due now' );
			}
			// First what runs here, so that its leases are those of the new time.
			worker.checkLeases();
			await store.clockSetBack( { now, lease_until: now + LEASE_MS } );
			await engine.deliveries.clockSetBack( { now, lease_until: now + DELIVERY_LEASE_MS } );
			worker.wake();
			deliveries.wake();
		},
		onError: ( error ) => logger.error( { err: error }, 'due times could not be put right after the clock was set back' ),
	} );
	const purge = openPurge( { engine, clock, logger } );
	return {
		clock,
		engine,
		sites,
		models,
		policy,
		watch,
		streams,
		streamKey,
		worker,
		onEnded,
		meter,
		freeBytes,
		start() {
			engine.listen( {
				onEnded,
				onCanceled: ( key ) => void worker.cancel( key ),
				onUnknown() {
					worker.checkLeases();
					deliveries.wake();
				},
			} );
			worker.start();
			deliveries.wake();
			purge.wake();
			clockWatch.wake();
			policy.budgetSweep.start();
			watch.start();
		},
		/** Begins no further job, and lets what runs end for at most `drainMs`. */
		async stopWorking( drainMs: number ) {
			watch.stop();
			await Promise.race( [ worker.drain(), wait( clock, drainMs ) ] );
			await worker.stop();
		},
		/** Last, so that what ended meanwhile goes out before the process does. */
		async close() {
			await streams.close();
			await Promise.all( [ deliveries.stop(), purge.stop(), clockWatch.stop(), policy.budgetSweep.stop() ] );
			await webhooks.close();
			await engine.api.callLog.flush();
			await metrics.close();
			await engine.close();
		},
	};
}
