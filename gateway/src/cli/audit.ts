import { prove, type AuditEvent, type AuditLog } from '../audit/audit-log.ts';
import { openAudit } from '../audit/open-audit.ts';
import { parse } from './arguments.ts';
import { CommandError, type Command, type CommandContext } from './command.ts';
import { table } from './table.ts';

const usage = `draftkeeper-gateway audit list [--limit <number>]
draftkeeper-gateway audit verify [--head <number>:<hash>]

Lists who changed keys, sites and switches, who canceled jobs and sent results again, the latest first, and proves that no entry was
changed or removed since. Keep the head that verify prints elsewhere, and give it to a later verify: that finds a log cut off or written anew.`;

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 100_000;

/** `draftkeeper-gateway audit list|verify`. */
export const audit: Command = {
	usage,
	async run( [ verb, ...args ], context ) {
		const verbs = { list, verify };
		if ( verb === undefined || ! Object.hasOwn( verbs, verb ) ) {
			throw new CommandError( usage );
		}
		const { log, close } = await openAudit( context.environment );
		try {
			await verbs[ verb as keyof typeof verbs ]( args, context, log );
		} finally {
			await close();
		}
	},
};

async function list( args: string[], { write, note }: CommandContext, log: AuditLog ): Promise< void > {
	const { values } = parse( args, { limit: { type: 'string' } }, usage );
	const limit = Number( values.limit ?? DEFAULT_LIMIT );
	if ( ! Number.isInteger( limit ) || limit < 1 || limit > MAX_LIMIT ) {
		throw new CommandError( `--limit takes a number from 1 to ${ MAX_LIMIT }.` );
	}
	const { entries } = await prove( log );
	const latest = ( await log.read( Math.max( 0, entries - limit ), limit ) ).reverse();
	if ( latest.length === 0 ) {
		note( 'Nothing has been done yet.' );
		return;
	}
	const rows = latest.map( ( { number, event_json } ) => {
		const { at, actor, action, subject } = JSON.parse( event_json ) as AuditEvent;
		return [ String( number ), new Date( at ).toISOString(), actor, action, subject ];
	} );
	table( [ [ 'NUMBER', 'TIME', 'WHO', 'WHAT', 'TO WHAT' ], ...rows ] ).forEach( write );
}

async function verify( args: string[], { write }: CommandContext, log: AuditLog ): Promise< void > {
	const { values } = parse( args, { head: { type: 'string' } }, usage );
	const known = values.head === undefined ? null : /^(\d+):([0-9a-f]{64})$/.exec( values.head );
	if ( values.head !== undefined && known === null ) {
		throw new CommandError( `--head takes what an earlier verify has printed.\n${ usage }` );
	}
	const number = Number( known?.[ 1 ] ?? 0 );
	const { entries, head, brokenAt, hashes } = await prove( log, [ number ] );
	if ( brokenAt !== null ) {
		throw new CommandError( `The chain is broken at entry ${ brokenAt }: it, or the one before, was changed or removed.` );
	}
	if ( known !== null && number > 0 && hashes.get( number ) !== known[ 2 ] ) {
		throw new CommandError( `Entry ${ number } is not the one it was: the log was cut off, or written anew.` );
	}
	write( `${ entries } entries, unbroken. Head: ${ entries }:${ head }` );
}
