import { describe, expect, it } from 'vitest';
import { emptyFacts, toProductFacts } from './brief';
import { generateBlocker } from './generate-blocker';

const facts = toProductFacts( { ...emptyFacts, name: 'Table' }, '' );

describe( 'generateBlocker', () => {
	it( 'lets a name alone pass', () => {
		expect( generateBlocker( 'ready', facts ) ).toBeNull();
	} );

	it( 'says when a limit opens again', () => {
		expect( generateBlocker( 'ready', facts, { text: 'At 09:40.', opens_at: '2026-02-28T09:40:00Z' } ) ).toBe( 'At 09:40.' );
	} );

	it( 'names the connection first, then the name, then what cannot be sent', () => {
		expect( generateBlocker( 'not_connected', { ...facts, name: '' } ) ).toMatch( /not connected/ );
		expect( generateBlocker( 'ready', { ...facts, name: '' } ) ).toMatch( /name/ );
		expect( generateBlocker( 'ready', { ...facts, price: { amount: 'cheap', currency: 'EUR' } } ) ).toMatch( /price/ );
		expect( generateBlocker( 'ready', { ...facts, tags: [ 'x'.repeat( 101 ) ] } ) ).toMatch( /too long/ );
	} );
} );
