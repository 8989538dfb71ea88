import { jobList, type Job } from '@draftkeeper/contract';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { View } from '@wordpress/dataviews';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createQueryClient } from '../../api/query-client';
import { exampleJob } from '../../testing/jobs';
import { API, server } from '../../testing/server';
import { JobDetails } from './job-details';
import { jobsActions } from './jobs-actions';
import { JobsScreen } from './jobs-screen';
import type { JobsTable } from './jobs-table';
import { RunDialog } from './run-dialog';

// DataViews itself is drawn in the browser tests; here counts what the screen asks of it and of the server.
vi.mock( './jobs-table', () => ( {
	JobsTable: ( { view, onChangeView, jobs, empty, selection, onChangeSelection, onRun }: Parameters< typeof JobsTable >[ 0 ] ) => (
		<div>
			{ jobs.length === 0 ? empty : <ul>{ jobs.map( ( { uuid, status } ) => <li key={ uuid }>{ status }</li> ) }</ul> }
			<output aria-label="Chosen">{ selection.join( ' ' ) }</output>
			<button onClick={ () => onChangeSelection( jobs.map( ( { uuid } ) => uuid ) ) }>Choose all</button>
			{ selection.length > 0 && <button onClick={ () => onRun( 'retry', jobs.filter( ( { uuid } ) => selection.includes( uuid ) ) ) }>Run</button> }
			<button onClick={ () => onChangeView( { ...view, filters: [ { field: 'status', operator: 'is', value: 'failed' } ] } as View ) }>Failed only</button>
		</div>
	),
} ) );

const bootstrap = { can: { generate: true, view_usage: true, manage: true }, user_id: 1 };
const row = ( name: Job[ 'status' ], uuid: string ) => ( { ...exampleJob( name, { uuid, request: null, post: { id: 12, title: 'Oak table', edit_url: null } } ), ...( name === 'succeeded' ? { draft: null } : {} ) } );
const ONE = 'f47ac10b-58cc-4372-a567-0e02b2c3d479';
const TWO = 'f47ac10b-58cc-4372-a567-0e02b2c3d480';
let client: QueryClient;
let asked: URLSearchParams[];

beforeEach( () => {
	client = createQueryClient();
	asked = [];
	window.history.replaceState( null, '', '/wp-admin/admin.php?page=draftkeeper-jobs' );
	server.use(
		http.get( `${ API }/jobs`, ( { request } ) => {
			const query = new URL( request.url ).searchParams;
			asked.push( query );
			return HttpResponse.json( jobList.parse( query.get( 'cursor' )
				? { items: [ row( 'failed', TWO ) ], next_cursor: null }
				: { items: [ row( 'succeeded', ONE ) ], next_cursor: 'abc' } ) );
		} ),
		http.get( `${ API }/usage/choices`, () => HttpResponse.json( { users: [], models: [] } ) )
	);
} );
afterEach( () => client.clear() );

function show() {
	render( <QueryClientProvider client={ client }><JobsScreen bootstrap={ bootstrap } /></QueryClientProvider> );
	return userEvent.setup();
}

