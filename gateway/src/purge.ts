import { CALL_RETENTION_MS } from './calls/call-log.ts';
import type { Clock } from './clock.ts';
import { DueLoop } from './due-loop.ts';
import type { Engine } from './engine.ts';
import type { Logger } from './observability/logger.ts';

/** A machine that starts with a wrong clock may take a moment to learn the time: what is dropped by that clock is gone. */
const FIRST_AFTER_MS = 600_000;
const PERIOD_MS = 3_600_000;

export type PurgeDeps = {
	engine: { jobs: Pick< Engine[ 'jobs' ], 'purge' >; api: { callLog: Pick< Engine[ 'api' ][ 'callLog' ], 'purge' >; answers: Pick< Engine[ 'api' ][ 'answers' ], 'purge' > } };
	clock: Clock;
	logger: Logger;
};

/** Drops what was kept for long enough, once an hour. To be woken once. */
export function openPurge( { engine: { jobs, api }, clock, logger }: PurgeDeps ): DueLoop {
	let nextAt = clock.steady() + FIRST_AFTER_MS;
	return new DueLoop( {
		clock,
		async runDue() {
			// The loop looks around more often than that.
			if ( clock.steady() >= nextAt ) {
				await jobs.purge( clock.now() );
				await api.callLog.purge( clock.now() - CALL_RETENTION_MS );
				await api.answers.purge( clock.now() );
				nextAt = clock.steady() + PERIOD_MS;
			}
			return clock.now() + nextAt - clock.steady();
		},
		onError: ( error ) => logger.error( { err: error }, 'purge failed' ),
	} );
}
