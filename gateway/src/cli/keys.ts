import { systemClock } from '../clock.ts';
import { readConfig, type Config } from '../config.ts';
import { openEngine, type Engine } from '../engine.ts';
import { apiRoutes, createApiKey, hashApiKey, isWellFormedApiKey, type ApiKey, type ApiRoute } from '../keys/api-key.ts';
import { createLogger } from '../observability/logger.ts';
import { periodsOf } from '../policy/budgets/periods.ts';
import { parse, toList, toNumber, toTenant } from './arguments.ts';
import { budgetOptions, describeBudgets, toBudgets } from './key-budgets.ts';
import { CommandError, type Command, type CommandContext } from './command.ts';
import { table } from './table.ts';

const usage = `draftkeeper-gateway keys add --site <site id>[:<blog id>] --name <who uses it> [limits]
draftkeeper-gateway keys list [--site <site id>[:<blog id>]]
draftkeeper-gateway keys revoke <id or key>
draftkeeper-gateway keys usage [--site <site id>[:<blog id>]] [--days <1 to 30>]

Keys open the API for OpenAI's clients, of one site, and never its jobs. Limits of a key:
  --routes chat,embeddings,models   only these (all)
  --models <id>,<id>                only these (all of the site)
  --expires <YYYY-MM-DD>            until the beginning of that day, UTC (never)
  --requests-per-minute <number>    (as many as the site)
  --requests-per-day <number>       these six beside the budgets of the site; days and months are the site's
  --requests-per-month <number>
  --tokens-per-day <number>         of questions and answers together
  --tokens-per-month <number>
  --dollars-per-day <number>
  --dollars-per-month <number>
  --browser                         for scripts on the site's own pages, where every visitor can read it`;

const DAY_MS = 86_400_000;

/** `draftkeeper-gateway keys add|list|revoke|usage`. */
export const keys: Command = {
	usage,
	async run( [ verb, ...args ], context ) {
		const verbs = { add: addKey, list: listKeys, revoke: revokeKey, usage: showUsage };
		if ( verb === undefined || ! Object.hasOwn( verbs, verb ) ) {
			throw new CommandError( usage );
		}
		const config = readConfig( context.environment );
		const engine = await openEngine( config, { clock: systemClock, logger: createLogger( 'silent' ), startedAt: context.now() } );
		try {
			await verbs[ verb as keyof typeof verbs ]( args, context, engine, config );
		} finally {
			await engine.close();
		}
	},
};

async function addKey( args: string[], { now, randomBytes, write, note }: CommandContext, { api: { keys: store } }: Engine, config: Config ): Promise< void > {
	const { values } = parse( args, {
		site: { type: 'string' }, name: { type: 'string' }, routes: { type: 'string' }, models: { type: 'string' }, expires: { type: 'string' },
		'requests-per-minute': { type: 'string' }, browser: { type: 'boolean' }, ...budgetOptions,
	}, usage );
	const { site: siteName, name } = values;
	if ( siteName === undefined || name === undefined || name.trim() === '' ) {
		throw new CommandError( `Say which site the key is for and who will use it.\n${ usage }` );
	}
	const site = config.sites.get( toTenant( siteName ) );
	if ( site === undefined ) {
		throw new CommandError( `There is no site ${ siteName } in the configuration.` );
	}
	const models = toList( values.models );
	for ( const id of models?.filter( ( model ) => ! site.models.includes( model ) ) ?? [] ) {
		throw new CommandError( `The site may not use the model ${ id }.` );
	}
	const key = createApiKey( randomBytes );
	await store.add( {
		...hashApiKey( key ),
		tenant: site.tenant,
		name: name.trim(),
		routes: toRoutes( values.routes ),
		models,
		browser: values.browser ?? false,
		requests_per_minute: toNumber( '--requests-per-minute', values[ 'requests-per-minute' ], 1 ),
		budgets: toBudgets( values ),
		created_at: now(),
		expires_at: toDay( values.expires, now() ),
		revoked_at: null,
		last_used_at: null,
	} );
	write( key );
	note( 'This is the only time that the key is shown; the gateway keeps no more than its hash.' );
	if ( ! site.api ) {
		note( `The API is off for ${ site.tenant }: set "api": true at this site in the configuration.` );
	}
}

