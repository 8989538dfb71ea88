import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { Tiktoken } from 'js-tiktoken/lite';
import ranks from 'js-tiktoken/ranks/o200k_base';
import { describe, expect, it } from 'vitest';
import { BytePairs } from './byte-pairs.ts';

describe( 'byte pairs', () => {
	it( 'are counted as js-tiktoken counts them, in any script and for any nonsense', async () => {
		const bytePairs = await BytePairs.load( ranks );
		const judge = new Tiktoken( ranks );
		const expected = ( text: string ) => judge.encode( text, [], [] ).length;
		for ( const text of [
			'', 'a', ' ', 'Hello, world!', 'Größe 42 — „für Zuhause“', '木の椅子とテーブル', 'стол из дуба', '🪑🛋️👩‍🔧', '<|endoftext|>', 'aaaaaaaaaaaaaaaa', '1234567890', "it's don't",
			'\n\n\t  x', 'ส่งฟรีทั่วประเทศ', 'XMLHttpRequest2DOMParser', '\ud800',
		] ) {
			expect( [ text, bytePairs.count( text ) ] ).toEqual( [ text, expected( text ) ] );
		}
		const letters = fc.string( { maxLength: 40, unit: fc.constantFrom( ...'aeinrst ABzq09_-.漢字かな한글ßé🪑\n' ) } );
		fc.assert( fc.property( fc.oneof( fc.string( { maxLength: 40, unit: 'binary' } ), letters ), ( text ) => {
			expect( bytePairs.count( text ) ).toBe( expected( text ) );
		} ), { numRuns: 60 } );
	} );

	it( 'are loaded while others have their turn', async () => {
		let turns = 0;
		let isLoaded = false;
		const others = ( async () => {
			for ( ; ! isLoaded; turns++ ) {
				await setImmediate();
			}
		} )();
		await BytePairs.load( ranks );
		isLoaded = true;
		await others;
		expect( turns ).toBeGreaterThan( 20 );
	} );
} );