describe( 'JobsScreen', () => {
	it( 'goes from page to page by cursors, and keeps the focus', async () => {
		const user = show();
		await screen.findByText( 'succeeded' );
		await user.click( screen.getByRole( 'button', { name: 'Next page' } ) );
		expect( await screen.findByText( 'failed' ) ).toBeInTheDocument();
		expect( asked.at( -1 )?.get( 'cursor' ) ).toBe( 'abc' );
		const older = screen.getByRole( 'button', { name: 'Next page' } );
		expect( older ).toHaveFocus();
		expect( older ).toHaveAttribute( 'aria-disabled', 'true' );
		await user.click( screen.getByRole( 'button', { name: 'Previous page' } ) );
		expect( await screen.findByText( 'succeeded' ) ).toBeInTheDocument();
		expect( screen.getByText( 'Page 1' ) ).toBeInTheDocument();
	} );

	it( 'begins at the first page with another filter, which stands in the address', async () => {
		const user = show();
		await screen.findByText( 'succeeded' );
		await user.click( screen.getByRole( 'button', { name: 'Next page' } ) );
		await screen.findByText( 'failed' );
		await user.click( screen.getByText( 'Failed only' ) );
		await waitFor( () => expect( asked.at( -1 )?.get( 'status' ) ).toBe( 'failed' ) );
		expect( asked.at( -1 )?.get( 'cursor' ) ).toBeNull();
		expect( window.location.search ).toBe( '?page=draftkeeper-jobs&status=failed' );
	} );

	it( 'says when a run over many jobs is done, loads the list anew, and leaves nothing chosen that could be done twice', async () => {
		server.use( http.post( `${ API }/jobs/:uuid/retry`, () => HttpResponse.json( exampleJob( 'pending' ), { status: 201 } ) ) );
		const user = show();
		await screen.findByText( 'succeeded' );
		await user.click( screen.getByText( 'Choose all' ) );
		await user.click( screen.getByText( 'Run' ) );
		await user.click( screen.getByRole( 'button', { name: 'Ask again' } ) );
		expect( await screen.findByText( 'Done: 1 job. 1 jobs, 0 of them under way.' ) ).toHaveAttribute( 'role', 'status' );
		expect( screen.getByText( 'Done: 1 job.' ) ).toBeVisible();
		expect( screen.queryByRole( 'dialog' ) ).toBeNull();
		expect( screen.getByLabelText( 'Chosen' ) ).toBeEmptyDOMElement();
		expect( screen.getByRole( 'region', { name: 'Jobs' } ) ).toHaveFocus();
		await waitFor( () => expect( asked ).toHaveLength( 2 ) );
	} );

	it( 'keeps chosen what could not be done, and its reasons on the screen while the list moves on', async () => {
		server.use( http.post( `${ API }/jobs/:uuid/retry`, () => HttpResponse.json( { code: 'request_gone', message: 'Gone.', data: { status: 409, request_id: 'r-1' } }, { status: 409 } ) ) );
		const user = show();
		await screen.findByText( 'succeeded' );
		await user.click( screen.getByText( 'Choose all' ) );
		await user.click( screen.getByText( 'Run' ) );
		await user.click( screen.getByRole( 'button', { name: 'Ask again' } ) );
		expect( await screen.findByText( /has been removed/ ) ).toBeInTheDocument();
		await waitFor( () => expect( asked ).toHaveLength( 2 ) );
		await client.invalidateQueries();
		expect( screen.getByText( /has been removed/ ) ).toBeInTheDocument();
		expect( screen.getByText( 'r-1' ) ).toBeInTheDocument();
		expect( screen.getByLabelText( 'Chosen' ) ).toHaveTextContent( ONE );
	} );

	it( 'says what failed', async () => {
		server.use( http.get( `${ API }/jobs`, () => HttpResponse.json( { code: 'forbidden', message: 'No.', data: { status: 403, request_id: 'r-9' } }, { status: 403 } ) ) );
		show();
		expect( ( await screen.findAllByText( /You are not allowed to do this/ ) ).length ).toBeGreaterThan( 0 );
		expect( await screen.findByText( 'The jobs could not be loaded.' ) ).toBeInTheDocument();
	} );
} );

describe( 'the actions', () => {
	const action = ( id: string, actions = jobsActions( bootstrap, vi.fn() ) ) => actions.find( ( candidate ) => candidate.id === id );

	it( 'are offered where they can help', () => {
		expect( action( 'retry' )?.isEligible?.( row( 'failed', ONE ) ) ).toBe( true );
		expect( action( 'retry' )?.isEligible?.( row( 'running', ONE ) ) ).toBe( false );
		expect( action( 'cancel' )?.isEligible?.( row( 'running', ONE ) ) ).toBe( true );
		expect( action( 'cancel' )?.isEligible?.( row( 'succeeded', ONE ) ) ).toBe( false );
	} );

	it( 'leave others’ jobs to administrators, and new ones to those who may generate', () => {
		const viewer = jobsActions( { can: { generate: false, view_usage: true, manage: false }, user_id: 999 }, vi.fn() );
		expect( action( 'cancel', viewer )?.isEligible?.( row( 'running', ONE ) ) ).toBe( false );
		expect( action( 'retry', viewer ) ).toBeUndefined();
	} );
} );

