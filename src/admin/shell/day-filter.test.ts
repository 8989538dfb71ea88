import type { View } from '@wordpress/dataviews';
import { describe, expect, it } from 'vitest';
import { daysFromFilter, withDayFilter } from './day-filter';

const view: View = { type: 'table', filters: [ { field: 'status', operator: 'isAny', value: [ 'failed' ] } ] };

describe( 'withDayFilter', () => {
	it( 'gives the table a filter of days to fill in, which narrows nothing down yet', () => {
		const filter = withDayFilter( view ).filters?.find( ( { field } ) => field === 'day' );
		expect( filter ).toMatchObject( { operator: 'between' } );
		expect( daysFromFilter( filter ) ).toEqual( { from: null, to: null } );
		expect( withDayFilter( { type: 'table' } ).filters ).toHaveLength( 1 );
	} );

	it( 'leaves the one that there is', () => {
		const chosen: View = { ...view, filters: [ { field: 'day', operator: 'on', value: '2026-11-25' } ] };
		expect( withDayFilter( chosen ) ).toBe( chosen );
	} );
} );
