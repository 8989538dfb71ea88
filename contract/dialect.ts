/** The subset of JSON Schema that WordPress, zod and our PHP check understand alike. */
import type { z } from 'zod';

// `rest_get_allowed_schema_keywords()` plus `required` and `items`' friends, less what zod never needs.
const keywords = new Set( [
	'type', 'enum', 'properties', 'required', 'additionalProperties', 'items', 'minItems', 'maxItems', 'minLength',
	'maxLength', 'pattern', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'anyOf', 'oneOf', 'description',
] );

type Json = null | boolean | number | string | Json[] | { [ key: string ]: Json };
type Definition = { type: string; checks?: { _zod: { def: { check: string } } }[] };

/** Throws where WordPress would ignore a keyword silently, or where JSON Schema cannot say what zod checks. */
export function assertDialect( name: string, schema: unknown, json: object ): void {
	checkKeywords( name, json as Json );
	checkChecks( name, schema as z.core.$ZodType, new Set() );
}

function checkKeywords( path: string, node: Json ): void {
	if ( node === null || typeof node !== 'object' || Array.isArray( node ) ) {
		throw new Error( `${ path }: not a schema` );
	}
	if ( Object.keys( node ).length === 0 ) {
		throw new Error( `${ path }: an empty schema lets anything pass` );
	}
	for ( const [ keyword, value ] of Object.entries( node ) ) {
		const here = `${ path }.${ keyword }`;
		if ( ! keywords.has( keyword ) ) {
			throw new Error( `${ here }: WordPress would ignore this keyword` );
		}
		if ( keyword === 'properties' ) {
			for ( const [ property, child ] of Object.entries( value as { [ key: string ]: Json } ) ) {
				checkKeywords( `${ here }.${ property }`, child );
			}
		} else if ( keyword === 'anyOf' || keyword === 'oneOf' ) {
			( value as Json[] ).forEach( ( child, index ) => checkKeywords( `${ here }[${ index }]`, child ) );
		} else if ( keyword === 'items' || ( keyword === 'additionalProperties' && typeof value === 'object' && Object.keys( value as object ).length > 0 ) ) {
			checkKeywords( here, value as Json );
		}
	}
}

function checkChecks( path: string, node: unknown, seen: Set< unknown > ): void {
	if ( node === null || typeof node !== 'object' || seen.has( node ) ) {
		return;
	}
	seen.add( node );
	const zod = ( node as { _zod?: { def: Definition } } )._zod;
	if ( zod ) {
		if ( [ 'transform', 'pipe', 'tuple', 'lazy', 'unknown', 'any', 'custom', 'default', 'prefault', 'catch' ].includes( zod.def.type ) ) {
			throw new Error( `${ path }: JSON Schema cannot carry zod's ${ zod.def.type }` );
		}
		const isText = zod.def.type === 'string';
		for ( const check of zod.def.checks ?? [] ) {
			const kind = check._zod.def.check;
			if ( kind === 'overwrite' || ( kind === 'custom' && ! isText ) ) {
				throw new Error( `${ path }: JSON Schema cannot carry a ${ kind } check` );
			}
			if ( isText && ( kind === 'min_length' || kind === 'max_length' ) ) {
				throw new Error( `${ path }: counts UTF-16 units; use text( min, max )` );
			}
		}
		for ( const [ key, value ] of Object.entries( zod.def ) ) {
			if ( key !== 'checks' ) {
				checkChecks( `${ path }.${ key }`, value, seen );
			}
		}
		return;
	}
	for ( const [ key, value ] of Object.entries( node ) ) {
		checkChecks( `${ path }.${ key }`, value, seen );
	}
}

/** A value as PHP source, indented with tabs. */
export function toPhp( value: unknown, depth = 0 ): string {
	const indent = '\t'.repeat( depth + 1 );
	const close = '\t'.repeat( depth );
	if ( value === null || typeof value === 'boolean' || typeof value === 'number' ) {
		return JSON.stringify( value );
	}
	if ( typeof value === 'string' ) {
		return `'${ value.replaceAll( '\\', '\\\\' ).replaceAll( "'", "\\'" ) }'`;
	}
	const rows = Array.isArray( value )
		? value.map( ( item ) => `${ indent }${ toPhp( item, depth + 1 ) },` )
		: Object.entries( value as object ).map( ( [ key, item ] ) => `${ indent }${ toPhp( key ) } => ${ toPhp( item, depth + 1 ) },` );
	return rows.length === 0 ? 'array()' : `array(\n${ rows.join( '\n' ) }\n${ close })`;
}
