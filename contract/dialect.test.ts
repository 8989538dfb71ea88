import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { toJSONSchema } from 'zod';
import { expect, it } from 'vitest';
import { assertDialect, toPhp } from './dialect.ts';
import { text } from './src/primitives.ts';

const check = ( schema: z.core.$ZodType ) => () => {
	const { $schema: _, ...json } = toJSONSchema( schema, { target: 'draft-4', io: 'input', unrepresentable: 'any' } );
	assertDialect( 'it', schema, json );
};

it.each( [
	[ 'a tuple', z.strictObject( { pair: z.tuple( [ z.string(), z.int() ] ) } ) ],
	[ 'a transform', z.strictObject( { name: z.pipe( z.string(), z.transform( ( value ) => value.length ) ) } ) ],
	[ 'a trim', z.strictObject( { name: z.string().check( z.trim() ) } ) ],
	[ 'a refinement', z.strictObject( { list: z.array( z.string() ).check( z.refine( ( list ) => list.length % 2 === 0 ) ) } ) ],
	[ 'a reference', z.strictObject( { a: z.string().register( z.globalRegistry, { id: 'shared' } ) } ) ],
	[ 'anything at all', z.strictObject( { value: z.unknown() } ) ],
	[ 'a length in UTF-16 units', z.strictObject( { name: z.string().check( z.maxLength( 5 ) ) } ) ],
	[ 'a format WordPress would check by other rules', z.strictObject( { at: z.iso.datetime() } ) ],
] )( 'refuses %s', ( _, schema ) => {
	expect( check( schema ) ).toThrow();
} );

it( 'lets a plain object of texts, numbers and lists pass', () => {
	expect( check( z.strictObject( { name: text( 1, 5 ), list: z.array( z.int() ), any: z.nullable( z.boolean() ) } ) ) ).not.toThrow();
} );

it( 'counts an emoji as one character', () => {
	expect( text( 1, 2 ).safeParse( '🪑🪑' ).success ).toBe( true );
	expect( text( 1, 2 ).safeParse( '🪑🪑🪑' ).success ).toBe( false );
} );

it( 'writes a value as PHP source', () => {
	expect( toPhp( { "it's": [ 1, null, true, 'a\\b' ], none: [] } ) ).toBe(
		"array(\n\t'it\\'s' => array(\n\t\t1,\n\t\tnull,\n\t\ttrue,\n\t\t'a\\\\b',\n\t),\n\t'none' => array(),\n)"
	);
} );

it( 'has generated files that are current', () => {
	const output = execFileSync( process.execPath, [ '--import', 'tsx', join( import.meta.dirname, 'generate.ts' ), '--check' ], { encoding: 'utf8' } );
	expect( output ).toContain( 'all current' );
} );
