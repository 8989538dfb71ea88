import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { eventOfCommand } from './audit/audited-commands.ts';
import { openAudit } from './audit/open-audit.ts';
import { audit } from './cli/audit.ts';
import { CommandError, type Command } from './cli/command.ts';
import { deliveries } from './cli/deliveries.ts';
import { keys } from './cli/keys.ts';
import { serve } from './cli/serve.ts';
import { sites } from './cli/sites.ts';
import { worker } from './cli/worker.ts';
import { ConfigError } from './config-error.ts';

const commands = new Map< string, Command >( Object.entries( { serve, worker, deliveries, keys, sites, audit } ) );

const [ name = 'serve', ...args ] = process.argv.slice( 2 );

try {
	const command = commands.get( name );
	const usage = [ ...commands.values() ].map( ( each ) => each.usage ).join( '\n\n' );
	if ( [ 'help', '--help', '-h' ].includes( name ) ) {
		process.stdout.write( `${ usage }\n` );
		process.exit( 0 );
	}
	if ( command === undefined ) {
		throw new CommandError( usage );
	}
	await command.run( args, {
		environment: process.env,
		now: () => Date.now(),
		randomBytes,
		write: ( line ) => process.stdout.write( `${ line }\n` ),
		note: ( line ) => process.stderr.write( `${ line }\n` ),
	} );
	await fileCommand();
} catch ( error ) {
	process.stderr.write( `${ describeFailure( error ) }\n` );
	process.exit( 1 );
}

/** What has been done is done, also where that cannot be filed. */
async function fileCommand(): Promise< void > {
	const actor = `${ process.env[ 'SUDO_USER' ] ?? userInfo().username }@${ hostname() }`;
	const event = eventOfCommand( process.argv.slice( 2 ), { actor, at: Date.now() } );
	if ( event === null ) {
		return;
	}
	try {
		const { log, close } = await openAudit( process.env );
		await log.append( event ).finally( close );
	} catch ( error ) {
		process.stderr.write( `It is done, but is not in the audit log: ${ error instanceof Error ? error.message : String( error ) }\n` );
	}
}

function describeFailure( error: unknown ): string {
	if ( error instanceof ConfigError || error instanceof CommandError ) {
		return error.message.trimEnd();
	}
	const what = name === 'serve' ? 'The gateway could not start' : `The command ${ name } could not be done`;
	return `${ what }: ${ error instanceof Error ? error.message : String( error ) }`;
}
