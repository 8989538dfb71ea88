import { systemClock } from '../clock.ts';
import { readConfig } from '../config.ts';
import { createGateway } from '../gateway.ts';
import { createLogger } from '../observability/logger.ts';
import { CommandError, type Command } from './command.ts';

/** How long running provider calls may go on: a supervisor's stop is patient, a person at the keyboard is not. */
const DRAIN_MS = { SIGTERM: 120_000, SIGINT: 3_000 } as const;

const startedAt = Date.now() - process.uptime() * 1000;

/** `draftkeeper-gateway serve`, and without a command: takes requests until it is stopped. */
export const serve: Command = {
	usage: 'draftkeeper-gateway serve',
	async run( _args, { environment } ) {
		const config = readConfig( environment );
		const logger = createLogger( config.log_level );
		const gateway = await createGateway( config, { clock: systemClock, random: Math.random, logger, startedAt } );

		let isStopping = false;
		const stop = async ( signal: keyof typeof DRAIN_MS ) => {
			if ( isStopping ) {
				process.exit( 1 );
			}
			isStopping = true;
			logger.info( { signal }, 'stopping' );
			await gateway.close( DRAIN_MS[ signal ] );
			logger.info( 'stopped' );
			process.exit( 0 );
		};
		process.on( 'SIGTERM', stop );
		process.on( 'SIGINT', stop );
		process.on( 'SIGHUP', () => gateway.reload() );

		const origin = await gateway.listen().catch( describeListenFailure );
		logger.info( { origin, sites: config.sites.size, models: config.models.length }, 'ready' );
	},
};

function describeListenFailure( error: unknown ): never {
	const { code, port } = error as { code?: unknown; port?: unknown };
	throw code === 'EADDRINUSE' ? new CommandError( `Port ${ String( port ) } is taken by another program; set PORT to a free one.` ) : error;
}
