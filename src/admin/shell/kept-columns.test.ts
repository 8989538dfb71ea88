import type { View } from '@wordpress/dataviews';
import { beforeEach, describe, expect, it } from 'vitest';
import { keepColumns, keptColumns } from './kept-columns';

const view: View = { type: 'table', fields: [ 'user', 'cost_micros' ], layout: { density: 'compact', enableMoving: false }, search: 'oak', filters: [] };

describe( 'kept columns', () => {
	beforeEach( () => window.localStorage.clear() );

	it( 'are those of their table, and nothing else of its view', () => {
		keepColumns( 'usage', view );
		expect( keptColumns( 'usage' ) ).toEqual( { fields: [ 'user', 'cost_micros' ], layout: { density: 'compact' } } );
		expect( keptColumns( 'jobs' ) ).toEqual( {} );
	} );

	it.each( [ 'no JSON', '{}', '{"fields":"user"}', '{"fields":[],"density":"huge"}' ] )( 'are none where %s was kept', ( text ) => {
		window.localStorage.setItem( 'draftkeeper-columns-usage', text );
		expect( keptColumns( 'usage' ) ).toEqual( {} );
	} );
} );
