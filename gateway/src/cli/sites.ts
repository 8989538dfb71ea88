import { readFileSync } from 'node:fs';
import { networksNeededBy } from '../deliveries/site-network.ts';
import { editFile } from '../sites/edit-file.ts';
import { createSigningKey, createWebhookSecret, newKeyId, secretVariable, wpConfigLines } from '../sites/site-credentials.ts';
import { tenantOf } from '../sites/site.ts';
import { SitesFile, type ListedSite } from '../sites/sites-file.ts';
import { parse, toList, toTenant } from './arguments.ts';
import { CommandError, type Command, type CommandContext } from './command.ts';
import { currentSecrets, keepSecret } from './site-secrets.ts';
import { table } from './table.ts';

const usage = `draftkeeper-gateway sites list
draftkeeper-gateway sites add <site id>[:<blog id>] --home <address> [options]
  --rest-url <address>       prefix of the REST API (home/wp-json/)
  --models <id>,<id>         models that the site may use, its default first (all)
  --private-networks <networks>   where it lives, if not on the public internet: 127.0.0.0/8,10.0.0.0/8 (what its address says)
  --public-key <file>        the site has made its own key: only its public half is needed, and --key-id
  --key-id <id>              name of the key (the day)
  --gateway <address>        where WordPress reaches this gateway (DRAFTKEEPER_GATEWAY_ORIGIN)
draftkeeper-gateway sites rotate <site> [--key | --secret]     a new key and secret beside the old ones
draftkeeper-gateway sites rotate <site> --finish               the old ones are refused from now on
draftkeeper-gateway sites disable <site> | --all               the kill switch: nothing new is begun, what runs may end
draftkeeper-gateway sites enable <site> | --all

These change the file that DRAFTKEEPER_GATEWAY_CONFIG names; a running gateway follows it. Secrets go to the file that
DRAFTKEEPER_SECRETS_FILE names, or are shown for the gateway's environment; they and private keys are never in the file with sites.`;

type Verb = ( args: string[], context: CommandContext ) => void;

const verbs: Record< string, Verb > = {
	list, add, rotate,
	disable: ( args, context ) => turn( args, context, true ),
	enable: ( args, context ) => turn( args, context, false ),
};

/** `draftkeeper-gateway sites list|add|rotate|disable|enable`. */
export const sites: Command = {
	usage,
	async run( [ verb, ...args ], context ) {
		const run = Object.hasOwn( verbs, verb ?? '' ) ? verbs[ verb ?? '' ] : undefined;
		if ( run === undefined ) {
			throw new CommandError( usage );
		}
		run( args, context );
	},
};

function list( args: string[], { environment, write, note }: CommandContext ): void {
	parse( args, {}, usage );
	const path = configPath( environment );
	const { content } = new SitesFile( path, readFileSync( path, 'utf8' ), { mayBeEmpty: true } );
	if ( content.sites.length === 0 ) {
		note( 'There is no site yet. This registers one: draftkeeper-gateway sites add <site id> --home <address>' );
		return;
	}
	const rows = content.sites.map( ( site ) => [
		tenantOf( site.site_id, site.blog_id ), stateOf( site, content.disabled ), site.home, site.keys.map( ( { kid } ) => kid ).join( ',' ),
		secretsOf( environment, site.webhook_secret_env ), site.models.join( ',' ),
	] );
	table( [ [ 'SITE', 'STATE', 'HOME', 'KEYS', 'SECRETS', 'MODELS' ], ...rows ] ).forEach( write );
}

