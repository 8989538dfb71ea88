import type { StreamStatus } from '@draftkeeper/contract';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UUID } from '../testing/jobs';
import { API, server } from '../testing/server';
import { EVENTS, fakeStreams, ticketFor } from '../testing/streams';
import { askStatus, FIRST_EVENT_MS, forgetToken, liveToken, SILENCE_MS } from './stream';
import { forgetStreams, RETRY_MS, watchJob } from './watch-job';

type StatusAnswer = [ what: string, answer: () => Response, status: StreamStatus | null ];

let gateway: ReturnType< typeof fakeStreams >;
let text: string;
let controller: AbortController;

beforeEach( () => {
	forgetStreams();
	forgetToken( UUID );
	gateway = fakeStreams();
	text = '';
	controller = new AbortController();
	vi.useFakeTimers( { toFake: [ 'setTimeout', 'clearTimeout', 'Date' ] } );
} );
afterEach( () => {
	controller.abort();
	vi.useRealTimers();
} );

const watch = ( change: object = {} ) => watchJob( { uuid: UUID, ticket: ticketFor( 'first' ), lastEventId: null, signal: controller.signal, ...change }, {
	onText: ( more ) => ( text += more ),
	onReset: () => ( text = '' ),
	onEventId: () => undefined,
} );

/** Lets requests and their answers run, without moving the clock. */
async function settle() {
	for ( let turn = 0; turn < 20; turn++ ) {
		await new Promise( ( resolve ) => setImmediate( resolve ) );
	}
}
async function pass( milliseconds: number ) {
	await settle();
	await vi.advanceTimersByTimeAsync( milliseconds );
	await settle();
}

async function opened( number = 1 ) {
	for ( let turn = 0; turn < 100 && gateway.opened.length < number; turn++ ) {
		await settle();
	}
	return gateway.opened[ number - 1 ]!;
}

/** The stream of a watch that has begun well. */
async function begun() {
	const ended = watch();
	const stream = await opened();
	stream.send( 'token', { token: 'short', expires_in: 300 } );
	stream.send( 'text', { text: 'A small ' }, `${ UUID }:1:1` );
	await settle();
	expect( text ).toBe( 'A small ' );
	return { ended, stream };
}

describe( 'watching a job', () => {
	it( 'shows the text as it comes, and knows the end', async () => {
		const { ended, stream } = await begun();
		expect( [ stream.credential, stream.lastEventId ] ).toEqual( [ 'first', null ] );
		stream.send( 'text', { text: 'table.' }, `${ UUID }:1:2` );
		stream.send( 'done', { state: 'done' } );
		expect( await ended ).toBe( 'done' );
		expect( text ).toBe( 'A small table.' );
		expect( liveToken( UUID ) ).toBeNull();
		expect( gateway.tickets() ).toBe( 0 );
	} );

	it( 'forgets what was written when another call begins', async () => {
		const { stream } = await begun();
		stream.send( 'reset', { attempt: 2 }, `${ UUID }:2:0` );
		stream.send( 'text', { text: 'New.' }, `${ UUID }:2:1` );
		await settle();
		expect( text ).toBe( 'New.' );
	} );

	it( 'passes over events of a later version', async () => {
		const { stream } = await begun();
		stream.send( 'mood', { mood: 'good' } );
		stream.send( 'text', { text: 'table.' }, `${ UUID }:1:2` );
		await settle();
		expect( text ).toBe( 'A small table.' );
	} );

	it( 'asks for a ticket where none came with the job', async () => {
		void watch( { ticket: null } );
		expect( ( await opened() ).credential ).toBe( 'new-1' );
	} );

	it( 'leaves the stream when nobody watches any more', async () => {
		const { ended, stream } = await begun();
		controller.abort();
		expect( await ended ).toBe( 'stopped' );
		await settle();
		expect( stream.isLeft() ).toBe( true );
		expect( gateway.opened ).toHaveLength( 1 );
	} );
} );

describe( 'a stream that breaks off', () => {
	it.each( [ 'end', 'breakOff' ] as const )( 'is taken up where it stopped, with its token (%s)', async ( how ) => {
		const { stream } = await begun();
		stream[ how ]();
		await pass( RETRY_MS );
		const again = await opened( 2 );
		expect( [ again.credential, again.lastEventId ] ).toEqual( [ 'short', `${ UUID }:1:1` ] );
		again.send( 'token', { token: 'short', expires_in: 200 } );
		again.send( 'text', { text: 'table.' }, `${ UUID }:1:2` );
		await settle();
		expect( text ).toBe( 'A small table.' );
		expect( gateway.tickets() ).toBe( 0 );
	} );

	it( 'is taken up with a new ticket when its token is over', async () => {
		const { stream } = await begun();
		for ( let seconds = 0; seconds < 310; seconds += 15 ) {
			stream.comment();
			await pass( 15_000 );
		}
		stream.end();
		await pass( RETRY_MS );
		const again = await opened( 2 );
		expect( [ again.credential, again.lastEventId ] ).toEqual( [ 'new-1', `${ UUID }:1:1` ] );
	} );

	it( 'and a gateway that is gone cost one new ticket, then polls are enough', async () => {
		const { ended, stream } = await begun();
		let tries = 0;
		server.use( http.get( EVENTS, () => {
			tries++;
			return HttpResponse.error();
		} ) );
		stream.breakOff();
		await pass( RETRY_MS );
		await pass( RETRY_MS );
		await pass( RETRY_MS );
		expect( await ended ).toBe( 'unavailable' );
		expect( [ tries, gateway.tickets(), text ] ).toEqual( [ 2, 1, 'A small ' ] );
	} );

	it( 'is given up by and by when it breaks off all the time', async () => {
		const { ended, stream } = await begun();
		stream.end();
		for ( const number of [ 2, 3 ] ) {
			await pass( RETRY_MS );
			const next = await opened( number );
			next.send( 'token', { token: 'short', expires_in: 300 } );
			await settle();
			next.end();
		}
		await pass( RETRY_MS );
		expect( await ended ).toBe( 'unavailable' );
		expect( gateway.opened ).toHaveLength( 3 );
	} );

	it( 'is noticed when nothing comes any more, heartbeats neither', async () => {
		const { stream } = await begun();
		await pass( SILENCE_MS - 1_000 );
		stream.comment();
		await pass( SILENCE_MS - 1_000 );
		expect( gateway.opened ).toHaveLength( 1 );
		await pass( 1_000 );
		await pass( RETRY_MS );
		expect( ( await opened( 2 ) ).lastEventId ).toBe( `${ UUID }:1:1` );
	} );
} );

