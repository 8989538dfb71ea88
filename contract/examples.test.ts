import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { schemas, type SchemaName } from './src/index.ts';

const folder = join( import.meta.dirname, 'examples' );
type Example = { name: string; value: unknown };

describe.each( Object.keys( schemas ) as SchemaName[] )( 'examples of %s', ( name ) => {
	const examples = JSON.parse( readFileSync( join( folder, `${ name }.json` ), 'utf8' ) ) as { valid: Example[]; invalid: Example[] };

	it.each( examples.valid )( 'accepts $name', ( { value } ) => {
		expect( schemas[ name ].safeParse( value ).error?.issues ).toBeUndefined();
	} );

	it.each( examples.invalid )( 'refuses $name', ( { value } ) => {
		expect( schemas[ name ].safeParse( value ).success ).toBe( false );
	} );

	it( 'has at least one of each', () => {
		expect( examples.valid.length ).toBeGreaterThan( 0 );
		expect( examples.invalid.length ).toBeGreaterThan( 0 );
	} );
} );

it( 'keeps no examples of a shape that is gone', () => {
	const vectors = [ 'signatures', 'request-signatures', 'offer-answers', 'sanitize', 'marks' ];
	const files = readdirSync( folder ).map( ( file ) => file.replace( '.json', '' ) );
	expect( files.filter( ( file ) => ! vectors.includes( file ) && ! ( file in schemas ) ) ).toEqual( [] );
} );