function add( args: string[], context: CommandContext ): void {
	const { values, positionals } = parse( args, {
		home: { type: 'string' }, 'rest-url': { type: 'string' }, models: { type: 'string' }, 'public-key': { type: 'string' }, 'key-id': { type: 'string' },
		gateway: { type: 'string' }, 'private-networks': { type: 'string' },
	}, usage );
	const [ name ] = positionals;
	if ( name === undefined || positionals.length > 1 || values.home === undefined ) {
		throw new CommandError( `Say the site's id and its home address.\n${ usage }` );
	}
	const gateway = gatewayAddress( context, values.gateway );
	const [ , site_id = '', blog = '1' ] = /^(.*?)(?::([0-9]+))?$/.exec( name ) ?? [];
	const blog_id = Number( blog );
	const home = values.home.replace( /\/+$/, '' );
	const kid = values[ 'key-id' ] ?? newKeyId( context.now(), [] );
	if ( values[ 'public-key' ] !== undefined && values[ 'key-id' ] === undefined ) {
		throw new CommandError( '--public-key needs --key-id: the name that the site gives its key (DRAFTKEEPER_KEY_ID).' );
	}
	const made = values[ 'public-key' ] === undefined ? createSigningKey( kid ) : null;
	const public_key = made?.public_key ?? readFileSync( values[ 'public-key' ] ?? '', 'utf8' ).trim();
	const secret = createWebhookSecret( context.randomBytes );
	const path = configPath( context.environment );
	const open = ( text: string ) => new SitesFile( path, text, { mayBeEmpty: true } );
	const { content } = open( readFileSync( path, 'utf8' ) );
	if ( content.sites.some( ( site ) => tenantOf( site.site_id, site.blog_id ) === tenantOf( site_id, blog_id ) ) ) {
		throw new CommandError( `The site ${ name } is there already. New keys for it: draftkeeper-gateway sites rotate ${ name }` );
	}
	const webhook_secret_env = secretVariable( site_id, blog_id, content.sites.map( ( site ) => site.webhook_secret_env ) );
	const models = toList( values.models ) ?? content.models.map( ( { id } ) => id );
	const rest_url = values[ 'rest-url' ] ?? `${ home }/wp-json/`;
	const private_networks = toList( values[ 'private-networks' ] ) ?? ( URL.canParse( rest_url ) ? networksNeededBy( new URL( rest_url ) ) : [] );
	const site = {
		site_id, blog_id, home, rest_url, keys: [ { kid, public_key } ], webhook_secret_env,
		...( private_networks.length > 0 && { private_networks } ), models, default_model: models[ 0 ],
	};
	// What would be refused is refused before anything is written.
	checked( path, open( readFileSync( path, 'utf8' ) ).withSite( site ) );
	keepSecret( context, webhook_secret_env, secret, secret );
	editFile( path, ( text ) => checked( path, open( text ).withSite( site ) ) );
	if ( private_networks.length > 0 ) {
		context.note( `Results may be brought to it in ${ private_networks.join( ' and ' ) }, outside the public internet.` );
	}
	context.note( `Added ${ tenantOf( site_id, blog_id ) }. These lines belong into its wp-config.php, and are shown only now:` );
	wpConfigLines( {
		DRAFTKEEPER_GATEWAY_URL: gateway, DRAFTKEEPER_SITE_ID: site_id, DRAFTKEEPER_KEY_ID: kid,
		...( made === null ? {} : { DRAFTKEEPER_SIGNING_KEY: made.private_key } ), DRAFTKEEPER_WEBHOOK_SECRET: secret,
	} ).forEach( context.write );
}

function rotate( args: string[], context: CommandContext ): void {
	const { values, positionals } = parse( args, { key: { type: 'boolean' }, secret: { type: 'boolean' }, finish: { type: 'boolean' } }, usage );
	const path = configPath( context.environment );
	const { tenant, site } = namedSite( path, positionals );
	const isBoth = ! values.key && ! values.secret;
	const variable = site.webhook_secret_env;
	const secretsBefore = currentSecrets( context.environment, variable );
	if ( values.finish ) {
		editFile( path, ( text ) => checked( path, new SitesFile( path, text ).withNewestKey( tenant ) ) );
		const newest = secretsBefore.at( -1 );
		if ( secretsBefore.length > 1 && newest !== undefined ) {
			keepSecret( context, variable, newest, null );
		}
		context.note( `${ tenant } has one key and one secret now.` );
		return;
	}
	const lines: Record< string, string > = {};
	if ( isBoth || values.key ) {
		assertOneLive( tenant, 'keys', site.keys.length );
	}
	if ( isBoth || values.secret ) {
		assertOneLive( tenant, 'secrets', secretsBefore.length );
		if ( secretsBefore.length === 0 ) {
			throw new CommandError( `${ variable } is not set here, and the old secret must stay beside the new one: run this with the gateway’s environment.` );
		}
	}
	if ( isBoth || values.key ) {
		const key = createSigningKey( newKeyId( context.now(), site.keys.map( ( { kid } ) => kid ) ) );
		editFile( path, ( text ) => checked( path, new SitesFile( path, text ).withKey( tenant, { kid: key.kid, public_key: key.public_key } ) ) );
		Object.assign( lines, { DRAFTKEEPER_KEY_ID: key.kid, DRAFTKEEPER_SIGNING_KEY: key.private_key } );
	}
	if ( isBoth || values.secret ) {
		const secret = createWebhookSecret( context.randomBytes );
		keepSecret( context, variable, [ ...secretsBefore, secret ].join( ' ' ), secret );
		Object.assign( lines, { DRAFTKEEPER_WEBHOOK_SECRET: secret } );
	}
	context.note( `Both are good for ${ tenant } now, the old and the new. Put these lines into its wp-config.php, see that a draft arrives,` );
	context.note( `then run: draftkeeper-gateway sites rotate ${ tenant } --finish` );
	wpConfigLines( lines ).forEach( context.write );
}

