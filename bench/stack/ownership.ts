import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { PlainError } from '../../tools/plain-error.ts';

export type Account = 'www-data' | 'mysql';

/** Makes a folder that belongs to the account its server runs as. */
export function ownFolder( path: string, account: Account ): string {
	mkdirSync( path, { recursive: true } );
	give( path, account );
	return path;
}

/** Hands a file or folder over to an account; without root everything is the caller's anyway. */
export function give( path: string, account: Account ): void {
	if ( process.getuid?.() === 0 && spawnSync( 'chown', [ '-R', `${ account }:${ account }`, path ], { stdio: 'ignore' } ).status !== 0 ) {
		throw new PlainError( `${ path } could not be given to ${ account }.` );
	}
}

/** Servers without rights must get through to what they serve. */
export function requireReadable( path: string, account: Account ): void {
	const [ program, ...args ] = asAccount( account, [ 'test', '-r', path ] );
	if ( spawnSync( program, args, { stdio: 'ignore' } ).status !== 0 ) {
		throw new PlainError( `${ account } cannot read ${ path }: the project, or BENCH_STATE, lies in a folder that is closed to other users.` );
	}
}

/** The command as the account runs it: root gives up its rights, anybody else stays who he is. */
export function asAccount( account: Account, command: readonly [ string, ...string[] ] ): [ string, ...string[] ] {
	return process.getuid?.() === 0 ? [ 'setpriv', `--reuid=${ account }`, `--regid=${ account }`, '--init-groups', ...command ] : [ ...command ];
}
