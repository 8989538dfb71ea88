import { __, _n, _x, resetLocaleData, setLocaleData } from '@wordpress/i18n';
import { afterAll, beforeAll, expect, it } from 'vitest';
import german from '../../../languages/draftkeeper-de_DE-draftkeeper-admin.json';
import { translateTables } from './translate-tables';

beforeAll( () => {
	setLocaleData( german.locale_data.draftkeeper, 'draftkeeper' );
	translateTables();
} );
afterAll( () => resetLocaleData( {}, 'draftkeeper' ) );

/* eslint-disable @wordpress/i18n-text-domain -- as DataViews does it: without a domain */
it( 'lends tables the words that WordPress has not brought', () => {
	expect( __( 'Add filter' ) ).toBe( 'Filter hinzufügen' );
	expect( _x( 'Filter', 'verb' ) ).toBe( 'Filtern' );
	/* translators: %d: a number */
	expect( [ 1, 2 ].map( ( count ) => _n( '%d Item', '%d Items', count ) ) ).toEqual( [ '%d Eintrag', '%d Einträge' ] );
} );

it( 'leaves alone what WordPress has translated, and what nobody has', () => {
	setLocaleData( { Actions: [ 'Handlungen' ] } );
	expect( __( 'Actions' ) ).toBe( 'Handlungen' );
	expect( __( 'A text of somebody else' ) ).toBe( 'A text of somebody else' );
} );
