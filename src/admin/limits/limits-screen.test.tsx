import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import examples from '../../../contract/examples/limits_answer.json';
import { createQueryClient } from '../../api/query-client';
import { API, server } from '../../testing/server';
import { LimitsScreen } from './limits-screen';

const ANSWER = { ...examples.valid[ 0 ]!.value, locked: [] as string[] };
/** Many clicks and a list of choices, drawn again each time. */
const SLOW_MS = 20_000;
let client: QueryClient;
let saved: { budgets: object[] }[];

beforeEach( () => {
	document.documentElement.lang = 'en';
	client = createQueryClient();
	saved = [];
	server.use(
		http.get( `${ API }/limits`, () => HttpResponse.json( ANSWER ) ),
		http.get( `${ API }/limits/users`, () => HttpResponse.json( { items: [ { id: 9, name: 'Grace' } ] } ) ),
		http.post( `${ API }/limits`, async ( { request } ) => {
			const body = await request.json() as { budgets: object[] };
			saved.push( body );
			return HttpResponse.json( { ...ANSWER, settings: body } );
		} )
	);
} );
afterEach( () => client.clear() );

async function show() {
	render( <QueryClientProvider client={ client }><LimitsScreen /></QueryClientProvider> );
	await screen.findByRole( 'heading', { name: 'Budgets' } );
	return userEvent.setup();
}

const budget = ( number: number ) => within( screen.getByRole( 'group', { name: `Budget ${ number }` } ) );
const save = () => screen.getByRole( 'button', { name: 'Save changes' } );

describe( 'LimitsScreen', () => {
	it( 'shows each budget with what is used and reserved of it', async () => {
		await show();
		expect( screen.getAllByRole( 'group' ) ).toHaveLength( 4 );
		expect( budget( 1 ).getByLabelText( 'US dollars' ) ).toHaveValue( '50' );
		expect( budget( 1 ).getByText( /The whole site, this month.*Nearly used up/ ) ).toBeInTheDocument();
		expect( budget( 1 ).getByText( '$41.00 of $50.00 used, $0.012 reserved for drafts under way' ) ).toBeInTheDocument();
		expect( budget( 2 ).getByLabelText( 'Role' ) ).toHaveDisplayValue( 'Author' );
	} );

	it( 'adds, changes and removes budgets, and keeps the focus', async () => {
		const user = await show();
		await user.click( screen.getByRole( 'button', { name: 'Remove: Budget 4' } ) );
		await waitFor( () => expect( screen.getByRole( 'button', { name: 'Add a budget' } ) ).toHaveFocus() );
		await user.click( screen.getByRole( 'button', { name: 'Add a budget' } ) );
		await waitFor( () => expect( budget( 4 ).getByLabelText( 'For' ) ).toHaveFocus() );
		await user.selectOptions( budget( 4 ).getByLabelText( 'For' ), 'One user' );
		await user.click( budget( 4 ).getByRole( 'combobox', { name: 'User' } ) );
		await user.click( await screen.findByRole( 'option', { name: 'Grace' } ) );
		await user.type( budget( 4 ).getByLabelText( 'US dollars' ), '2.5' );
		await user.click( save() );
		expect( await screen.findByText( 'Saved.' ) ).toBeInTheDocument();
		expect( saved[ 0 ]?.budgets[ 3 ] ).toEqual( { scope: 'user', user_id: 9, period: 'day', requests: null, tokens: null, micros: 2_500_000 } );
	}, SLOW_MS );

	it( 'sends nothing that is wrong, and leads to the field', async () => {
		const user = await show();
		await user.clear( budget( 1 ).getByLabelText( 'US dollars' ) );
		await user.type( budget( 1 ).getByLabelText( 'US dollars' ), '1,000' );
		await user.click( save() );
		await waitFor( () => expect( budget( 1 ).getByLabelText( 'US dollars' ) ).toHaveFocus() );
		expect( budget( 1 ).getByLabelText( 'US dollars' ) ).toHaveAccessibleDescription( /without thousands separators/ );
		expect( saved ).toEqual( [] );
	} );

	it( 'locks what constants set, with their names', async () => {
		server.use( http.get( `${ API }/limits`, () => HttpResponse.json( { ...ANSWER, locked: [ 'budgets', 'job_limit' ] } ) ) );
		await show();
		expect( screen.getByText( /DRAFTKEEPER_BUDGETS/ ) ).toBeInTheDocument();
		expect( screen.getByLabelText( /Limit how many drafts/ ) ).toBeDisabled();
		expect( budget( 1 ).getByLabelText( 'US dollars' ) ).toHaveAttribute( 'readonly' );
		expect( screen.queryByRole( 'button', { name: 'Add a budget' } ) ).not.toBeInTheDocument();
		expect( screen.getByLabelText( 'Warn from (percent)' ) ).not.toHaveAttribute( 'readonly' );
	} );
} );
