import { describe, expect, it } from 'vitest';
import { isInstalled } from './packages.mjs';

describe( 'the installed packages', () => {
	const wanted = {
		packages: {
			'': { version: '0.1.0' },
			contract: { version: '0.1.0' },
			'node_modules/a': { version: '1.0.0' },
			'node_modules/only-elsewhere': { version: '2.0.0', optional: true },
			'node_modules/@draftkeeper/contract': { link: true },
		},
	};
	const linked = { 'node_modules/@draftkeeper/contract': {} };

	it( 'are whole when every package is there at its version, save those of other platforms', () => {
		expect( isInstalled( wanted, { packages: { ...linked, 'node_modules/a': { version: '1.0.0' } } } ) ).toBe( true );
	} );

	it( 'are not whole when one has another version', () => {
		expect( isInstalled( wanted, { packages: { ...linked, 'node_modules/a': { version: '1.0.1' } } } ) ).toBe( false );
	} );

	it( 'are not whole when one is missing', () => {
		expect( isInstalled( wanted, { packages: linked } ) ).toBe( false );
	} );
} );
