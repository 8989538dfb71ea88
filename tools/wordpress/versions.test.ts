import { describe, expect, it } from 'vitest';
import { serves, wordPressVersions } from './versions.ts';

describe( 'a WordPress version', () => {
	it( 'may be newer where the newest is meant, never where the oldest is', () => {
		expect( serves( wordPressVersions[ '7.1' ], '7.10.1' ) ).toBe( true );
		expect( serves( wordPressVersions[ '7.1' ], '7.0.9' ) ).toBe( false );
		expect( serves( wordPressVersions[ '6.8' ], '6.8.12' ) ).toBe( true );
		expect( serves( wordPressVersions[ '6.8' ], '6.9' ) ).toBe( false );
	} );
} );
