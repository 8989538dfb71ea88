import type { View } from '@wordpress/dataviews';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import lists from '../../../contract/examples/usage_list.json';
import choices from '../../../contract/examples/usage_choices.json';
import { createQueryClient } from '../../api/query-client';
import { API, server } from '../../testing/server';
import type { UsageTable } from './usage-table';
import { UsageScreen } from './usage-screen';

// DataViews itself is drawn in the browser tests; here counts what the screen asks of it and of the server.
vi.mock( './usage-table', () => ( {
	UsageTable: ( { view, onChangeView, rows, isSortable, empty }: Parameters< typeof UsageTable >[ 0 ] ) => {
		const change = ( changed: object ) => onChangeView( { ...view, ...changed } as View );
		return (
			<div>
				{ rows.length === 0 ? empty : <p>{ rows.map( ( { id } ) => `row ${ id }` ).join() }</p> }
				<p>{ isSortable ? 'any order' : 'by time only' }</p>
				<button onClick={ () => change( { filters: [ { field: 'status', operator: 'isAny', value: [ 'failed' ] } ] } ) }>Failed only</button>
			</div>
		);
	},
} ) );

const EXPORT = 'https://shop.example/wp-json/draftkeeper/v1/usage/export?_wpnonce=abc';
const list = lists.valid[ 0 ]!.value;
const totals = list.totals!;
const older = { items: [ { ...list.items[ 0 ]!, id: 2 } ], next_cursor: null, totals: null };
let client: QueryClient;
let asked: URLSearchParams[];

beforeEach( () => {
	client = createQueryClient();
	asked = [];
	window.history.replaceState( null, '', '/wp-admin/admin.php?page=draftkeeper' );
	server.use(
		http.get( `${ API }/usage`, ( { request } ) => {
			const query = new URL( request.url ).searchParams;
			asked.push( query );
			return HttpResponse.json( query.get( 'cursor' ) ? older : { ...list, next_cursor: 'abc' } );
		} ),
		http.get( `${ API }/usage/choices`, () => HttpResponse.json( choices.valid[ 0 ]!.value ) )
	);
} );
afterEach( () => client.clear() );

function show() {
	render( <QueryClientProvider client={ client }><UsageScreen bootstrap={ { export_url: EXPORT } } /></QueryClientProvider> );
	return userEvent.setup();
}

describe( 'UsageScreen', () => {
	it( 'shows the totals of the whole filter', async () => {
		show();
		expect( await screen.findByText( new Intl.NumberFormat( 'en' ).format( totals.tokens_in ) ) ).toBeInTheDocument();
		expect( screen.getByRole( 'heading', { name: 'Usage' } ) ).toBeInTheDocument();
	} );

	it( 'asks the server for pages and filters, and exports exactly what is filtered', async () => {
		const user = show();
		await screen.findByText( 'row 1' );
		await user.click( screen.getByRole( 'button', { name: 'Next page' } ) );
		expect( await screen.findByText( 'row 2' ) ).toBeInTheDocument();
		expect( asked.at( -1 )?.get( 'cursor' ) ).toBe( 'abc' );
		expect( screen.getByText( 'Page 2' ) ).toBeInTheDocument();
		expect( screen.getByText( new Intl.NumberFormat( 'en' ).format( totals.tokens_in ) ) ).toBeInTheDocument();
		expect( screen.getByRole( 'button', { name: 'Next page' } ) ).toHaveAttribute( 'aria-disabled', 'true' );
		await user.click( screen.getByText( 'Failed only' ) );
		await waitFor( () => expect( asked.at( -1 )?.get( 'status' ) ).toBe( 'failed' ) );
		expect( asked.at( -1 )?.get( 'cursor' ) ).toBeNull();
		expect( screen.getByText( 'Page 1' ) ).toBeInTheDocument();
		expect( screen.getByRole( 'link', { name: 'Export CSV' } ) )
			.toHaveAttribute( 'href', `${ EXPORT }&status=failed` );
		expect( window.location.search ).toBe( '?page=draftkeeper&status=failed' );
	} );

	it( 'asks again when somebody wants to see what is new', async () => {
		const user = show();
		await screen.findByText( 'row 1' );
		const before = asked.length;
		await user.click( screen.getByRole( 'button', { name: 'Refresh' } ) );
		await waitFor( () => expect( asked.length ).toBeGreaterThan( before ) );
	} );

	it( 'opens with the filters of the address', async () => {
		window.history.replaceState( null, '', '/wp-admin/admin.php?page=draftkeeper&user_id=2&from=2026-02-01&to=2026-02-28' );
		show();
		await waitFor( () => expect( asked[ 0 ]?.toString() ).toContain( 'user_id=2' ) );
		expect( asked[ 0 ]?.get( 'from' ) ).toBe( '2026-02-01' );
	} );

	it( 'offers another order than that of time only where there is little enough to sort', async () => {
		server.use( http.get( `${ API }/usage`, () => HttpResponse.json( { ...list, totals: { ...totals, sortable: false } } ) ) );
		show();
		expect( await screen.findByText( 'by time only' ) ).toBeInTheDocument();
		expect( screen.getByText( /narrow the filters down/ ) ).toBeInTheDocument();
	} );

	it( 'tells an empty log from a filter that fits nothing', async () => {
		server.use( http.get( `${ API }/usage`, () => HttpResponse.json( { ...list, items: [], next_cursor: null } ) ) );
		const user = show();
		expect( await screen.findByText( /No call has been made yet/ ) ).toBeInTheDocument();
		await user.click( screen.getByText( 'Failed only' ) );
		expect( await screen.findByText( 'No call fits these filters.' ) ).toBeInTheDocument();
	} );

	it( 'says what failed, and tries again when asked', async () => {
		let isBroken = true;
		server.use( http.get( `${ API }/usage`, () => isBroken
			? HttpResponse.json( { code: 'forbidden', message: 'No.', data: { status: 403, request_id: 'r-9' } }, { status: 403 } )
			: HttpResponse.json( list ) ) );
		show();
		expect( ( await screen.findAllByText( /You are not allowed to do this/ ) ).length ).toBeGreaterThan( 0 );
		expect( await screen.findByText( 'r-9' ) ).toBeInTheDocument();
		isBroken = false;
	} );
} );
