import { describe, expect, it } from 'vitest';
import { addressFromView, defaultView, filterFromView, isFiltered, isModelName, viewFromAddress } from './jobs-view';

describe( 'viewFromAddress and addressFromView', () => {
	it( 'bring a view into the address and back', () => {
		const search = '?page=draftkeeper-jobs&status=failed&user_id=2&model=gpt-5&task=product_description&post_id=12&review=waiting&from=2026-02-01&to=2026-02-28&search=oak+table&per_page=50';
		const again = new URLSearchParams( addressFromView( '?page=draftkeeper-jobs', viewFromAddress( search ) ) );
		expect( Object.fromEntries( again ) ).toEqual( Object.fromEntries( new URLSearchParams( search ) ) );
	} );

	it( 'leave out what is the default, and what belongs to WordPress alone', () => {
		expect( addressFromView( '?page=draftkeeper-jobs&status=failed', defaultView ) ).toBe( '?page=draftkeeper-jobs' );
	} );

	it.each( [ '?status=lost', '?user_id=x', '?user_id=0', '?model=%20', '?task=cook', '?review=maybe', '?from=today', '?search=', '?per_page=7' ] )( 'ignore %s', ( search ) => {
		expect( viewFromAddress( search ) ).toEqual( defaultView );
	} );
} );

describe( 'filterFromView', () => {
	it( 'takes what is filled in and no more', () => {
		const filters = [ { field: 'status', operator: 'is' as const, value: 'running' }, { field: 'post', operator: 'is' as const, value: '12' }, { field: 'model', operator: 'is' as const, value: '' } ];
		expect( filterFromView( { ...defaultView, search: '  ', filters } ) ).toMatchObject( { status: 'running', post_id: 12, model: null, search: null } );
	} );

	it( 'knows which names a job can ask for', () => {
		expect( [ 'gpt-5', 'vendor/model:1', 'a b', '' ].filter( isModelName ) ).toEqual( [ 'gpt-5', 'vendor/model:1' ] );
	} );

	it( 'knows whether anything is left out', () => {
		expect( isFiltered( filterFromView( defaultView ) ) ).toBe( false );
		expect( isFiltered( filterFromView( { ...defaultView, perPage: 100 } ) ) ).toBe( false );
		expect( isFiltered( filterFromView( { ...defaultView, search: 'oak' } ) ) ).toBe( true );
	} );
} );
