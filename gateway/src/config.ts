import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import * as z from 'zod';
import { ConfigError, listIssues } from './config-error.ts';
import { readGatewayFile, type Environment, type GatewayFile } from './gateway-file.ts';
import type { WaitingBounds } from './jobs/job-store.ts';
import type { MetricsConfig } from './observability/open-metrics.ts';
import type { RedisDurability } from './redis/redis-durability.ts';

export type Config = {
	host: string;
	port: number;
	/** Null: made of host and port, once the port is known. */
	origin: string | null;
	/** The SQLite file; null where everything is kept in Redis. */
	database: string | null;
	/** Null: one SQLite file keeps everything. */
	redis_url: string | null;
	redis_durability: RedisDurability;
	/** How many jobs may wait before offers are sent away. */
	max_waiting_jobs: WaitingBounds;
	log_level: string;
	/** Where the figures are shown; null: nowhere. */
	metrics: MetricsConfig | null;
	/** The files that `readAgain` reads: whoever changes them does not restart the gateway. */
	files: readonly string[];
	/** Sites, providers and models as their file has them now. Throws a `ConfigError` with every problem found. */
	readAgain: () => GatewayFile;
} & GatewayFile;

const waitingJobs = z.coerce.number( 'is no number' ).int( 'is no whole number' ).min( 1, 'must be at least 1' );

const environmentSchema = z.object( {
	DRAFTKEEPER_GATEWAY_CONFIG: z.string( 'is missing: the path of the JSON file with sites, providers and models' ).min( 1 ),
	DRAFTKEEPER_SECRETS_FILE: z.string().min( 1 ).optional(),
	DRAFTKEEPER_DATABASE: z.string().min( 1 ).optional(),
	DRAFTKEEPER_REDIS_URL: z
		.string()
		.regex( /^(rediss?:\/\/|\/)./, 'must be redis://…, rediss://… or the path of a socket' )
		.optional(),
	DRAFTKEEPER_REDIS_DURABILITY: z.enum( [ 'checked', 'managed' ] ).default( 'checked' ),
	DRAFTKEEPER_MAX_WAITING_JOBS: waitingJobs.default( 50_000 ),
	DRAFTKEEPER_MAX_WAITING_JOBS_PER_SITE: waitingJobs.default( 10_000 ),
	HOST: z.string().min( 1 ).default( '127.0.0.1' ),
	PORT: z.coerce.number( 'is no port' ).int().min( 0 ).max( 65_535 ).default( 8787 ),
	DRAFTKEEPER_GATEWAY_ORIGIN: z
		.url( { protocol: /^https?$/, error: 'is no http or https address' } )
		.refine( ( url ) => new URL( url ).href === `${ new URL( url ).origin }/`, 'must be an origin, without a path' )
		.transform( ( url ) => new URL( url ).origin )
		.optional(),
	DRAFTKEEPER_METRICS_HOST: z.string().min( 1 ).default( '127.0.0.1' ),
	DRAFTKEEPER_METRICS_PORT: z.coerce.number( 'is no port' ).int().min( 0 ).max( 65_535 ).optional(),
	LOG_LEVEL: z.enum( [ 'trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent' ] ).default( 'info' ),
} );

const NO_STORE = 'DRAFTKEEPER_DATABASE is missing: the path of the SQLite file, unless DRAFTKEEPER_REDIS_URL names a Redis server';

/** Where things are kept, by the environment alone. */
export function readStorage( environment: Environment ): Pick< Config, 'database' | 'redis_url' | 'redis_durability' > {
	const names = { DRAFTKEEPER_DATABASE: true, DRAFTKEEPER_REDIS_URL: true, DRAFTKEEPER_REDIS_DURABILITY: true } as const;
	const parsed = environmentSchema.pick( names ).safeParse( withoutEmpty( environment ) );
	if ( ! parsed.success ) {
		throw new ConfigError( listIssues( parsed.error ) );
	}
	const { DRAFTKEEPER_DATABASE: database, DRAFTKEEPER_REDIS_URL: redis_url, DRAFTKEEPER_REDIS_DURABILITY: redis_durability } = parsed.data;
	if ( database === undefined && redis_url === undefined ) {
		throw new ConfigError( [ NO_STORE ] );
	}
	return { database: redis_url === undefined ? database ?? null : null, redis_url: redis_url ?? null, redis_durability };
}

/** Reads and checks the environment and the file it names. Throws a `ConfigError` with every problem found. */
export function readConfig( environment: Environment ): Config {
	const variables = withoutEmpty( environment );
	const parsed = environmentSchema.safeParse( variables );
	const hasStore = variables[ 'DRAFTKEEPER_DATABASE' ] !== undefined || variables[ 'DRAFTKEEPER_REDIS_URL' ] !== undefined;
	if ( ! parsed.success || ! hasStore ) {
		throw new ConfigError( [ ...( hasStore ? [] : [ NO_STORE ] ), ...( parsed.success ? [] : listIssues( parsed.error ) ) ] );
	}
	const settings = parsed.data;
	const { DRAFTKEEPER_GATEWAY_CONFIG: path, DRAFTKEEPER_SECRETS_FILE: secrets } = settings;
	const readAgain = () => readGatewayFile( path, secrets === undefined ? environment : { ...environment, ...readSecrets( secrets ) } );
	return {
		host: settings.HOST,
		port: settings.PORT,
		origin: settings.DRAFTKEEPER_GATEWAY_ORIGIN ?? null,
		database: settings.DRAFTKEEPER_REDIS_URL === undefined ? ( settings.DRAFTKEEPER_DATABASE ?? null ) : null,
		redis_url: settings.DRAFTKEEPER_REDIS_URL ?? null,
		redis_durability: settings.DRAFTKEEPER_REDIS_DURABILITY,
		max_waiting_jobs: { total: settings.DRAFTKEEPER_MAX_WAITING_JOBS, per_tenant: settings.DRAFTKEEPER_MAX_WAITING_JOBS_PER_SITE },
		log_level: settings.LOG_LEVEL,
		metrics: settings.DRAFTKEEPER_METRICS_PORT === undefined ? null : { host: settings.DRAFTKEEPER_METRICS_HOST, port: settings.DRAFTKEEPER_METRICS_PORT },
		files: secrets === undefined ? [ path ] : [ path, secrets ],
		readAgain,
		...readAgain(),
	};
}

/** `NAME=value` lines, as systemd and containers read them. They win over the environment, which a running process cannot see change. */
function readSecrets( path: string ): Environment {
	try {
		return parseEnv( readFileSync( path, 'utf8' ) );
	} catch {
		throw new ConfigError( [ `${ path } cannot be read` ] );
	}
}

/** `PORT=` in a unit file means that no port is given. */
function withoutEmpty( environment: Environment ): Environment {
	return Object.fromEntries( Object.entries( environment ).filter( ( [ , value ] ) => value !== '' ) );
}
