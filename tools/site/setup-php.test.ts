import { describe, expect, it } from 'vitest';
import { phpString } from './setup-php.ts';

describe( 'PHP made here', () => {
	it( 'quotes text for PHP', () => {
		expect( phpString( 'it\'s a \\ $x' ) ).toBe( '\'it\\\'s a \\\\ $x\'' );
	} );
} );
