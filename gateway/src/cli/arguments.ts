import { parseArgs } from 'node:util';
import { tenantOf } from '../sites/site.ts';
import { CommandError } from './command.ts';

export type Options = NonNullable< NonNullable< Parameters< typeof parseArgs >[ 0 ] >[ 'options' ] >;

/** Throws the usage where the arguments do not fit the options. */
export function parse< T extends Options >( args: string[], options: T, usage: string ) {
	try {
		return parseArgs( { args, options, allowPositionals: true } );
	} catch ( error ) {
		throw new CommandError( `${ error instanceof Error ? error.message : '' }\n${ usage }` );
	}
}

/** `shop` is its first blog. */
export function toTenant( name: string ): string {
	return /:[0-9]+$/.test( name ) ? name : tenantOf( name, 1 );
}

export function toList( value: string | undefined ): string[] | null {
	return value?.split( ',' ).map( ( part ) => part.trim() ).filter( ( part ) => part !== '' ) ?? null;
}

/** Reads the number of an option, times `factor`, rounded; null where it was not given. Throws `CommandError`. */
export function toNumber( option: string, value: string | undefined, factor: number ): number | null {
	const number = Math.round( Number( value ) * factor );
	if ( value !== undefined && ! ( Number.isSafeInteger( number ) && number > 0 ) ) {
		throw new CommandError( `${ option } takes a number above zero.` );
	}
	return value === undefined ? null : number;
}
