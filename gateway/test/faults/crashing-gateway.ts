import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { openEngine } from '../../src/engine.ts';
import { createGateway } from '../../src/gateway.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { withCrashes } from './crash-points.ts';

/** The gateway, killed at the point that CRASH_AT names, or at the so-many-th that it comes to. */
const crashAt = process.env[ 'CRASH_AT' ] ?? '';
let left = Number( crashAt );

const config = readConfig( process.env );
const logger = createLogger( config.log_level );
const gateway = await createGateway( config, {
	clock: systemClock,
	random: Math.random,
	logger,
	// The tests sign a token for each request, so nobody has to wait for the next second.
	startedAt: Date.now() - 2_000,
	openEngine: async ( ...args ) => withCrashes( await openEngine( ...args ), ( point ) => ( Number.isNaN( left ) ? point === crashAt : --left === 0 ) ),
} );
process.on( 'SIGTERM', () => void gateway.close( 1_000 ).then( () => process.exit( 0 ) ) );
logger.info( { origin: await gateway.listen() }, 'ready' );
