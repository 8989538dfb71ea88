import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { schemas } from './src/index.ts';
import { openaiSchemas } from './src/openai.ts';

const folder = join( import.meta.dirname, 'examples' );
type Example = { name: string; value: unknown };

// What only other programs see lies in a folder of its own: WordPress has no schemas of it.
const shapes = [
	...Object.entries( schemas ).map( ( [ name, schema ] ) => ( { name, schema } ) ),
	...Object.entries( openaiSchemas ).filter( ( [ name ] ) => ! ( name in schemas ) ).map( ( [ name, schema ] ) => ( { name: `openai/${ name }`, schema } ) ),
];

describe.each( shapes )( 'examples of $name', ( { name, schema } ) => {
	const examples = JSON.parse( readFileSync( join( folder, `${ name }.json` ), 'utf8' ) ) as { valid: Example[]; invalid: Example[] };

	it.each( examples.valid )( 'accepts $name', ( { value } ) => {
		expect( schema.safeParse( value ).error?.issues ).toBeUndefined();
	} );

	it.each( examples.invalid )( 'refuses $name', ( { value } ) => {
		expect( schema.safeParse( value ).success ).toBe( false );
	} );

	it( 'has at least one of each', () => {
		expect( examples.valid.length ).toBeGreaterThan( 0 );
		expect( examples.invalid.length ).toBeGreaterThan( 0 );
	} );
} );

it( 'keeps no examples of a shape that is gone', () => {
	const vectors = [ 'signatures', 'request-signatures', 'offer-answers', 'sanitize', 'marks', 'redaction', 'log-secrets' ];
	const files = [ ...readdirSync( folder ), ...readdirSync( join( folder, 'openai' ) ).map( ( file ) => `openai/${ file }` ) ]
		.filter( ( file ) => file.endsWith( '.json' ) )
		.map( ( file ) => file.replace( '.json', '' ) );
	const known = new Set( [ ...vectors, ...shapes.map( ( { name } ) => name ) ] );
	expect( files.filter( ( file ) => ! known.has( file ) ) ).toEqual( [] );
} );