describe( 'where no stream can be read', () => {
	const problem = ( code: string, status: number ) => HttpResponse.json( { code }, { status, headers: { 'Content-Type': 'application/problem+json' } } );
	const answers = {
		'a refused ticket': [ () => problem( 'token_replayed', 401 ), {} ],
		'a job that the gateway does not know': [ () => problem( 'unknown_job', 404 ), {} ],
		'a proxy’s own page': [ () => new HttpResponse( '<html>Welcome</html>', { headers: { 'Content-Type': 'text/html' } } ), { after: 'not_a_stream' } ],
		'a firewall': [ () => new HttpResponse( 'No.', { status: 403, headers: { 'Content-Type': 'text/html' } } ), { after: 'not_a_stream' } ],
		'a policy of the page, or CORS': [ () => HttpResponse.error(), { after: 'unreachable' } ],
	} satisfies Record< string, [ () => Response, object ] >;

	it.each( Object.entries( answers ) )( 'because of %s, one new ticket is tried, and WordPress alone is told', async ( _what, [ answer, told ] ) => {
		let tries = 0;
		server.use( http.get( EVENTS, () => {
			tries++;
			return answer();
		} ) );
		const ended = watch();
		await pass( RETRY_MS );
		await pass( RETRY_MS );
		expect( await ended ).toBe( 'unavailable' );
		expect( [ tries, gateway.told, text ] ).toEqual( [ 2, [ told ], '' ] );
	} );

	it( 'because a proxy keeps the events to itself, that is noticed within seconds', async () => {
		const ended = watch();
		await opened();
		await pass( FIRST_EVENT_MS );
		await pass( RETRY_MS );
		await opened( 2 );
		await pass( FIRST_EVENT_MS );
		await pass( RETRY_MS );
		expect( await ended ).toBe( 'unavailable' );
		expect( gateway.opened.every( ( stream ) => stream.isLeft() ) ).toBe( true );
		expect( gateway.told ).toEqual( [ { after: 'kept_back' } ] );
	} );

	it( 'the next drafts do without, until five minutes have passed', async () => {
		server.use( http.get( EVENTS, () => HttpResponse.error(), { once: true } ), http.get( EVENTS, () => HttpResponse.error(), { once: true } ) );
		const ended = watch();
		await pass( RETRY_MS );
		await pass( RETRY_MS );
		await ended;
		expect( await watch( { ticket: ticketFor( 'second' ) } ) ).toBe( 'unavailable' );
		expect( gateway.opened ).toHaveLength( 0 );
		await pass( 300_000 );
		void watch( { ticket: ticketFor( 'third' ) } );
		expect( ( await opened() ).credential ).toBe( 'third' );
	} );

	it( 'because the site has switched it off, the gateway is not asked', async () => {
		server.use( http.post( `${ API }/jobs/:uuid/ticket`, () =>
			HttpResponse.json( { code: 'streaming_off', message: 'Off.', data: { status: 409 } }, { status: 409 } ) ) );
		expect( await watch( { ticket: null } ) ).toBe( 'unavailable' );
		expect( gateway.opened ).toHaveLength( 0 );
	} );

	it( 'because there are enough of them, a fifth leaves connections for the polls', async () => {
		for ( let number = 1; number <= 4; number++ ) {
			void watch( { ticket: ticketFor( `t${ number }` ) } );
			await opened( number );
		}
		expect( await watch( { ticket: ticketFor( 't5' ) } ) ).toBe( 'unavailable' );
	} );
} );

describe( 'the status of a job', () => {
	it( 'is asked for with the token of the stream, and only then', async () => {
		const { signal } = controller;
		expect( await askStatus( UUID, signal ) ).toBeNull();
		await begun();
		expect( await askStatus( UUID, signal ) ).toEqual( { state: 'running' } );
		expect( gateway.asked ).toEqual( [ 'Bearer short' ] );
	} );

	it.each< StatusAnswer >( [
		[ 'done', () => HttpResponse.json( { state: 'done' } ), { state: 'done' } ],
		[ 'a refusal', () => HttpResponse.json( { code: 'token_expired' }, { status: 401 } ), null ],
		[ 'something else', () => HttpResponse.json( { state: 'succeeded' } ), null ],
		[ 'nothing', () => HttpResponse.error(), null ],
	] )( 'leaves the rest to WordPress after %s', async ( _what, answer, status ) => {
		await begun();
		server.use( http.get( EVENTS.replace( 'events', 'status' ), answer ) );
		expect( await askStatus( UUID, controller.signal ) ).toEqual( status );
		expect( liveToken( UUID ) ).toBeNull();
	} );
} );
