import type { Logger } from '../observability/logger.ts';

/** How long running provider calls may go on: a supervisor's stop is patient, a person at the keyboard is not. */
const DRAIN_MS = { SIGTERM: 120_000, SIGINT: 3_000 } as const;

type Running = { reload: () => void; close: ( drainMs: number ) => Promise< void > };

/** Lets signals stop and reload what runs. A second signal does not wait. */
export function runUntilStopped( { reload, close }: Running, logger: Logger ): void {
	let isStopping = false;
	const stop = async ( signal: keyof typeof DRAIN_MS ) => {
		if ( isStopping ) {
			process.exit( 1 );
		}
		isStopping = true;
		logger.info( { signal }, 'stopping' );
		await close( DRAIN_MS[ signal ] );
		logger.info( 'stopped' );
		process.exit( 0 );
	};
	process.on( 'SIGTERM', stop );
	process.on( 'SIGINT', stop );
	process.on( 'SIGHUP', reload );
}
