import type { Bootstrap, Job } from '@draftkeeper/contract';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { act, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import facts from '../../../contract/examples/facts_answer.json';
import { createQueryClient } from '../../api/query-client';
import { exampleJob, UUID } from '../../testing/jobs';
import { API, server } from '../../testing/server';
import { parseBrief } from './brief';
import { DraftFlow, type DraftFlowProps } from './draft-flow';
import { keepEdit } from './kept-edits';

const TARGET = 'block:7b0e';
const OTHER_UUID = 'f47ac10b-58cc-4372-a567-0e02b2c3d479';
const html = '<p>Meet the oak side table. It is <strong>42 cm</strong> wide and carries 15 kg.</p>';
const draft = { html, marks: [ { text: '15 kg', kind: 'number' } ], sample: true };
const at = ( name: Job[ 'status' ], change: Record< string, unknown > = {} ) => exampleJob( name, { target: TARGET, ...change } );
const finished = ( change: Record< string, unknown > = {} ) => at( 'succeeded', { draft, review: null, version: 4, ...change } );
const ready: Bootstrap = {
	state: 'ready', can: { generate: true, view_usage: false, manage: false }, user_id: 1,
	post_types: [ 'product' ], models: [], connect_url: null, limits_url: null, export_url: null,
};

let client: QueryClient;
let jobs: Job[];
let posted: Array< { body: Record< string, unknown >; key: string | null } >;
let reviews: Array< { uuid: string; body: Record< string, unknown > } >;

beforeEach( () => {
	client = createQueryClient();
	const { queries, mutations } = client.getDefaultOptions();
	client.setDefaultOptions( { queries: { ...queries, retryDelay: 1 }, mutations: { ...mutations, retryDelay: 1 } } );
	jobs = [];
	posted = [];
	reviews = [];
	keepEdit( UUID, null );
	server.use(
		http.get( `${ API }/jobs`, () => HttpResponse.json( { items: jobs, next_cursor: null } ) ),
		http.get( `${ API }/jobs/:uuid`, ( { params } ) => HttpResponse.json( jobs.find( ( job ) => job.uuid === params[ 'uuid' ] ) ) ),
		http.post( `${ API }/jobs`, async ( { request } ) => {
			posted.push( { body: await request.json() as Record< string, unknown >, key: request.headers.get( 'Idempotency-Key' ) } );
			jobs = [ at( 'running' ), ...jobs ];
			return HttpResponse.json( jobs[ 0 ], { status: 201 } );
		} ),
		// apiFetch sends DELETE as a POST that names the method in a header.
		http.post( `${ API }/jobs/:uuid`, ( { request } ) => {
			expect( request.headers.get( 'X-HTTP-Method-Override' ) ).toBe( 'DELETE' );
			return HttpResponse.json( jobs[ 0 ] = at( 'canceled', { version: 9 } ) );
		} ),
		http.post( `${ API }/jobs/:uuid/ticket`, () =>
			HttpResponse.json( { code: 'streaming_off', message: 'Off.', data: { status: 409, request_id: 'r' } }, { status: 409 } ) ),
		http.post( `${ API }/jobs/:uuid/review`, async ( { request, params } ) => {
			const body = await request.json() as Record< string, unknown >;
			reviews.push( { uuid: String( params[ 'uuid' ] ), body } );
			const review = { decision: body[ 'decision' ], reviewed_by: { id: 1, name: 'Erin' }, reviewed_at: '2026-02-28T09:30:00Z' };
			jobs = jobs.map( ( job ) => job.uuid === params[ 'uuid' ] ? finished( { uuid: job.uuid, review, version: 5 } ) : job );
			return HttpResponse.json( jobs.find( ( job ) => job.uuid === params[ 'uuid' ] ) );
		} ),
		http.post( `${ API }/facts/check`, () => HttpResponse.json( { problems: [] } ) ),
		http.get( `${ API }/facts`, () => HttpResponse.json( facts.valid[ 0 ]!.value ) )
	);
} );

afterEach( () => client.clear() );

function show( change: Partial< DraftFlowProps > = {} ) {
	const onAccept = vi.fn< DraftFlowProps[ 'onAccept' ] >();
	const onDiscard = vi.fn();
	const onBriefChange = vi.fn();
	const view = render(
		<QueryClientProvider client={ client }>
			<DraftFlow
				bootstrap={ ready } postId={ 12 } target={ TARGET } title="" isUsed={ false } isSupported={ false } original={ null }
				brief={ parseBrief( { facts: { ...parseBriefFacts, name: 'Oak side table' } } ) }
				onBriefChange={ onBriefChange } onAccept={ onAccept } onDiscard={ onDiscard }
				{ ...change }
			/>
		</QueryClientProvider>
	);
	return { ...view, onAccept, onDiscard, onBriefChange, user: userEvent.setup() };
}
const parseBriefFacts = { name: '', sku: '', categories: [], tags: [], attributes: [], price: { amount: '', currency: '' }, images: [] };
const button = ( name: string ) => screen.findByRole( 'button', { name } );

/** The next poll, without its wait. */
async function finishWith( job: Job ) {
	jobs = [ job, ...jobs.filter( ( { uuid } ) => uuid !== job.uuid ) ];
	await act( () => client.invalidateQueries( { queryKey: [ 'jobs', job.uuid ] } ) );
}

describe( 'before a draft is asked for', () => {
	it( 'keeps Generate within reach and says what is missing', async () => {
		const { user } = show( { brief: parseBrief( {} ) } );
		const generate = await button( 'Generate' );
		expect( generate ).toHaveAttribute( 'aria-disabled', 'true' );
		expect( generate ).toHaveAccessibleDescription( 'Enter the name of the product first.' );
		generate.focus();
		expect( generate ).toHaveFocus();
		await user.click( generate );
		expect( posted ).toHaveLength( 0 );
	} );

	it( 'reads the product’s facts and names what is wrong with them', async () => {
		show( { brief: parseBrief( {} ), isSupported: true } );
		const known = facts.valid[ 0 ]!.value;
		expect( await screen.findByLabelText( 'Product name' ) ).toHaveValue( known.facts!.name );
		for ( const problem of known.problems ) {
			expect( screen.getByRole( 'list' ) ).toHaveTextContent( problem.message );
		}
	} );

	it( 'offers administrators the way to a gateway, others a sentence', async () => {
		const first = show( { bootstrap: { ...ready, state: 'not_connected', connect_url: 'https://shop.example/connect' } } );
		expect( await screen.findByRole( 'link', { name: 'Connect a gateway' } ) ).toHaveAttribute( 'href', 'https://shop.example/connect' );
		expect( await button( 'Generate' ) ).toHaveAttribute( 'aria-disabled', 'true' );
		first.unmount();
		show( { bootstrap: { ...ready, state: 'not_connected' } } );
		expect( ( await screen.findAllByText( /An administrator of this site can connect one/ ) ).length ).toBeGreaterThan( 0 );
		expect( screen.queryByRole( 'link', { name: 'Connect a gateway' } ) ).toBeNull();
	} );
} );

describe( 'generating', () => {
	it( 'sends facts, options, post and target under a fresh key, and puts Stop where Generate was', async () => {
		const { user } = show( { brief: parseBrief( { facts: { ...parseBriefFacts, name: ' Oak side table ' }, tone: 'playful', words: 60 } ) } );
		const generate = await button( 'Generate' );
		await user.click( generate );
		const stop = await button( 'Stop' );
		expect( stop ).toBe( generate );
		expect( stop ).toHaveFocus();
		expect( posted[ 0 ]!.body ).toMatchObject( {
			task: 'product_description', post_id: 12, target: TARGET,
			input: { facts: { name: 'Oak side table' } }, options: { tone: 'playful', words: 60 },
		} );
		expect( posted[ 0 ]!.key ).toMatch( /^[0-9a-f-]{36}$/ );
		expect( await screen.findByText( 'Writing a draft…' ) ).toBeInTheDocument();
	} );

	it( 'offers a choice where the site has several models, and asks for the chosen one', async () => {
		const models = [ { id: 'gpt-5-mini', default: true }, { id: 'claude', default: false } ];
		const brief = parseBrief( { facts: { ...parseBriefFacts, name: 'Oak side table' }, model: 'claude' } );
		const { onBriefChange, user } = show( { bootstrap: { ...ready, models }, brief } );
		const choice = await screen.findByLabelText( 'Model' );
		expect( within( choice ).getAllByRole( 'option' ).map( ( option ) => option.textContent ) ).toEqual( [ 'gpt-5-mini (default)', 'claude' ] );
		expect( choice ).toHaveDisplayValue( 'claude' );
		await user.selectOptions( choice, 'gpt-5-mini (default)' );
		expect( onBriefChange ).toHaveBeenCalledWith( { model: undefined } );
		await user.click( await button( 'Generate' ) );
		await waitFor( () => expect( posted[ 0 ]?.body ).toMatchObject( { model: 'claude' } ) );
	} );

	it( 'keeps its key over lost answers, and takes a new one for the next click', async () => {
		let losses = 0;
		const keys: Array< string | null > = [];
		server.use( http.post( `${ API }/jobs`, ( { request } ) => {
			keys.push( request.headers.get( 'Idempotency-Key' ) );
			return ++losses <= 3 ? HttpResponse.error() : HttpResponse.json( jobs[ 0 ] = at( 'failed', { version: 3 } ), { status: 201 } );
		} ) );
		const { user } = show();
		await user.click( await button( 'Generate' ) );
		// Two retries by itself, then a person presses the button.
		await user.click( await screen.findByRole( 'button', { name: 'Try again' } ) );
		await screen.findAllByText( 'The AI provider is busy.', { exact: false } ).catch( () => null );
		await waitFor( () => expect( keys ).toHaveLength( 4 ) );
		expect( new Set( keys ).size ).toBe( 1 );
		await user.click( await button( 'Try again' ) );
		await waitFor( () => expect( keys ).toHaveLength( 5 ) );
		expect( keys[ 4 ] ).not.toBe( keys[ 0 ] );
	} );

	it( 'stops, and says so', async () => {
		jobs = [ at( 'running' ) ];
		const { user } = show();
		await user.click( await button( 'Stop' ) );
		expect( ( await screen.findAllByText( 'Stopped. Nothing was changed.' ) ).length ).toBeGreaterThan( 0 );
		expect( await button( 'Generate' ) ).toHaveFocus();
	} );

	it( 'stops also what is only being sent', async () => {
		let answer = () => {};
		const held = new Promise< void >( ( resolve ) => ( answer = resolve ) );
		server.use( http.post( `${ API }/jobs`, async () => {
			await held;
			return HttpResponse.json( jobs[ 0 ] = at( 'running' ), { status: 201 } );
		} ) );
		const { user } = show();
		await user.click( await button( 'Generate' ) );
		await user.click( await button( 'Stop' ) );
		expect( await screen.findByText( 'Stopping…' ) ).toBeInTheDocument();
		answer();
		expect( ( await screen.findAllByText( 'Stopped. Nothing was changed.' ) ).length ).toBeGreaterThan( 0 );
	} );

	it( 'explains why a job waits', async () => {
		jobs = [ at( 'pending', { wait_reason: 'gateway_unreachable' } ) ];
		show();
		expect( await screen.findByText( /The gateway cannot be reached right now. Your request is saved/ ) ).toHaveAttribute( 'aria-live', 'polite' );
	} );

	it( 'starts by Ctrl+Enter in the form', async () => {
		const { user } = show();
		await user.type( await screen.findByLabelText( 'Audience' ), '{Control>}{Enter}{/Control}' );
		await button( 'Stop' );
		expect( posted ).toHaveLength( 1 );
	} );

	it( 'shows cause, way out and request id of a failure', async () => {
		jobs = [ at( 'failed', { error: { code: 'provider_quota', message: 'raw' } } ) ];
		show();
		expect( ( await screen.findAllByText( /The account at the AI provider is used up/ ) ).length ).toBeGreaterThan( 0 );
		expect( screen.getByText( exampleJob( 'failed' ).request_id ) ).toBeInTheDocument();
		expect( await button( 'Try again' ) ).toBeInTheDocument();
	} );

	it( 'keeps an earlier draft at hand when the newer one fails', async () => {
		jobs = [ at( 'failed' ), finished( { uuid: OTHER_UUID } ) ];
		const { user } = show();
		await user.click( await button( 'Show the earlier draft' ) );
		expect( await screen.findByRole( 'region', { name: 'Suggestion' } ) ).toBeInTheDocument();
	} );
} );

describe( 'a finished draft', () => {
	it( 'is found again, marked, counted and named as a sample', async () => {
		jobs = [ finished(), at( 'running', { uuid: OTHER_UUID, target: 'block:other' } ) ];
		show( { original: { content: <p>Old words.</p>, text: 'Old words.', markup: '<p>Old words.</p>', isInside: true } } );
		const suggestion = await screen.findByRole( 'region', { name: 'Suggestion' } );
		expect( within( screen.getByRole( 'region', { name: 'Original' } ) ).getByText( 'Old words.' ) ).toBeInTheDocument();
		expect( suggestion.querySelector( '[contenteditable] mark' ) ).toHaveTextContent( '15 kg' );
		expect( within( suggestion ).getByText( 'Sample text' ) ).toBeInTheDocument();
		expect( within( suggestion ).getByText( /14 words, 12 more than the original/ ) ).toBeInTheDocument();
	} );

	it( 'takes the focus from the Stop button, so that nobody accepts by mistake', async () => {
		const { user } = show();
		await user.click( await button( 'Generate' ) );
		await button( 'Stop' );
		await finishWith( finished() );
		expect( await screen.findByRole( 'heading', { name: 'Suggestion' } ) ).toHaveFocus();
	} );

	it( 'is put on record, then handed over', async () => {
		jobs = [ finished() ];
		const original = { content: null, text: 'Old.', markup: '<p>Old.</p>', isInside: true };
		const { user, onAccept } = show( { original } );
		await user.click( await button( 'Accept' ) );
		await waitFor( () => expect( onAccept ).toHaveBeenCalledWith( { html, placement: 'here' } ) );
		expect( reviews ).toEqual( [ { uuid: UUID, body: { decision: 'accepted', version: 4, original_text: '<p>Old.</p>' } } ] );
	} );

	it( 'is accepted as edited, with what was typed', async () => {
		jobs = [ finished() ];
		const { onAccept, user } = show();
		const field = await screen.findByRole( 'textbox', { name: /^Suggestion/ } );
		act( () => {
			field.innerHTML = '<p>My own words.</p><script>bad()</script>';
			field.dispatchEvent( new Event( 'input', { bubbles: true } ) );
		} );
		await user.click( await button( 'Accept' ) );
		await waitFor( () => expect( onAccept ).toHaveBeenCalledWith( { html: '<p>My own words.</p>', placement: 'here' } ) );
		expect( reviews[ 0 ]!.body ).toEqual( { decision: 'edited', version: 4, final_text: '<p>My own words.</p>' } );
	} );

	it( 'asks where to go when the page has other text, and touches that only if told', async () => {
		jobs = [ finished() ];
		const { user, onAccept } = show( { original: { content: <p>Old.</p>, text: 'Old.', markup: '<p>Old.</p>', isInside: false } } );
		await user.click( await screen.findByRole( 'radio', { name: 'Put the draft in place of the other text' } ) );
		await user.click( await button( 'Accept' ) );
		await waitFor( () => expect( onAccept ).toHaveBeenCalledWith( { html, placement: 'instead' } ) );
		expect( reviews[ 0 ]!.body ).toMatchObject( { original_text: '<p>Old.</p>' } );
	} );

	it( 'is not put into the page when it cannot be put on record', async () => {
		server.use( http.post( `${ API }/jobs/:uuid/review`, () =>
			HttpResponse.json( { code: 'version_conflict', message: 'x', data: { status: 409, request_id: 'r' } }, { status: 409 } ) ) );
		jobs = [ finished() ];
		const { user, onAccept } = show();
		await user.click( await button( 'Accept' ) );
		expect( ( await screen.findAllByText( /This draft has changed since you opened it/ ) ).length ).toBeGreaterThan( 0 );
		expect( onAccept ).not.toHaveBeenCalled();
	} );

	it( 'that was accepted and lost with an unsaved page is put back without another record', async () => {
		jobs = [ finished( { review: { decision: 'accepted', reviewed_by: { id: 1, name: 'Erin' }, reviewed_at: '2026-02-28T09:30:00Z' } } ) ];
		const { user, onAccept } = show();
		expect( ( await screen.findAllByText( /Erin accepted this draft/ ) ).length ).toBeGreaterThan( 0 );
		await user.click( await button( 'Accept' ) );
		await waitFor( () => expect( onAccept ).toHaveBeenCalled() );
		expect( reviews ).toHaveLength( 0 );
	} );

	it( 'settles the earlier drafts of the same place with it', async () => {
		jobs = [ finished(), finished( { uuid: OTHER_UUID } ) ];
		const { user } = show();
		await user.click( await button( 'Accept' ) );
		await waitFor( () => expect( reviews ).toHaveLength( 2 ) );
		expect( reviews[ 1 ] ).toEqual( { uuid: OTHER_UUID, body: { decision: 'discarded', version: 4 } } );
	} );

	it( 'is discarded on record and leaves the form, with the focus on its first button', async () => {
		jobs = [ finished() ];
		const { user, onDiscard } = show();
		await user.click( await button( 'Discard' ) );
		await waitFor( () => expect( onDiscard ).toHaveBeenCalled() );
		expect( reviews[ 0 ]!.body ).toEqual( { decision: 'discarded', version: 4 } );
		await waitFor( () => expect( screen.getByRole( 'button', { name: 'Generate' } ) ).toHaveFocus() );
	} );

	it( 'is regenerated as a new job under a new key', async () => {
		const { user } = show();
		await user.click( await button( 'Generate' ) );
		await button( 'Stop' );
		await finishWith( finished() );
		await user.click( await button( 'Regenerate' ) );
		await waitFor( () => expect( posted ).toHaveLength( 2 ) );
		expect( posted[ 1 ]!.key ).not.toBe( posted[ 0 ]!.key );
		expect( posted.map( ( { body } ) => body.cache ) ).toEqual( [ undefined, 'bypass' ] );
	} );

	it( 'hides its text from those who may not read it', async () => {
		jobs = [ finished( { draft: null } ) ];
		show();
		expect( await screen.findByText( /only its author and people who may edit this page can read it/ ) ).toBeInTheDocument();
		expect( screen.queryByRole( 'button', { name: 'Accept' } ) ).toBeNull();
	} );
} );

it( 'stops polling when the block is removed', async () => {
	jobs = [ at( 'running' ) ];
	const { unmount } = show();
	await button( 'Stop' );
	unmount();
	expect( client.getQueryCache().findAll( { type: 'active' } ) ).toHaveLength( 0 );
} );

it( 'asks for one’s own limits only once the block is used, and stops with the time when it opens', async () => {
	let asked = 0;
	server.use( http.get( `${ API }/limits/mine`, () => {
		asked++;
		return HttpResponse.json( { job_limit: { max_jobs: 3, window_seconds: 600, remaining: 0, opens_at: '2099-02-28T09:40:00Z' }, budgets: [] } );
	} ) );
	const unused = show();
	await waitFor( async () => expect( await button( 'Generate' ) ).not.toHaveAttribute( 'aria-disabled', 'true' ) );
	expect( asked ).toBe( 0 );
	unused.unmount();
	show( { isUsed: true } );
	await waitFor( async () => expect( await button( 'Generate' ) ).toHaveAccessibleDescription( /You can go on at/ ) );
	expect( asked ).toBe( 1 );
} );
