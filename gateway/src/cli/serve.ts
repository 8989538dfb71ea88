import { parseArgs } from 'node:util';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config.ts';
import { createGateway } from '../gateway.ts';
import { createLogger } from '../observability/logger.ts';
import { CommandError, type Command } from './command.ts';
import { runUntilStopped } from './run-until-stopped.ts';

const startedAt = Date.now() - process.uptime() * 1000;

/** `draftkeeper-gateway serve`, and without a command: takes requests until it is stopped. */
export const serve: Command = {
	usage: 'draftkeeper-gateway serve [--intake-only]',
	async run( args, { environment } ) {
		const { values } = parseArgs( { args, options: { 'intake-only': { type: 'boolean', default: false } } } );
		const config = readConfig( environment );
		const logger = createLogger( config.log_level );
		const gateway = await createGateway(
			config, { clock: systemClock, random: Math.random, logger, startedAt }, { intakeOnly: values[ 'intake-only' ] }
		);
		runUntilStopped( gateway, logger );
		const origin = await gateway.listen().catch( describeListenFailure );
		logger.info( { origin, sites: config.sites.size, models: config.models.length }, 'ready' );
	},
};

function describeListenFailure( error: unknown ): never {
	const { code, port } = error as { code?: unknown; port?: unknown };
	throw code === 'EADDRINUSE' ? new CommandError( `Port ${ String( port ) } is taken by another program; set PORT to a free one.` ) : error;
}
