import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { configFileSchema, type ConfigFile } from './config-file.ts';
import { API_SECRET_PREFIX, decodeSecrets, WEBHOOK_SECRET_PREFIX } from './decode-secrets.ts';
import type { RedisDurability } from './redis/redis-durability.ts';
import { tenantOf, type Site, type Sites } from './sites/site.ts';

export type ProviderConfig = { name: string } & (
	| { kind: 'sample' }
	| { kind: 'openai-compatible'; base_url: string; api_key: string | null }
);

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
	log_level: string;
	sites: Sites;
	providers: readonly ProviderConfig[];
	models: ConfigFile[ 'models' ];
};

export type Environment = Readonly< Record< string, string | undefined > >;

const environmentSchema = z.object( {
	DRAFTKEEPER_GATEWAY_CONFIG: z.string( 'is missing: the path of the JSON file with sites, providers and models' ).min( 1 ),
	DRAFTKEEPER_DATABASE: z.string().min( 1 ).optional(),
	DRAFTKEEPER_REDIS_URL: z
		.string()
		.regex( /^(rediss?:\/\/|\/)./, 'must be redis://…, rediss://… or the path of a socket' )
		.optional(),
	DRAFTKEEPER_REDIS_DURABILITY: z.enum( [ 'checked', 'managed' ] ).default( 'checked' ),
	HOST: z.string().min( 1 ).default( '127.0.0.1' ),
	PORT: z.coerce.number( 'is no port' ).int().min( 0 ).max( 65_535 ).default( 8787 ),
	DRAFTKEEPER_GATEWAY_ORIGIN: z
		.url( { protocol: /^https?$/, error: 'is no http or https address' } )
		.refine( ( url ) => new URL( url ).href === `${ new URL( url ).origin }/`, 'must be an origin, without a path' )
		.transform( ( url ) => new URL( url ).origin )
		.optional(),
	LOG_LEVEL: z.enum( [ 'trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent' ] ).default( 'info' ),
} );

const NO_STORE = 'DRAFTKEEPER_DATABASE is missing: the path of the SQLite file, unless DRAFTKEEPER_REDIS_URL names a Redis server';

/** Names everything that is wrong with the configuration, one line each. */
export class ConfigError extends Error {
	override readonly name = 'ConfigError';

	constructor( problems: readonly string[] ) {
		super( `The configuration cannot be used:\n${ problems.map( ( problem ) => `  ${ problem }\n` ).join( '' ) }` );
	}
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
	const file = readFile( settings.DRAFTKEEPER_GATEWAY_CONFIG );
	const problems: string[] = [];
	const readVariable = ( name: string ): string | null => {
		const value = environment[ name ] ?? '';
		if ( value === '' ) {
			problems.push( `${ name } is missing or empty in the environment` );
			return null;
		}
		return value;
	};
	const sites = new Map( file.sites.map( ( site ) => {
		const tenant = tenantOf( site.site_id, site.blog_id );
		return [ tenant, toSite( tenant, site, readVariable, problems ) ];
	} ) );
	const providers = Object.entries( file.providers ).map( ( [ name, provider ] ): ProviderConfig =>
		provider.kind === 'sample'
			? { name, kind: 'sample' }
			: {
				name,
				kind: provider.kind,
				base_url: provider.base_url,
				api_key: provider.api_key_env === undefined ? null : readVariable( provider.api_key_env ),
			}
	);
	if ( problems.length > 0 ) {
		throw new ConfigError( problems );
	}
	return {
		host: settings.HOST,
		port: settings.PORT,
		origin: settings.DRAFTKEEPER_GATEWAY_ORIGIN ?? null,
		database: settings.DRAFTKEEPER_REDIS_URL === undefined ? ( settings.DRAFTKEEPER_DATABASE ?? null ) : null,
		redis_url: settings.DRAFTKEEPER_REDIS_URL ?? null,
		redis_durability: settings.DRAFTKEEPER_REDIS_DURABILITY,
		log_level: settings.LOG_LEVEL,
		sites,
		providers,
		models: file.models,
	};
}

function toSite(
	tenant: string, site: ConfigFile[ 'sites' ][ number ], readVariable: ( name: string ) => string | null, problems: string[]
): Site {
	const { keys, webhook_secret_env, api_secret_env, ...rest } = site;
	const readSecrets = ( variable: string, prefix: string ): Buffer[] => {
		const secrets = readVariable( variable );
		try {
			return secrets === null ? [] : decodeSecrets( secrets, prefix );
		} catch ( error ) {
			problems.push( `${ variable } ${ error instanceof Error ? error.message : 'cannot be read' }` );
			return [];
		}
	};
	return {
		tenant,
		...rest,
		webhook_secrets: readSecrets( webhook_secret_env, WEBHOOK_SECRET_PREFIX ),
		api_secrets: api_secret_env === undefined ? [] : readSecrets( api_secret_env, API_SECRET_PREFIX ),
		keys: new Map( keys.map( ( { kid, public_key } ) => [ kid, public_key ] ) ),
	};
}

function readFile( path: string ): ConfigFile {
	let content: unknown;
	try {
		content = JSON.parse( readFileSync( path, 'utf8' ) );
	} catch ( error ) {
		throw new ConfigError( [ `${ path } ${ error instanceof SyntaxError ? 'is not valid JSON' : 'cannot be read' }` ] );
	}
	const parsed = configFileSchema.safeParse( content );
	if ( ! parsed.success ) {
		throw new ConfigError( listIssues( parsed.error ).map( ( issue ) => `${ path }: ${ issue }` ) );
	}
	return parsed.data;
}

function listIssues( error: z.ZodError ): string[] {
	return error.issues.map( ( { path, message } ) => `${ path.join( '.' ) } ${ message }`.trim() );
}

/** `PORT=` in a unit file means that no port is given. */
function withoutEmpty( environment: Environment ): Environment {
	return Object.fromEntries( Object.entries( environment ).filter( ( [ , value ] ) => value !== '' ) );
}