function turn( args: string[], { environment, note }: CommandContext, disabled: boolean ): void {
	const { values, positionals } = parse( args, { all: { type: 'boolean' } }, usage );
	const path = configPath( environment );
	if ( values.all && positionals.length > 0 ) {
		throw new CommandError( `Name one site, or --all.\n${ usage }` );
	}
	const tenant = values.all ? null : namedSite( path, positionals ).tenant;
	editFile( path, ( text ) => checked( path, new SitesFile( path, text ).withSwitch( tenant, disabled ) ) );
	const what = tenant ?? 'The whole gateway';
	note( disabled ? `${ what } is off: jobs wait in WordPress, what runs may end.` : `${ what } is on.` );
	if ( ! disabled && tenant !== null && new SitesFile( path, readFileSync( path, 'utf8' ) ).content.disabled ) {
		note( 'The whole gateway is still off: sites enable --all' );
	}
}

function namedSite( path: string, positionals: readonly string[] ): { tenant: string; site: ListedSite } {
	const [ name ] = positionals;
	if ( name === undefined || positionals.length > 1 ) {
		throw new CommandError( `Name one site.\n${ usage }` );
	}
	const tenant = toTenant( name );
	const site = new SitesFile( path, readFileSync( path, 'utf8' ) ).find( tenant );
	if ( site === null ) {
		throw new CommandError( `There is no site ${ name } in ${ path }.` );
	}
	return { tenant, site };
}

/** Two at a time: a third would mean that nobody knows which ones are in use. */
function assertOneLive( tenant: string, what: string, count: number ): void {
	if ( count > 1 ) {
		throw new CommandError( `${ tenant } has ${ count } live ${ what }: finish the rotation under way first (sites rotate ${ tenant } --finish).` );
	}
}

function checked( path: string, text: string ): string {
	return new SitesFile( path, text ).text;
}

function configPath( environment: CommandContext[ 'environment' ] ): string {
	const path = environment[ 'DRAFTKEEPER_GATEWAY_CONFIG' ];
	if ( ! path ) {
		throw new CommandError( 'DRAFTKEEPER_GATEWAY_CONFIG is missing: the path of the JSON file with sites, providers and models.' );
	}
	return path;
}

function gatewayAddress( { environment }: CommandContext, given: string | undefined ): string {
	const address = given ?? environment[ 'DRAFTKEEPER_GATEWAY_ORIGIN' ];
	if ( ! address ) {
		throw new CommandError( 'Say where WordPress reaches this gateway: --gateway https://gateway.example, or DRAFTKEEPER_GATEWAY_ORIGIN.' );
	}
	return address.replace( /\/+$/, '' );
}

function secretsOf( environment: CommandContext[ 'environment' ], variable: string ): string {
	const { length } = currentSecrets( environment, variable );
	return length === 0 ? `${ variable } (not seen here)` : `${ variable } (${ length })`;
}

function stateOf( { disabled }: ListedSite, isGatewayOff: boolean ): string {
	if ( isGatewayOff ) {
		return 'off (gateway)';
	}
	return disabled ? 'off' : 'on';
}
