import { randomBytes } from 'node:crypto';
import { CommandError, type Command } from './cli/command.ts';
import { deliveries } from './cli/deliveries.ts';
import { keys } from './cli/keys.ts';
import { serve } from './cli/serve.ts';
import { sites } from './cli/sites.ts';
import { worker } from './cli/worker.ts';
import { ConfigError } from './config-error.ts';

const commands = new Map< string, Command >( Object.entries( { serve, worker, deliveries, keys, sites } ) );

const [ name = 'serve', ...args ] = process.argv.slice( 2 );

try {
	const command = commands.get( name );
	if ( command === undefined ) {
		throw new CommandError( [ ...commands.values() ].map( ( { usage } ) => usage ).join( '\n\n' ) );
	}
	await command.run( args, {
		environment: process.env,
		now: () => Date.now(),
		randomBytes,
		write: ( line ) => process.stdout.write( `${ line }\n` ),
		note: ( line ) => process.stderr.write( `${ line }\n` ),
	} );
} catch ( error ) {
	process.stderr.write( `${ describeFailure( error ) }\n` );
	process.exit( 1 );
}

function describeFailure( error: unknown ): string {
	if ( error instanceof ConfigError || error instanceof CommandError ) {
		return error.message.trimEnd();
	}
	const what = name === 'serve' ? 'The gateway could not start' : `The command ${ name } could not be done`;
	return `${ what }: ${ error instanceof Error ? error.message : String( error ) }`;
}
