import { readFileSync } from 'node:fs';
import { editFile } from '../sites/edit-file.ts';
import { readVariable, withVariable } from '../sites/secrets-file.ts';
import type { CommandContext } from './command.ts';

/** Into the file with secrets, or onto the screen where there is none. `shown` is null where no new secret was made. */
export function keepSecret( { environment, note }: CommandContext, variable: string, value: string, shown: string | null ): void {
	const file = environment[ 'DRAFTKEEPER_SECRETS_FILE' ];
	if ( file ) {
		editFile( file, ( content ) => withVariable( content, variable, value ) );
		note( `${ variable } is in ${ file }; a running gateway reads it from there.` );
		return;
	}
	note( 'DRAFTKEEPER_SECRETS_FILE names no file, so this is yours to put into the environment of the gateway, which has to be restarted then:' );
	note( shown === null ? `${ variable } = the newest secret alone` : `${ variable }=${ value }` );
	if ( shown !== null && shown !== value ) {
		note( '(Old and new, separated by a space.)' );
	}
}

/** The secrets that a site has now, as far as they can be seen from here. */
export function currentSecrets( environment: CommandContext[ 'environment' ], variable: string ): string[] {
	const file = environment[ 'DRAFTKEEPER_SECRETS_FILE' ];
	const value = ( file ? readVariable( readIfThere( file ), variable ) : null ) ?? environment[ variable ] ?? '';
	return value.split( /\s+/ ).filter( ( secret ) => secret !== '' );
}

function readIfThere( path: string ): string {
	try {
		return readFileSync( path, 'utf8' );
	} catch {
		return '';
	}
}
