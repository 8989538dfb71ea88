import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { RunningCalls } from './calls/running-calls.ts';
import { wait, type Clock } from './clock.ts';
import type { Config } from './config.ts';
import { createApp } from './http/app.ts';
import { OpenStreams } from './streams/open-streams.ts';
import { StreamTokens } from './streams/stream-tokens.ts';
import { openWorkplace, type WorkplaceDeps } from './workplace.ts';

/** For answers that are under way when everything else has stopped. */
const LAST_ANSWERS_MS = 1_000;

/** Another process may have begun a second later than this one. */
const LONGEST_WAIT_MS = 2_000;

export type Gateway = {
	/** Opens the port; resolves with the public origin. */
	listen: () => Promise< string >;
	/** Reads the file with sites, providers and models again. */
	reload: () => void;
	/** Takes no more jobs, lets what runs end for at most `drainMs`, then closes everything. */
	close: ( drainMs: number ) => Promise< void >;
};

/** A workplace with a port: takes requests, and does what they ask for unless `intakeOnly` leaves that to other processes. */
export async function createGateway( config: Config, deps: WorkplaceDeps, { intakeOnly = false } = {} ): Promise< Gateway > {
	const { logger, startedAt } = deps;
	const workplace = await openWorkplace( config, deps );
	const { clock, engine, sites, streams, worker, watch, policy } = workplace;
	const store = engine.jobs;
	const onEnded = () => intakeOnly || workplace.onEnded();
	const running = new RunningCalls();
	const openStreams = new OpenStreams( { streams, store, clock, logger, meter: workplace.meter } );

	let isClosing = false;
	let origin = config.origin ?? '';
	const app = createApp( {
		origin: () => origin,
		sites,
		usedTokens: engine.usedTokens,
		audit: engine.audit,
		store,
		clock,
		logger,
		meter: workplace.meter,
		// Where jobs are handed out, whoever is handed this one is woken by that.
		wake: () => intakeOnly || engine.tickets !== undefined || worker.wake(),
		stopCall: ( key ) => worker.cancel( key ),
		onEnded,
		isClosing: () => isClosing,
		bounds: config.max_waiting_jobs,
		admission: policy.admission,
		configProblems: () => watch.problems,
		freeBytes: workplace.freeBytes,
		streams,
		openStreams,
		streamTokens: new StreamTokens( workplace.streamKey ),
		...engine.api,
		models: workplace.models,
		callPolicy: policy.calls,
		running,
		random: deps.random,
		startedAt,
	} );

	return {
		async listen() {
			await app.ready();
			await waitForNextSecond( clock, engine.remembersSince );
			await app.listen( { host: config.host, port: config.port } );
			origin = config.origin ?? localOrigin( config.host, app.server.address() );
			if ( intakeOnly ) {
				watch.start();
			} else {
				workplace.start();
			}
			return origin;
		},
		reload: () => watch.reload(),
		async close( drainMs ) {
			isClosing = true;
			await Promise.all( [ workplace.stopWorking( drainMs ), Promise.race( [ running.drain(), wait( clock, drainMs ) ] ) ] );
			running.stop();
			openStreams.close();
			await closePort( app, clock );
			await workplace.close();
		},
	};
}

/** Tokens of the second in which the memory of them began may have been used before it; nobody is asked to come back for that. */
async function waitForNextSecond( clock: Clock, remembersSince: number ): Promise< void > {
	const left = ( remembersSince + 1 ) * 1000 - clock.now();
	if ( left > 0 ) {
		// Longer only where a clock was put right since: then it ends with the first request.
		await wait( clock, Math.min( left, LONGEST_WAIT_MS ) );
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
