import { spawn, spawnSync } from 'node:child_process';
import { PlainError } from './plain-error.ts';
import { root } from './project.ts';

const SHOWN_LINES = 40;

export type Finished = { code: number; output: string; seconds: number };
export type CommandOptions = { cwd?: string; env?: NodeJS.ProcessEnv; timeoutMs?: number; onOutput?: ( text: string ) => void };

/** Runs a program to its end and keeps what it said. Never through a shell: paths may hold spaces. */
export function run( program: string, args: readonly string[], options: CommandOptions = {} ): Promise< Finished > {
	const started = Date.now();
	const child = spawn( program, args, {
		cwd: options.cwd ?? root,
		env: options.env ?? process.env,
		stdio: [ 'ignore', 'pipe', 'pipe' ],
		...( options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs } ),
	} );
	let output = '';
	const keep = ( chunk: Buffer ): void => {
		output += chunk.toString();
		options.onOutput?.( chunk.toString() );
	};
	child.stdout.on( 'data', keep );
	child.stderr.on( 'data', keep );
	return new Promise( ( done ) => {
		const finish = ( code: number ): void => done( { code, output, seconds: ( Date.now() - started ) / 1000 } );
		child.once( 'error', ( error ) => {
			output += error.message;
			finish( 127 );
		} );
		child.once( 'close', ( code, signal ) => {
			output += signal === null ? '' : `\n(ended by ${ signal })`;
			finish( code ?? 1 );
		} );
	} );
}

/** Like `run`, but a failure is an error that shows the last lines. */
export async function mustRun( what: string, program: string, args: readonly string[], options: CommandOptions = {} ): Promise< string > {
	const { code, output } = await run( program, args, options );
	if ( code !== 0 ) {
		throw new PlainError( `${ what } failed (${ program } ended with ${ code }):\n${ lastLines( output ) }` );
	}
	return output;
}

/** Runs one of the installed packages' programs with this Node, whatever the platform. */
export const nodeArgs = ( script: string, ...args: string[] ): [ string, string[] ] => [ process.execPath, [ script, ...args ] ];

export function lastLines( output: string, count = SHOWN_LINES ): string {
	return output.trimEnd().split( '\n' ).slice( -count ).join( '\n' );
}

/** Whether a program can be started at all. */
export function isThere( program: string, args: readonly string[] = [ '--version' ] ): boolean {
	return spawnSync( program, args, { stdio: 'ignore' } ).status === 0;
}
