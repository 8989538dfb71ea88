import { describe, expect, it } from 'vitest';
import { mayOpenBrowser } from './browser.ts';

describe( 'npm start', () => {
	it( 'opens a browser only for a person', () => {
		expect( mayOpenBrowser( {}, true ) ).toBe( true );
		expect( mayOpenBrowser( {}, false ) ).toBe( false );
		expect( mayOpenBrowser( { CI: 'true' }, true ) ).toBe( false );
		expect( mayOpenBrowser( { DRAFTKEEPER_NO_BROWSER: '1' }, true ) ).toBe( false );
	} );
} );
