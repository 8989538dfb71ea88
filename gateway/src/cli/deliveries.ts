import { systemClock } from '../clock.ts';
import { readConfig } from '../config.ts';
import type { DeliveryStore } from '../deliveries/delivery-store.ts';
import { openEngine } from '../engine.ts';
import { createLogger } from '../observability/logger.ts';
import { parse, toTenant } from './arguments.ts';
import { CommandError, type Command, type CommandContext } from './command.ts';
import { table } from './table.ts';

const usage = `draftkeeper-gateway deliveries list [--site <site id>[:<blog id>]] [--limit <number>]
draftkeeper-gateway deliveries replay <id> …
draftkeeper-gateway deliveries replay --all [--site <site id>[:<blog id>]]

Lists the results that were given up because their site did not take them, the latest first,
and sends them again, with all their tries before them.`;

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 100_000;

/** `draftkeeper-gateway deliveries list|replay`. */
export const deliveries: Command = {
	usage,
	async run( [ verb, ...args ], context ) {
		const verbs = { list, replay };
		if ( verb === undefined || ! Object.hasOwn( verbs, verb ) ) {
			throw new CommandError( usage );
		}
		const config = readConfig( context.environment );
		const engine = await openEngine( config, {
			clock: { ...systemClock, now: context.now }, logger: createLogger( 'silent' ), startedAt: context.now(),
		} );
		try {
			// The time of those who will send it.
			await verbs[ verb as keyof typeof verbs ]( parseAll( args ), { ...context, now: () => engine.clock.now() }, engine.deliveries );
		} finally {
			await engine.close();
		}
	},
};

type Parsed = ReturnType< typeof parseAll >;

async function list( { values }: Parsed, { write, note }: CommandContext, store: DeliveryStore ): Promise< void > {
	const limit = Number( values.limit ?? DEFAULT_LIMIT );
	if ( ! Number.isInteger( limit ) || limit < 1 || limit > MAX_LIMIT ) {
		throw new CommandError( `--limit takes a number from 1 to ${ MAX_LIMIT }.` );
	}
	const letters = await store.deadLetters( { tenant: siteOf( values.site ), limit } );
	if ( letters.length === 0 ) {
		note( 'There are no results that were given up.' );
		return;
	}
	const rows = letters.map( ( { id, tenant, uuid, tries, last_failure, created_at, ended_at } ) => [
		id, tenant, uuid, String( tries ), toTime( created_at ), toTime( ended_at ), last_failure,
	] );
	table( [ [ 'ID', 'SITE', 'JOB', 'TRIES', 'ENDED', 'GIVEN UP', 'LAST ANSWER' ], ...rows ] ).forEach( write );
	if ( letters.length === limit ) {
		note( `There may be more than these ${ limit }; raise --limit.` );
	}
}

async function replay( { values, positionals }: Parsed, { now, note }: CommandContext, store: DeliveryStore ): Promise< void > {
	if ( ( positionals.length === 0 ) !== ( values.all === true ) ) {
		throw new CommandError( `Name the results by their ids, or say --all.\n${ usage }` );
	}
	const ids = values.all === true
		? ( await store.deadLetters( { tenant: siteOf( values.site ), limit: MAX_LIMIT } ) ).map( ( { id } ) => id )
		: positionals;
	const unknown: string[] = [];
	for ( const id of ids ) {
		if ( ! ( await store.replay( id, now() ) ) ) {
			unknown.push( id );
		}
	}
	note( `${ ids.length - unknown.length } of ${ ids.length } are sent again.` );
	if ( unknown.length > 0 ) {
		throw new CommandError( `Not given up, or not known: ${ unknown.join( ', ' ) }` );
	}
}

const parseAll = ( args: string[] ) => parse( args, { site: { type: 'string' }, limit: { type: 'string' }, all: { type: 'boolean' } }, usage );

const siteOf = ( name: string | undefined ): string | null => ( name === undefined ? null : toTenant( name ) );

function toTime( milliseconds: number ): string {
	return `${ new Date( milliseconds ).toISOString().slice( 0, 16 ).replace( 'T', ' ' ) } UTC`;
}
