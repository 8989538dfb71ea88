import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dollarsFromMicros, parseDollars } from './parse-money';

describe( 'parseDollars', () => {
	it.each( [
		[ '12', 12_000_000 ], [ '12.5', 12_500_000 ], [ '12,5', 12_500_000 ], [ '0.000001', 1 ], [ ' $0.07 ', 70_000 ], [ '3 $', 3_000_000 ],
		[ '1000000', 1_000_000_000_000 ], [ '0.1', 100_000 ], [ '0.29', 290_000 ],
	] )( 'reads %s exactly', ( text, micros ) => {
		expect( parseDollars( text, 'en' ) ).toBe( micros );
	} );

	it.each( [ '', '-1', '1e3', '1.2.3', '1,000.50', '0.0000001', 'ten', '12345678', '.5', '1.' ] )( 'refuses %s', ( text ) => {
		expect( parseDollars( text, 'en' ) ).toBeNull();
	} );

	it( 'refuses what two languages read as different amounts, unless it is written as in this one', () => {
		expect( parseDollars( '1,500', 'en' ) ).toBeNull();
		expect( parseDollars( '1.500', 'de' ) ).toBeNull();
		expect( parseDollars( '1,500', 'de' ) ).toBe( 1_500_000 );
	} );
} );

describe( 'dollarsFromMicros', () => {
	it( 'writes what is read back as the same', () => {
		fc.assert( fc.property( fc.integer( { min: 0, max: 1_000_000_000_000 } ), fc.constantFrom( 'en', 'de', 'fr' ), ( micros, language ) =>
			parseDollars( dollarsFromMicros( micros, language ), language ) === micros ) );
		expect( dollarsFromMicros( 12_500_000, 'en' ) ).toBe( '12.50' );
		expect( dollarsFromMicros( 50_000_000, 'de' ) ).toBe( '50' );
	} );
} );
