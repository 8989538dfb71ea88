import { systemClock } from '../clock.ts';
import { readConfig } from '../config.ts';
import { createLogger } from '../observability/logger.ts';
import { openWorkplace } from '../workplace.ts';
import type { Command } from './command.ts';
import { runUntilStopped } from './run-until-stopped.ts';

const startedAt = Date.now() - process.uptime() * 1000;

/** `draftkeeper-gateway worker`: does jobs and delivers results, without a port, beside servers that share its Redis or its file. */
export const worker: Command = {
	usage: 'draftkeeper-gateway worker',
	async run( _args, { environment } ) {
		const config = readConfig( environment );
		const logger = createLogger( config.log_level );
		const workplace = await openWorkplace( config, { clock: systemClock, random: Math.random, logger, startedAt } );
		runUntilStopped( {
			reload: () => workplace.watch.reload(),
			async close( drainMs ) {
				await workplace.stopWorking( drainMs );
				await workplace.close();
			},
		}, logger );
		workplace.start();
		logger.info( { sites: config.sites.size, models: config.models.length }, 'ready' );
	},
};