async function listKeys( args: string[], { now, write, note }: CommandContext, { api: { keys: store }, budgets }: Engine, config: Config ): Promise< void > {
	const { values } = parse( args, { site: { type: 'string' } }, usage );
	const found = await store.list( values.site === undefined ? null : toTenant( values.site ) );
	if ( found.length === 0 ) {
		note( 'There are no keys.' );
		return;
	}
	const used = await Promise.all( found.map( ( key ) => describeBudgets( key, budgets, periodsOf( now(), config.sites.get( key.tenant )?.time_zone ?? 'UTC' ) ) ) );
	const rows = found.map( ( key, index ) => [
		key.id, key.tenant, stateOf( key, now() ), key.routes.join( ',' ), key.models?.join( ',' ) ?? 'all', key.browser ? 'yes' : 'no',
		key.requests_per_minute === null ? '-' : String( key.requests_per_minute ),
		used[ index ] ?? '-',
		toDate( key.created_at ), toDate( key.expires_at ), toDate( key.last_used_at ), key.name,
	] );
	const head = [ 'ID', 'SITE', 'STATE', 'ROUTES', 'MODELS', 'BROWSER', 'PER MINUTE', 'BUDGETS, USED OF ALL', 'CREATED', 'EXPIRES', 'LAST USED', 'NAME' ];
	table( [ head, ...rows ] ).forEach( write );
}

async function revokeKey( args: string[], { now, note }: CommandContext, { api: { keys: store } }: Engine ): Promise< void > {
	const { positionals } = parse( args, {}, usage );
	const [ given ] = positionals;
	if ( given === undefined || positionals.length > 1 ) {
		throw new CommandError( `Name one key, by its id or as a whole.\n${ usage }` );
	}
	// A key that was found where it should not be is revoked without a look into the list.
	const revoked = await store.revoke( isWellFormedApiKey( given ) ? hashApiKey( given ).id : given, now() );
	if ( revoked === null ) {
		throw new CommandError( 'There is no such key.' );
	}
	note( `Revoked ${ revoked.id } (${ revoked.name }) of ${ revoked.tenant }. It is refused from now on.` );
}

async function showUsage( args: string[], { now, write, note }: CommandContext, { api: { keys: store, callLog } }: Engine ): Promise< void > {
	const { values } = parse( args, { site: { type: 'string' }, days: { type: 'string' } }, usage );
	const days = toNumber( '--days', values.days, 1 ) ?? 30;
	const tenant = values.site === undefined ? null : toTenant( values.site );
	const names = new Map( ( await store.list( tenant ) ).map( ( { id, name } ) => [ id, name ] ) );
	const totals = await callLog.totals( tenant, now() - Math.min( days, 30 ) * DAY_MS );
	if ( totals.length === 0 ) {
		note( 'There were no calls.' );
		return;
	}
	const rows = totals.map( ( { tenant: site, key_id, model, calls, failed, tokens_in, tokens_out, cost_micros, estimated } ) => [
		key_id ?? '-', site, model, String( calls ), String( failed ), `${ estimated > 0 ? '~' : '' }${ tokens_in }`, String( tokens_out ), ( cost_micros / 1_000_000 ).toFixed( 4 ),
		key_id === null ? '(signed by the site)' : names.get( key_id ) ?? '',
	] );
	table( [ [ 'KEY', 'SITE', 'MODEL', 'CALLS', 'FAILED', 'TOKENS IN', 'TOKENS OUT', '$', 'NAME' ], ...rows ] ).forEach( write );
	if ( totals.some( ( { estimated } ) => estimated > 0 ) ) {
		note( '~ The provider has not told all of these tokens; some are counted here.' );
	}
}

function toRoutes( value: string | undefined ): ApiRoute[] {
	const wanted = toList( value ) ?? [ ...apiRoutes ];
	const unknown = wanted.find( ( route ) => ! ( apiRoutes as readonly string[] ).includes( route ) );
	if ( unknown !== undefined || wanted.length === 0 ) {
		throw new CommandError( `--routes takes some of ${ apiRoutes.join( ',' ) }.` );
	}
	return apiRoutes.filter( ( route ) => wanted.includes( route ) );
}

function toDay( value: string | undefined, now: number ): number | null {
	if ( value === undefined ) {
		return null;
	}
	const time = /^\d{4}-\d{2}-\d{2}$/.test( value ) ? Date.parse( `${ value }T00:00:00Z` ) : NaN;
	if ( Number.isNaN( time ) || time <= now ) {
		throw new CommandError( '--expires takes a day to come, such as 2027-01-31.' );
	}
	return time;
}

function stateOf( key: ApiKey, now: number ): string {
	if ( key.revoked_at !== null ) {
		return 'revoked';
	}
	return key.expires_at !== null && key.expires_at <= now ? 'expired' : 'active';
}

function toDate( time: number | null ): string {
	return time === null ? '-' : new Date( time ).toISOString().slice( 0, 10 );
}
