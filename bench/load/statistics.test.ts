import { expect, it } from 'vitest';
import { median, quantile, shuffled } from './statistics.ts';

it( 'takes the middle value, or the mean of the two in the middle', () => {
	expect( median( [ 3, 1, 2 ] ) ).toBe( 2 );
	expect( median( [ 4, 1, 3, 2 ] ) ).toBe( 2.5 );
} );

it( 'finds the value that a share of the others does not exceed', () => {
	const values = Array.from( { length: 100 }, ( _, index ) => 100 - index );
	expect( quantile( values, 0.95 ) ).toBe( 95 );
	expect( quantile( values, 1 ) ).toBe( 100 );
	expect( quantile( [ 7 ], 0.5 ) ).toBe( 7 );
} );

it( 'shuffles without losing or repeating anything', () => {
	expect( shuffled( [ 1, 2, 3 ], () => 0 ) ).toEqual( [ 1, 2, 3 ] );
	expect( shuffled( [ 1, 2, 3 ], () => 0.99 ) ).toEqual( [ 3, 2, 1 ] );
} );
