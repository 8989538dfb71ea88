import type { Job } from '@draftkeeper/contract';
import { QueryClientProvider, useQuery, type QueryClient } from '@tanstack/react-query';
import { act, render, screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { jobQuery, rememberJob } from '../../api/jobs';
import { createQueryClient } from '../../api/query-client';
import { forgetToken } from '../../api/stream';
import { forgetStreams } from '../../api/watch-job';
import { exampleJob, UUID } from '../../testing/jobs';
import { API, server } from '../../testing/server';
import { fakeStreams, ticketFor } from '../../testing/streams';
import { LiveDraft } from './live-draft';

let client: QueryClient;
let gateway: ReturnType< typeof fakeStreams >;
let polled: number;

const running = ( change: object = {} ) => exampleJob( 'running', { stream: ticketFor( 'first' ), ...change } );
const region = () => screen.getByRole( 'region', { name: 'Draft that is being written' } );

beforeEach( () => {
	forgetStreams();
	forgetToken( UUID );
	client = createQueryClient();
	gateway = fakeStreams();
	polled = 0;
	server.use( http.get( `${ API }/jobs/${ UUID }`, () => {
		polled++;
		return HttpResponse.json( exampleJob( 'succeeded' ), { headers: { ETag: '"v4"' } } );
	} ) );
} );
afterEach( () => {
	client.clear();
	vi.useRealTimers();
	setHidden( false );
} );

function show( job: Job ) {
	rememberJob( client, { job, etag: '"v2"' } );
	const page = ( shown: Job ) => <QueryClientProvider client={ client }><LiveDraft job={ shown } /></QueryClientProvider>;
	const view = render( page( job ) );
	return { ...view, change: ( next: Job ) => view.rerender( page( next ) ) };
}

async function opened( number = 1 ) {
	await waitFor( () => expect( gateway.opened ).toHaveLength( number ) );
	return gateway.opened[ number - 1 ]!;
}

async function write( stream: Awaited< ReturnType< typeof opened > >, text: string, seq: number ) {
	await act( async () => {
		if ( seq === 1 ) {
			stream.send( 'token', { token: 'short', expires_in: 300 } );
		}
		stream.send( 'text', { text }, `${ UUID }:1:${ seq }` );
	} );
}

function setHidden( hidden: boolean ) {
	Object.defineProperty( document, 'hidden', { value: hidden, configurable: true } );
	document.dispatchEvent( new Event( 'visibilitychange' ) );
}

describe( 'a draft that is being written', () => {
	it( 'is shown as it grows, as text', async () => {
		show( running() );
		const stream = await opened();
		await write( stream, '<p>A small <stro', 1 );
		await waitFor( () => expect( region() ).toHaveTextContent( 'A small' ) );
		await write( stream, 'ng>table</strong>.</p><p><img src=x onerror=alert(1)>&lt;b&gt;Oak&lt;/b&gt;', 2 );
		await waitFor( () => expect( region().querySelectorAll( 'p' ) ).toHaveLength( 2 ) );
		expect( region().innerHTML ).toBe( '<p dir="auto">A small table.</p><p dir="auto">&lt;b&gt;Oak&lt;/b&gt;</p>' );
		expect( region() ).toHaveAttribute( 'tabindex', '0' );
	} );

	it( 'vanishes when another call begins', async () => {
		show( running() );
		const stream = await opened();
		await write( stream, 'Half of a ', 1 );
		await waitFor( () => expect( region() ).toHaveTextContent( 'Half of a' ) );
		await act( async () => stream.send( 'reset', { attempt: 2 }, `${ UUID }:2:0` ) );
		await waitFor( () => expect( region() ).toBeEmptyDOMElement() );
	} );

	it( 'is read from WordPress at once when the stream says that it is done', async () => {
		show( running() );
		const stream = await opened();
		await write( stream, 'A small table.', 1 );
		const unsubscribe = observe();
		await act( async () => stream.send( 'done', { state: 'done' } ) );
		await waitFor( () => expect( client.getQueryData( jobQuery( UUID ).queryKey )?.job.status ).toBe( 'succeeded' ) );
		expect( polled ).toBe( 1 );
		unsubscribe();
	} );

	it( 'keeps the place of a text that never comes', async () => {
		server.use( http.post( `${ API }/jobs/:uuid/ticket`, () =>
			HttpResponse.json( { code: 'streaming_off', message: 'Off.', data: { status: 409 } }, { status: 409 } ) ) );
		show( exampleJob( 'running' ) );
		expect( region() ).toBeEmptyDOMElement();
		expect( region() ).toHaveClass( 'is-empty' );
		expect( gateway.opened ).toHaveLength( 0 );
	} );

	it( 'wants to know how the job stands when text comes for one that was put off', async () => {
		show( running( { wait_reason: 'provider_unavailable' } ) );
		await write( await opened(), 'A small', 1 );
		await waitFor( () => expect( region() ).toHaveTextContent( 'A small' ) );
		expect( client.getQueryState( jobQuery( UUID ).queryKey )?.isInvalidated ).toBe( true );
	} );

	it( 'takes no place while the gateway is out of reach', () => {
		show( exampleJob( 'pending', { wait_reason: 'gateway_unreachable' } ) );
		expect( screen.queryByRole( 'region' ) ).toBeNull();
	} );
} );

describe( 'the connection', () => {
	it( 'ends with the block, and when the job is being stopped', async () => {
		const { unmount } = show( running() );
		const stream = await opened();
		unmount();
		await waitFor( () => expect( stream.isLeft() ).toBe( true ) );

		forgetStreams();
		const { change } = show( running() );
		const second = await opened( 2 );
		await write( second, 'A small', 1 );
		await waitFor( () => expect( region() ).toHaveTextContent( 'A small' ) );
		change( running( { cancel_pending: true, version: 3 } ) );
		await waitFor( () => expect( second.isLeft() ).toBe( true ) );
		expect( region() ).toHaveTextContent( 'A small' );
	} );

	it( 'rests while nobody looks, and goes on where it was', async () => {
		show( running() );
		const stream = await opened();
		await write( stream, 'A small ', 1 );
		await waitFor( () => expect( region() ).toHaveTextContent( 'A small' ) );
		act( () => setHidden( true ) );
		await waitFor( () => expect( stream.isLeft() ).toBe( true ) );
		act( () => setHidden( false ) );
		const again = await opened( 2 );
		expect( [ again.credential, again.lastEventId ] ).toEqual( [ 'short', `${ UUID }:1:1` ] );
		await write( again, 'table.', 2 );
		await waitFor( () => expect( region() ).toHaveTextContent( 'A small table.' ) );
	} );

	it( 'is none for a job that has ended', async () => {
		show( exampleJob( 'succeeded' ) );
		await act( async () => {} );
		expect( gateway.opened ).toHaveLength( 0 );
	} );
} );

it( 'tells whole sentences to those who listen, a few seconds apart', async () => {
	vi.useFakeTimers( { toFake: [ 'setInterval', 'clearInterval' ], shouldAdvanceTime: true } );
	const { container } = show( running() );
	const told = () => container.querySelector( '[aria-live="polite"]' );
	const stream = await opened();
	await write( stream, '<p>A small table. It is ', 1 );
	await waitFor( () => expect( region() ).toHaveTextContent( 'It is' ) );
	expect( told() ).toBeEmptyDOMElement();
	act( () => vi.advanceTimersByTime( 4_000 ) );
	expect( told() ).toHaveTextContent( /^A small table\.$/ );
	await write( stream, 'made of oak. And', 2 );
	await waitFor( () => expect( region() ).toHaveTextContent( 'And' ) );
	act( () => vi.advanceTimersByTime( 4_000 ) );
	expect( told() ).toHaveTextContent( /^It is made of oak\.$/ );
	expect( region() ).toHaveAttribute( 'aria-live', 'off' );
} );

/** As the block does: with somebody who wants to know, an invalid answer is asked for again. */
function observe() {
	const view = render( <QueryClientProvider client={ client }><Watcher /></QueryClientProvider> );
	return () => view.unmount();
}

function Watcher() {
	useQuery( { ...jobQuery( UUID ), refetchInterval: false, staleTime: Infinity } );
	return null;
}
