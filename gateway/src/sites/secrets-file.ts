import { parseEnv } from 'node:util';

/** The value of a variable in `NAME=value` lines; null where it is not set. */
export function readVariable( content: string, name: string ): string | null {
	return parseEnv( content )[ name ] || null;
}

/** Puts the variable's line in the old one's place, or at the end. */
export function withVariable( content: string, name: string, value: string ): string {
	const line = `${ name }=${ value }`;
	const existing = new RegExp( `^\\s*(?:export\\s+)?${ name }\\s*=.*$`, 'm' );
	if ( existing.test( content ) ) {
		return content.replace( existing, () => line );
	}
	return `${ content }${ content === '' || content.endsWith( '\n' ) ? '' : '\n' }${ line }\n`;
}
