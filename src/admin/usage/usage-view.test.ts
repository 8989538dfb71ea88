import { describe, expect, it } from 'vitest';
import { addressFromView, defaultView, isFiltered, pageFromView, viewFromAddress } from './usage-view';

describe( 'viewFromAddress and addressFromView', () => {
	it( 'bring a view into the address and back', () => {
		const search = '?page=draftkeeper&user_id=2%2C5&status=failed%2Ccanceled&model=gpt-5&from=2026-02-01&to=2026-02-28&per_page=50&orderby=cost_micros&order=asc';
		expect( addressFromView( '?page=draftkeeper', viewFromAddress( search ) ) ).toBe( search );
	} );

	it( 'leave out what is the default, and what belongs to WordPress alone', () => {
		expect( addressFromView( '?page=draftkeeper&user_id=3', defaultView ) ).toBe( '?page=draftkeeper' );
	} );

	it.each( [
		'?user_id=x', '?user_id=-1', '?user_id=1.5', '?status=lost', '?from=yesterday', '?model=', '?per_page=7', '?orderby=secret', '?order=sideways',
	] )( 'ignore %s', ( search ) => {
		expect( viewFromAddress( search ) ).toEqual( defaultView );
	} );

	it( 'keep half a range', () => {
		expect( pageFromView( viewFromAddress( '?from=2026-02-01' ) ) ).toMatchObject( { from: '2026-02-01', to: null } );
		expect( pageFromView( viewFromAddress( '?to=2026-02-01' ) ) ).toMatchObject( { from: null, to: '2026-02-01' } );
	} );
} );

describe( 'pageFromView', () => {
	const withDay = ( operator: 'between' | 'on', value: unknown ) => pageFromView( { ...defaultView, filters: [ { field: 'day', operator, value } ] } );

	it( 'asks for the newest calls first', () => {
		expect( pageFromView( defaultView ) ).toEqual( {
			user_id: [], status: [], model: null, from: null, to: null, per_page: 20, orderby: 'created_at', order: 'desc',
		} );
	} );

	it( 'takes a range of days in either order, and one day as a range', () => {
		expect( withDay( 'between', [ '2026-02-28', '2026-02-01' ] ) ).toMatchObject( { from: '2026-02-01', to: '2026-02-28' } );
		expect( withDay( 'on', '2026-02-03' ) ).toMatchObject( { from: '2026-02-03', to: '2026-02-03' } );
	} );

	it( 'waits for a range that is half filled in', () => {
		expect( withDay( 'between', [ '2026-02-28', '' ] ) ).toMatchObject( { from: null, to: null } );
		expect( withDay( 'between', undefined ) ).toMatchObject( { from: null, to: null } );
	} );

	it( 'orders only by what the route can order by', () => {
		expect( pageFromView( { ...defaultView, sort: { field: 'model', direction: 'asc' } } ) ).toMatchObject( { orderby: 'created_at', order: 'asc' } );
	} );

	it( 'knows whether anything is left out', () => {
		expect( isFiltered( pageFromView( defaultView ) ) ).toBe( false );
		expect( isFiltered( pageFromView( viewFromAddress( '?to=2026-02-01' ) ) ) ).toBe( true );
	} );
} );
