import { readFileSync } from 'node:fs';
import { ConfigError, listIssues } from './config-error.ts';
import { configFileSchema, type ConfigFile } from './config-file.ts';
import { API_SECRET_PREFIX, decodeSecrets, WEBHOOK_SECRET_PREFIX } from './decode-secrets.ts';
import type { ModelConfig, ProviderConfig } from './providers/provider-config.ts';
import { tenantOf, type Site, type Sites } from './sites/site.ts';

export type Environment = Readonly< Record< string, string | undefined > >;

/** What the file with sites, providers and models says, its secrets put in. */
export type GatewayFile = { sites: Sites; providers: readonly ProviderConfig[]; models: readonly ModelConfig[]; worker_concurrency: number };

/** Reads and checks the file. Throws a `ConfigError` with every problem found. */
export function readGatewayFile( path: string, environment: Environment ): GatewayFile {
	const file = readFile( path );
	const problems: string[] = [];
	const readVariable = ( name: string ): string | null => {
		const value = environment[ name ] ?? '';
		if ( value === '' ) {
			problems.push( `${ name } is missing or empty in the environment, as it was when the gateway started, and in DRAFTKEEPER_SECRETS_FILE` );
			return null;
		}
		return value;
	};
	const sites = new Map( file.sites.map( ( site ) => {
		const tenant = tenantOf( site.site_id, site.blog_id );
		return [ tenant, toSite( tenant, { ...site, disabled: site.disabled || file.disabled }, readVariable, problems ) ];
	} ) );
	const providers = Object.entries( file.providers ).map( ( [ name, provider ] ): ProviderConfig => {
		const variable = 'api_key_env' in provider ? provider.api_key_env : undefined;
		return { name, ...provider, api_key: variable === undefined ? null : readVariable( variable ) };
	} );
	if ( problems.length > 0 ) {
		throw new ConfigError( problems );
	}
	return { sites, providers, models: file.models, worker_concurrency: file.worker_concurrency };
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
		moderation_key: site.moderation?.api_key_env === undefined ? null : readVariable( site.moderation.api_key_env ),
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
