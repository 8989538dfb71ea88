import { describe, expect, it } from 'vitest';
import { formatDuration, formatMicros } from './format-money';

describe( 'formatMicros', () => {
	it.each( [
		[ 0, '$0.00' ],
		[ 1, '<$0.0001' ],
		[ 12_300, '$0.0123' ],
		[ 500_000, '$0.50' ],
		[ 12_300_000, '$12.30' ],
		[ 1_234_567_890, '$1,234.57' ],
	] )( 'shows %d millionths as %s', ( micros, text ) => {
		expect( formatMicros( micros ) ).toBe( text );
	} );
} );

describe( 'formatDuration', () => {
	it( 'shows seconds, with a digit while they are few', () => {
		expect( formatDuration( 1_420 ) ).toBe( '1.4s' );
		expect( formatDuration( 42_900 ) ).toBe( '43s' );
	} );
} );
