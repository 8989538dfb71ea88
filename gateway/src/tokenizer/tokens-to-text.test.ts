import fc from 'fast-check';
import { Tiktoken } from 'js-tiktoken/lite';
import ranks from 'js-tiktoken/ranks/cl100k_base';
import { describe, expect, it } from 'vitest';
import { tokensToText } from './tokens-to-text.ts';

describe( 'tokens of a client', () => {
	it( 'are the text that they were made of', async () => {
		const judge = new Tiktoken( ranks );
		expect( await tokensToText( [ 15339, 1917 ] ) ).toBe( 'hello world' );
		await fc.assert( fc.asyncProperty( fc.string( { maxLength: 30, unit: 'grapheme' } ), async ( text ) => {
			expect( await tokensToText( judge.encode( text, [], [] ) ) ).toBe( text );
		} ), { numRuns: 60 } );
	} );

	it( 'are no text where one of them is none', async () => {
		expect( await tokensToText( [ 15339, 999_999 ] ) ).toBeNull();
		expect( await tokensToText( [ 100_257 ] ) ).toBeNull();
	} );
} );
