import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { wait, type Clock } from './clock.ts';
import type { Config } from './config.ts';
import { ConfigWatch } from './config-watch.ts';
import { createPostWebhook } from './deliveries/post-webhook.ts';
import { DeliveryWorker } from './deliveries/delivery-worker.ts';
import { DueLoop } from './due-loop.ts';
import { openEngine } from './engine.ts';
import { followFile } from './follow-file.ts';
import { createApp } from './http/app.ts';
import { Worker } from './jobs/worker.ts';
import type { Logger } from './observability/logger.ts';
import { SiteJobPolicy } from './policy/job-policy.ts';
import { createModels } from './providers/create-models.ts';
import { ReplaceableMap } from './replaceable-map.ts';
import { MemoryStreamStore } from './streams/memory-stream-store.ts';
import { OpenStreams } from './streams/open-streams.ts';
import { StreamTokens } from './streams/stream-tokens.ts';

const PURGE_PERIOD_MS = 3_600_000;
/** For answers that are under way when everything else has stopped. */
const LAST_ANSWERS_MS = 1_000;

export type GatewayDeps = { clock: Clock; random: () => number; logger: Logger; startedAt: number };

export type Gateway = {
	/** Opens the port; resolves with the public origin. */
	listen: () => Promise< string >;
	/** Reads the file with sites, providers and models again. */
	reload: () => void;
	/** Takes no more jobs, lets what runs end for at most `drainMs`, then closes everything. */
	close: ( drainMs: number ) => Promise< void >;
};

/** The one place where everything is put together. */
export async function createGateway( config: Config, { clock, random, logger, startedAt }: GatewayDeps ): Promise< Gateway > {
	const engine = await openEngine( config, { startedAt } );
	const store = engine.jobs;
	const sites = new ReplaceableMap( config.sites );
	const models = new ReplaceableMap( createModels( config, { clock, logger } ) );
	const watch = new ConfigWatch( { config, apply: followFile( config, { sites, models, clock, logger } ), clock, logger } );
	const webhooks = createPostWebhook( clock );
	const deliveries = new DeliveryWorker( {
		store: engine.deliveries, sites, post: webhooks.post, clock, random, logger,
	} );
	const onEnded = () => deliveries.wake();
	const streams = new MemoryStreamStore( clock );
	const openStreams = new OpenStreams( { streams, store, clock, logger } );
	const policy = new SiteJobPolicy( { sites, clock } );
	const worker = new Worker( { store, streams, models, policy, clock, random, logger, onEnded, concurrency: config.worker_concurrency } );
	const purge = new DueLoop( {
		clock,
		runDue: async () => {
			await store.purge( clock.now() );
			return clock.now() + PURGE_PERIOD_MS;
		},
		onError: ( error ) => logger.error( { err: error }, 'purge failed' ),
	} );

	let isClosing = false;
	let origin = config.origin ?? '';
	const app = createApp( {
		origin: () => origin,
		sites,
		usedTokens: engine.usedTokens,
		store,
		clock,
		logger,
		wake: () => worker.wake(),
		stopCall: ( key ) => worker.cancel( key ),
		onEnded,
		isClosing: () => isClosing,
		bounds: config.max_waiting_jobs,
		configProblems: () => watch.problems,
		streams,
		openStreams,
		streamTokens: new StreamTokens( randomBytes( 32 ) ),
	} );

	return {
		async listen() {
			await app.ready();
			await waitForNextSecond( clock, startedAt );
			await app.listen( { host: config.host, port: config.port } );
			origin = config.origin ?? localOrigin( config.host, app.server.address() );
			worker.wake();
			deliveries.wake();
			purge.wake();
			watch.start();
			return origin;
		},
		reload: () => watch.reload(),
		async close( drainMs ) {
			isClosing = true;
			watch.stop();
			await Promise.race( [ worker.drain(), wait( clock, drainMs ) ] );
			await worker.stop();
			openStreams.close();
			await closePort( app, clock );
			await streams.close();
			// Last, so that what ended meanwhile goes out before the process does.
			await Promise.all( [ deliveries.stop(), purge.stop() ] );
			await webhooks.close();
			await engine.close();
		},
	};
}

/** Tokens of the second in which the process began may have been used before it; nobody is asked to come back for that. */
async function waitForNextSecond( clock: Clock, startedAt: number ): Promise< void > {
	const opensAt = ( Math.floor( startedAt / 1000 ) + 1 ) * 1000;
	if ( clock.now() < opensAt ) {
		await wait( clock, opensAt - clock.now() );
	}
}

/** Browsers keep connections open on which they have asked for nothing yet; the server would wait a minute for each. */
async function closePort( app: FastifyInstance, clock: Clock ): Promise< void > {
	const closed = app.close();
	await Promise.race( [ closed, wait( clock, LAST_ANSWERS_MS ) ] );
	app.server.closeAllConnections();
	await closed;
}

function localOrigin( host: string, address: AddressInfo | string | null ): string {
	const port = typeof address === 'object' && address !== null ? address.port : 0;
	return new URL( `http://${ host.includes( ':' ) ? `[${ host }]` : host }:${ port }` ).origin;
}