describe( 'RunDialog', () => {
	it( 'goes through all jobs, lists what failed, and tries only that again under its key', async () => {
		const keys: ( string | null )[] = [];
		let isRefused = true;
		server.use( http.post( `${ API }/jobs/:uuid/retry`, ( { request, params } ) => {
			keys.push( `${ String( params[ 'uuid' ] ) } ${ request.headers.get( 'Idempotency-Key' ) }` );
			return isRefused && params[ 'uuid' ] === TWO
				? HttpResponse.json( { code: 'request_gone', message: 'Gone.', data: { status: 409, request_id: 'r' } }, { status: 409 } )
				: HttpResponse.json( exampleJob( 'pending' ), { status: 201 } );
		} ) );
		const onDone = vi.fn();
		const close = vi.fn();
		render( <RunDialog kind="retry" jobs={ [ row( 'failed', ONE ), row( 'failed', TWO ) ] } onDone={ onDone } close={ close } /> );
		const user = userEvent.setup();
		await user.click( screen.getByRole( 'button', { name: 'Ask again' } ) );
		expect( await screen.findByText( '1 job could not be done:' ) ).toBeInTheDocument();
		expect( screen.getByText( /has been removed. Generate a new one/ ) ).toBeInTheDocument();
		expect( close ).not.toHaveBeenCalled();
		isRefused = false;
		await user.click( screen.getByRole( 'button', { name: 'Try these again' } ) );
		await waitFor( () => expect( close ).toHaveBeenCalledTimes( 1 ) );
		expect( keys ).toHaveLength( 3 );
		expect( keys[ 2 ] ).toBe( keys[ 1 ] );
		expect( onDone ).toHaveBeenCalledTimes( 2 );
	} );

	it( 'warns before the page is left while it runs, and stops when it is told to', async () => {
		const answers: ( () => void )[] = [];
		server.use( http.post( `${ API }/jobs/:uuid/retry`, async () => {
			await new Promise< void >( ( resolve ) => answers.push( resolve ) );
			return HttpResponse.json( exampleJob( 'pending' ), { status: 201 } );
		} ) );
		const close = vi.fn();
		const onDone = vi.fn();
		render( <RunDialog kind="retry" jobs={ [ row( 'failed', ONE ), row( 'failed', TWO ) ] } onDone={ onDone } close={ close } /> );
		const leave = () => window.dispatchEvent( new Event( 'beforeunload', { cancelable: true } ) );
		const user = userEvent.setup();
		expect( leave() ).toBe( true );
		await user.click( screen.getByRole( 'button', { name: 'Ask again' } ) );
		await waitFor( () => expect( answers ).toHaveLength( 1 ) );
		expect( screen.getByRole( 'status' ) ).toHaveTextContent( '1 of 2… Leave this page open until it is done.' );
		expect( leave() ).toBe( false );
		await user.click( screen.getByRole( 'button', { name: 'Do no more' } ) );
		answers[ 0 ]!();
		expect( await screen.findByText( 'Done: 1 job. 1 job was not begun.' ) ).toBeInTheDocument();
		expect( leave() ).toBe( true );
		await user.click( screen.getByRole( 'button', { name: 'Go on with the rest' } ) );
		await waitFor( () => expect( answers ).toHaveLength( 2 ) );
		answers[ 1 ]!();
		await waitFor( () => expect( close ).toHaveBeenCalledTimes( 1 ) );
		expect( onDone.mock.calls ).toEqual( [ [ '', [ expect.objectContaining( { uuid: TWO } ) ] ], [ 'Done: 1 job.', [] ] ] );
	} );
} );

describe( 'JobDetails', () => {
	it( 'explains a failure with its next step, and gives ids to copy', () => {
		render( <JobDetails job={ row( 'failed', ONE ) } /> );
		expect( screen.getByText( 'Cause' ).nextSibling ).not.toBeEmptyDOMElement();
		expect( screen.getByText( 'Next step' ).nextSibling ).not.toBeEmptyDOMElement();
		expect( screen.getByText( 'Oak table' ) ).toBeInTheDocument();
		expect( screen.getByRole( 'button', { name: 'Copy request ID' } ) ).toBeInTheDocument();
	} );
} );
