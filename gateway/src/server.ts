import { systemClock } from './clock.ts';
import { readConfig } from './config.ts';
import { ConfigError } from './config-error.ts';
import { createGateway } from './gateway.ts';
import { createLogger } from './observability/logger.ts';

/** How long running provider calls may go on: a supervisor's stop is patient, a person at the keyboard is not. */
const DRAIN_MS = { SIGTERM: 120_000, SIGINT: 3_000 } as const;

const startedAt = Date.now() - process.uptime() * 1000;

try {
	const config = readConfig( process.env );
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

	const origin = await gateway.listen();
	logger.info( { origin, sites: config.sites.size, models: config.models.length }, 'ready' );
} catch ( error ) {
	process.stderr.write( `${ describeStartFailure( error ) }\n` );
	process.exit( 1 );
}

function describeStartFailure( error: unknown ): string {
	if ( error instanceof ConfigError ) {
		return error.message.trimEnd();
	}
	const { code, port } = error as { code?: unknown; port?: unknown };
	if ( code === 'EADDRINUSE' ) {
		return `Port ${ String( port ) } is taken by another program; set PORT to a free one.`;
	}
	return `The gateway could not start: ${ error instanceof Error ? error.message : String( error ) }`;
}
