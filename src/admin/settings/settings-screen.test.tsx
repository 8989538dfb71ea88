import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import examples from '../../../contract/examples/settings_answer.json';
import { createQueryClient } from '../../api/query-client';
import { API, server } from '../../testing/server';
import { SettingsScreen } from './settings-screen';

const ANSWER = examples.valid[ 0 ]!.value;
let client: QueryClient;
let saved: Record< string, unknown >[];

beforeEach( () => {
	client = createQueryClient();
	saved = [];
	server.use(
		http.get( `${ API }/settings`, () => HttpResponse.json( ANSWER ) ),
		// apiFetch sends PUT as POST, which every host lets through.
		http.post( `${ API }/settings`, async ( { request } ) => {
			const body = await request.json() as Record< string, unknown >;
			saved.push( body );
			return HttpResponse.json( { ...ANSWER, settings: body } );
		} )
	);
} );
afterEach( () => client.clear() );

async function show() {
	render( <QueryClientProvider client={ client }><SettingsScreen /></QueryClientProvider> );
	await screen.findByRole( 'textbox', { name: 'Address of the gateway' } );
	return userEvent.setup();
}

const field = ( name: string ) => screen.getByLabelText( name );
const save = () => screen.getByRole( 'button', { name: 'Save changes' } );

describe( 'SettingsScreen', () => {
	it( 'shows what a constant sets as locked, with its name, and leaves the rest open', async () => {
		await show();
		expect( field( 'Site ID' ) ).toHaveAttribute( 'readonly' );
		expect( field( 'Site ID' ) ).toHaveAccessibleDescription( /DRAFTKEEPER_SITE_ID/ );
		expect( field( 'Key ID' ) ).not.toHaveAttribute( 'readonly' );
	} );

	it( 'tells of each secret whether it is there and since when', async () => {
		await show();
		const secrets = screen.getAllByRole( 'listitem' ).map( ( item ) => item.textContent );
		expect( secrets[ 0 ] ).toMatch( /DRAFTKEEPER_SIGNING_KEY.*Present.*Here since/ );
		expect( secrets[ 1 ] ).toMatch( /not in a usable form/ );
		expect( secrets[ 2 ] ).toMatch( /DRAFTKEEPER_ENCRYPTION_KEY.*Not set/ );
	} );

	it( 'shows the way to the first draft until all that a connection needs is there', async () => {
		const steps = () => screen.queryByRole( 'region', { name: 'The way to the first draft' } );
		await show();
		expect( steps() ).toBeNull();
		for ( const missing of [
			{ settings: { ...ANSWER.settings, gateway_url: '' } },
			{ secrets: ANSWER.secrets.map( ( secret ) => ( secret.is_required ? { ...secret, state: 'missing', count: 0, since: null } : secret ) ) },
		] ) {
			cleanup();
			client.clear();
			server.use( http.get( `${ API }/settings`, () => HttpResponse.json( { ...ANSWER, ...missing } ) ) );
			await show();
			expect( within( steps()! ).getAllByRole( 'listitem' ).length ).toBeGreaterThan( 2 );
		}
	} );

	it( 'saves once something has changed, says so, and warns before changes are lost', async () => {
		const user = await show();
		const leave = () => window.dispatchEvent( new Event( 'beforeunload', { cancelable: true } ) );
		expect( save() ).toHaveAttribute( 'aria-disabled', 'true' );
		expect( leave() ).toBe( true );
		await user.clear( field( 'Days to keep texts' ) );
		await user.type( field( 'Days to keep texts' ), '7' );
		expect( screen.getByText( 'There are unsaved changes.' ) ).toBeInTheDocument();
		expect( leave() ).toBe( false );
		await user.click( save() );
		expect( await screen.findByText( 'Saved.' ) ).toBeInTheDocument();
		expect( saved ).toEqual( [ { ...ANSWER.settings, text_days: 7 } ] );
		expect( leave() ).toBe( true );
	} );

	it( 'puts back what was changed', async () => {
		const user = await show();
		await user.type( field( 'Key ID' ), '-x' );
		await user.click( screen.getByRole( 'button', { name: 'Undo changes' } ) );
		expect( field( 'Key ID' ) ).toHaveValue( ANSWER.settings.key_id );
		expect( save() ).toHaveAttribute( 'aria-disabled', 'true' );
	} );

	it( 'places the server’s sentence at its field and takes the reader there', async () => {
		server.use( http.post( `${ API }/settings`, () => HttpResponse.json( {
			code: 'invalid_body', message: 'No.', data: { status: 400, request_id: 'r', violations: [ { path: 'gateway_url', message: 'Must begin with https.' } ] },
		}, { status: 400 } ) ) );
		const user = await show();
		await user.type( field( 'Address of the gateway' ), 'x' );
		await user.click( save() );
		await waitFor( () => expect( field( 'Address of the gateway' ) ).toHaveFocus() );
		expect( field( 'Address of the gateway' ) ).toHaveAccessibleDescription( 'Must begin with https.' );
		expect( screen.getByText( /Nothing was saved: 1 field/ ) ).toBeInTheDocument();
	} );

	it( 'sends no number of days that is none', async () => {
		const user = await show();
		await user.clear( field( 'Days to keep jobs and books' ) );
		await user.click( save() );
		expect( field( 'Days to keep jobs and books' ) ).toHaveAttribute( 'aria-invalid', 'true' );
		expect( saved ).toEqual( [] );
	} );

	it( 'switches the preview of drafts off, unless a constant has', async () => {
		const user = await show();
		await user.click( screen.getByRole( 'checkbox', { name: 'Show drafts while they are written' } ) );
		await user.click( save() );
		await waitFor( () => expect( saved[ 0 ] ).toMatchObject( { streaming: false } ) );
		client.clear();
		server.use( http.get( `${ API }/settings`, () => HttpResponse.json( { ...ANSWER, locked: [ { setting: 'streaming', constant: 'DRAFTKEEPER_STREAMING' } ] } ) ) );
		cleanup();
		await show();
		const box = screen.getByRole( 'checkbox', { name: 'Show drafts while they are written' } );
		expect( box ).toBeDisabled();
		expect( box ).toHaveAccessibleDescription( /DRAFTKEEPER_STREAMING/ );
	} );

	it( 'warns in plain words before everything is deleted with the plugin', async () => {
		const user = await show();
		await user.click( screen.getByRole( 'radio', { name: 'Delete everything' } ) );
		expect( screen.getAllByText( /Nobody can bring them back/ ).length ).toBeGreaterThan( 0 );
		await user.click( save() );
		await waitFor( () => expect( saved[ 0 ] ).toMatchObject( { on_uninstall: 'delete' } ) );
	} );

	it( 'shows new keys once and forgets them', async () => {
		const made = { key_id: 'k', config_lines: 'define( \'A\' );', gateway_site: '{ "site_id": 1 }', gateway_environment: 'SECRET=1' };
		server.use( http.post( `${ API }/settings/keys`, () => HttpResponse.json( made ) ) );
		const user = await show();
		await user.click( screen.getByRole( 'button', { name: 'Make new keys' } ) );
		expect( await screen.findByText( made.config_lines ) ).toBeInTheDocument();
		expect( screen.getByRole( 'heading', { name: 'New keys' } ) ).toHaveFocus();
		await user.click( screen.getByRole( 'button', { name: /hide the keys/ } ) );
		expect( screen.queryByText( made.config_lines ) ).not.toBeInTheDocument();
		await waitFor( () => expect( JSON.stringify( client.getMutationCache().getAll().map( ( { state } ) => state.data ) ) ).not.toContain( 'SECRET' ) );
	} );

	it( 'tests what is saved and says of a failure what to do', async () => {
		server.use( http.get( `${ API }/settings/test`, () => HttpResponse.json( { findings: [
			{ check: 'gateway', level: 'critical', label: 'No answer', text: 'Nobody answers.', next: 'Start the gateway.' },
			{ check: 'webhook', level: 'good', label: 'Results come in', text: 'Fine.', next: '' },
		] } ) ) );
		const user = await show();
		await user.type( field( 'Key ID' ), 'x' );
		expect( screen.getByRole( 'button', { name: 'Test connection' } ) ).toHaveAttribute( 'aria-disabled', 'true' );
		await user.click( screen.getByRole( 'button', { name: 'Undo changes' } ) );
		await user.click( screen.getByRole( 'button', { name: 'Test connection' } ) );
		const finding = ( await screen.findByText( 'No answer' ) ).closest( 'li' )!;
		expect( within( finding ).getByText( 'Start the gateway.' ) ).toBeInTheDocument();
		expect( screen.getByText( '1 problem was found.' ) ).toBeInTheDocument();
	} );

	it( 'says what failed, and loads again when asked', async () => {
		let isBroken = true;
		server.use( http.get( `${ API }/settings`, () => isBroken
			? HttpResponse.json( { code: 'internal_error', message: 'No.', data: { status: 400, request_id: 'r-1' } }, { status: 400 } )
			: HttpResponse.json( ANSWER ) ) );
		render( <QueryClientProvider client={ client }><SettingsScreen /></QueryClientProvider> );
		const again = await screen.findByRole( 'button', { name: 'Try again' } );
		isBroken = false;
		await userEvent.click( again );
		expect( await screen.findByRole( 'textbox', { name: 'Site ID' } ) ).toBeInTheDocument();
	} );
} );
