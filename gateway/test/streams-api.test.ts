import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { problem, streamReset, streamStatus, streamText, streamToken, type TicketClaims } from '@draftkeeper/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProviderError } from '../src/providers/text-provider.ts';
import { readEvents, textOf, type EventReader } from './event-reader.ts';
import { createTestGateway, type TestGateway, type WrittenCall } from './test-gateway.ts';
import { createOffer, createTestSite, signTicket, signToken } from './test-site.ts';

const shop = createTestSite();
const blog = createTestSite( { site_id: 'blog', home: 'https://blog.test/sub' } );
const SHOP_ORIGIN = 'https://shop.test';

let gateway: TestGateway;
let base: string;
let calls: WrittenCall[];
let readers: EventReader[];

beforeEach( async () => {
	gateway = createTestGateway( [ shop.site, blog.site ] );
	calls = gateway.writeByHand();
	readers = [];
	base = await gateway.app.listen( { port: 0, host: '127.0.0.1' } );
} );

afterEach( async () => {
	for ( const reader of readers ) {
		reader.leave();
	}
	await gateway.close();
} );

async function offer( site = shop, uuid = randomUUID() ): Promise< string > {
	const body = JSON.stringify( createOffer( { uuid } ) );
	const token = await signToken( site, { method: 'POST', url: 'http://gateway.test/v1/jobs', body, now: gateway.clock.now() } );
	const headers = { authorization: `Bearer ${ token }`, 'content-type': 'application/json' };
	await gateway.app.inject( { method: 'POST', url: '/v1/jobs', payload: body, headers } );
	await gateway.settle();
	return uuid;
}

async function cancel( uuid: string ): Promise< void > {
	const token = await signToken( shop, { method: 'DELETE', url: `http://gateway.test/v1/jobs/${ uuid }`, now: gateway.clock.now() } );
	await gateway.app.inject( { method: 'DELETE', url: `/v1/jobs/${ uuid }`, headers: { authorization: `Bearer ${ token }` } } );
	await gateway.settle();
}

const ticketFor = ( job: string, claims: Partial< TicketClaims > = {} ) => signTicket( shop, { job, now: gateway.clock.now() }, { claims } );

type Look = { origin?: string | null; lastEventId?: string; path?: 'events' | 'status' };

const headersFor = ( bearer: string, { origin = SHOP_ORIGIN, lastEventId }: Look ) => ( {
	authorization: `Bearer ${ bearer }`,
	...( origin === null ? {} : { origin } ),
	...( lastEventId === undefined ? {} : { 'last-event-id': lastEventId } ),
} );

async function open( uuid: string, bearer: string, look: Look = {} ): Promise< EventReader > {
	const reader = await readEvents( `${ base }/v1/jobs/${ uuid }/events`, headersFor( bearer, look ) );
	readers.push( reader );
	return reader;
}

/** For answers that are no stream. */
async function ask( uuid: string, bearer: string, look: Look = {} ) {
	const response = await fetch( `${ base }/v1/jobs/${ uuid }/${ look.path ?? 'status' }`, { headers: headersFor( bearer, look ) } );
	return { status: response.status, headers: response.headers, body: await response.json() as Record< string, unknown > };
}

/** Opens the stream of a new job whose call is under way. */
async function openNew(): Promise< { uuid: string; reader: EventReader; token: string } > {
	const uuid = await offer();
	const reader = await open( uuid, await ticketFor( uuid ) );
	await reader.until( ( events ) => events.length > 0 );
	return { uuid, reader, token: tokenOf( reader ) };
}

const tokenOf = ( { events }: EventReader ) => streamToken.parse( JSON.parse( events[ 0 ]?.data ?? '' ) ).token;
const names = ( { events }: EventReader ) => events.map( ( { event } ) => event );
const lastCall = () => calls.at( -1 )!;
const has = ( event: string ) => ( events: { event?: string | undefined }[] ) => events.some( ( one ) => one.event === event );
const hasText = ( text: string ) => ( events: Parameters< typeof textOf >[ 0 ] ) => textOf( events ) === text;

describe( 'a stream', () => {
	it( 'brings a token, the text as it is written, and the end', async () => {
		const { uuid, reader } = await openNew();
		expect( reader.response.status ).toBe( 200 );
		expect( Object.fromEntries( reader.response.headers ) ).toMatchObject( {
			'content-type': 'text/event-stream; charset=utf-8',
			'cache-control': 'no-cache, no-transform',
			'x-accel-buffering': 'no',
			'access-control-allow-origin': SHOP_ORIGIN,
			vary: 'Origin',
		} );
		expect( streamToken.parse( JSON.parse( reader.events[ 0 ]!.data ) ).expires_in ).toBe( 300 );

		lastCall().write( '<p>A small ' );
		await reader.until( hasText( '<p>A small ' ) );
		await gateway.clock.advance( 50 );
		lastCall().write( 'table.</p>' );
		await reader.until( hasText( '<p>A small table.</p>' ) );
		lastCall().end();
		await reader.ended;
		expect( names( reader ) ).toEqual( [ 'token', 'text', 'text', 'done' ] );
		expect( reader.events.map( ( { id } ) => id ) ).toEqual( [ undefined, `${ uuid }:1:1`, `${ uuid }:1:2`, undefined ] );
		expect( streamText.parse( JSON.parse( reader.events[ 1 ]!.data ) ) ).toEqual( { text: '<p>A small ' } );
		expect( streamStatus.parse( JSON.parse( reader.events[ 3 ]!.data ) ) ).toEqual( { state: 'done' } );
		expect( gateway.openStreams.size ).toBe( 0 );
	} );

	it( 'holds no result: a job that ended before is only done', async () => {
		const uuid = await offer();
		lastCall().write( 'Text.' );
		lastCall().end();
		await gateway.settle();
		await gateway.clock.advance( 11 * 60_000 );
		const reader = await open( uuid, await ticketFor( uuid ) );
		await reader.ended;
		expect( names( reader ) ).toEqual( [ 'token', 'done' ] );
	} );

	it( 'can be watched from the start by somebody who comes late', async () => {
		const { uuid } = await openNew();
		lastCall().write( 'First. ' );
		await gateway.clock.advance( 60 );
		lastCall().write( 'Second.' );
		lastCall().end();
		await gateway.settle();
		const late = await open( uuid, await ticketFor( uuid ) );
		await late.ended;
		expect( [ textOf( late.events ), names( late ) ] ).toEqual( [ 'First. Second.', [ 'token', 'text', 'done' ] ] );
	} );

	it( 'takes every text back when another call begins', async () => {
		const { reader, uuid } = await openNew();
		lastCall().write( 'Half of a ' );
		await reader.until( has( 'text' ) );
		lastCall().fail( new ProviderError( 'provider_busy', { isRetryable: true } ) );
		await gateway.clock.advance( 60_000 );
		await reader.until( has( 'reset' ) );
		expect( streamReset.parse( JSON.parse( reader.events.at( -1 )!.data ) ) ).toEqual( { attempt: 2 } );
		expect( reader.events.at( -1 )!.id ).toBe( `${ uuid }:2:0` );
		expect( calls ).toHaveLength( 2 );
		lastCall().write( 'Whole.' );
		lastCall().end();
		await reader.ended;
		expect( textOf( reader.events.slice( names( reader ).indexOf( 'reset' ) ) ) ).toBe( 'Whole.' );
	} );

	it( 'ends for a job that is stopped', async () => {
		const { uuid, reader } = await openNew();
		lastCall().write( 'A text that ' );
		await reader.until( has( 'text' ) );
		await cancel( uuid );
		await reader.ended;
		expect( names( reader ) ).toEqual( [ 'token', 'text', 'done' ] );
	} );

	it( 'beats every fifteen seconds', async () => {
		const { reader } = await openNew();
		for ( let beats = 1; beats <= 3; beats++ ) {
			await gateway.clock.advance( 15_000 );
			await expect.poll( () => reader.comments.length ).toBe( beats );
		}
	} );

	it( 'waits for a job that WordPress has not offered yet, and not for ever', async () => {
		const uuid = randomUUID();
		const reader = await open( uuid, await ticketFor( uuid ) );
		await reader.until( has( 'token' ) );
		await offer( shop, uuid );
		lastCall().write( 'There.' );
		await reader.until( hasText( 'There.' ) );

		const nothing = randomUUID();
		const waiting = await open( nothing, await ticketFor( nothing ) );
		await waiting.until( has( 'token' ) );
		await gateway.clock.advance( 30_000 );
		await waiting.ended;
		expect( problem.parse( JSON.parse( waiting.events.at( -1 )!.data ) ) ).toMatchObject( { code: 'unknown_job', status: 404 } );
	} );

	it( 'ends when its token does, so that WordPress is asked again who may read', async () => {
		const { reader } = await openNew();
		await gateway.clock.advance( 300_000 );
		await reader.ended;
		expect( names( reader ).at( -1 ) ).toBe( 'retry' );
		expect( reader.retry() ).toBe( 1_000 );
	} );

	it( 'and its token last for as long as they should where the clock is set', async () => {
		const { reader, uuid, token } = await openNew();
		gateway.clock.setBy( -3_600_000 );
		expect( await ask( uuid, token ) ).toMatchObject( { status: 401, body: { code: 'token_expired' } } );
		await gateway.clock.advance( 300_000 );
		await reader.ended;
		expect( names( reader ).at( -1 ) ).toBe( 'retry' );
	} );

	it( 'asks to come back when the gateway closes', async () => {
		const { reader } = await openNew();
		gateway.openStreams.close();
		await reader.ended;
		expect( [ names( reader ), reader.retry() ] ).toEqual( [ [ 'token', 'retry' ], 1_000 ] );
	} );

	it( 'leaves nothing behind when the browser goes', async () => {
		const { reader, uuid, token } = await openNew();
		const second = await open( uuid, token );
		await second.until( has( 'token' ) );
		expect( gateway.openStreams.size ).toBe( 2 );
		reader.leave();
		second.leave();
		await expect.poll( () => gateway.openStreams.size ).toBe( 0 );
		lastCall().write( 'Nobody listens.' );
		lastCall().end();
	} );
} );

describe( 'coming back', () => {
	it( 'goes on after every single event, byte for byte', async () => {
		const { uuid, reader, token } = await openNew();
		const pieces = [ 'Größe ', '🪑🪑', '\n\n', '<p>', 'data: x\n', '"quoted"', ' end' ];
		for ( const piece of pieces ) {
			lastCall().write( piece );
			await gateway.clock.advance( 60 );
		}
		await reader.until( hasText( pieces.join( '' ) ) );
		const received = reader.events.filter( ( { event } ) => event === 'text' );
		expect( received ).toHaveLength( pieces.length );
		for ( const [ index, { id } ] of received.entries() ) {
			const again = await open( uuid, token, { lastEventId: id! } );
			const rest = pieces.slice( index + 1 ).join( '' );
			await again.until( ( events ) => events.length > 0 && textOf( events ) === rest );
			expect( names( again ) ).not.toContain( 'reset' );
			again.leave();
		}
	} );

	it( 'brings the same token, for the time it has left', async () => {
		const { uuid, token } = await openNew();
		await gateway.clock.advance( 100_000 );
		const again = await open( uuid, token );
		await again.until( has( 'token' ) );
		expect( streamToken.parse( JSON.parse( again.events[ 0 ]!.data ) ) ).toEqual( { token, expires_in: 200 } );
	} );

	it( 'begins anew with an id of another job, of an earlier call, or of nobody', async () => {
		const { uuid, token } = await openNew();
		lastCall().write( 'All of it.' );
		await gateway.settle();
		for ( const [ id, isReset ] of [ [ `${ randomUUID() }:1:1`, false ], [ 'x', false ], [ `${ uuid }:7:3`, true ], [ `${ uuid }:1:99`, true ] ] as const ) {
			const again = await open( uuid, token, { lastEventId: id } );
			await again.until( hasText( 'All of it.' ) );
			expect( names( again ).includes( 'reset' ) ).toBe( isReset );
			again.leave();
		}
	} );
} );

describe( 'a ticket', () => {
	it( 'opens one stream of a hundred at the same time', async () => {
		const uuid = await offer();
		const ticket = await ticketFor( uuid );
		const responses = await Promise.all( Array.from( { length: 100 }, async () => {
			const response = await fetch( `${ base }/v1/jobs/${ uuid }/events`, { headers: headersFor( ticket, {} ) } );
			const code = response.status === 200 ? null : ( await response.json() as { code: string } ).code;
			return { response, code };
		} ) );
		expect( responses.filter( ( { code } ) => code === null ) ).toHaveLength( 1 );
		expect( new Set( responses.map( ( { code } ) => code ) ) ).toEqual( new Set( [ null, 'token_replayed' ] ) );
		await Promise.all( responses.map( ( { response } ) => response.body?.cancel().catch( () => {} ) ) );
	} );

	it.each< [ string, Partial< TicketClaims >, string ] >( [
		[ 'for another job', { job: randomUUID() }, 'invalid_token' ],
		[ 'for another gateway', { aud: 'https://elsewhere.test' }, 'invalid_token' ],
		[ 'for another page', { origin: 'https://evil.test' }, 'invalid_token' ],
		[ 'of a site nobody knows', { iss: 'nobody' }, 'unknown_site' ],
		[ 'of a copy of the site', { home: 'https://staging.test' }, 'site_moved' ],
		[ 'that lives for an hour', { exp: 4_000_000_000 }, 'invalid_token' ],
	] )( '%s opens nothing', async ( _what, claims, code ) => {
		const uuid = await offer();
		const answer = await ask( uuid, await ticketFor( uuid, claims ), { path: 'events' } );
		expect( problem.parse( answer.body ).code ).toBe( code );
		expect( answer.headers.get( 'access-control-allow-origin' ) ).toBe( SHOP_ORIGIN );
		expect( gateway.openStreams.size ).toBe( 0 );
	} );

	it( 'that is a minute old opens nothing', async () => {
		const uuid = await offer();
		const ticket = await ticketFor( uuid );
		await gateway.clock.advance( 71_000 );
		expect( await ask( uuid, ticket, { path: 'events' } ) ).toMatchObject( { status: 401, body: { code: 'clock_skew' } } );
	} );

	it( 'shown from another origin opens nothing, and is not used up by it', async () => {
		const uuid = await offer();
		const ticket = await ticketFor( uuid );
		for ( const origin of [ 'https://blog.test', 'https://evil.test', 'null', null ] ) {
			expect( await ask( uuid, ticket, { path: 'events', origin } ) ).toMatchObject( { status: 401, body: { code: 'invalid_token' } } );
		}
		const reader = await open( uuid, ticket );
		await reader.until( has( 'token' ) );
	} );

	it( 'of one site does not open the job of another', async () => {
		const uuid = await offer( blog );
		const reader = await open( uuid, await ticketFor( uuid ) );
		lastCall().write( 'Not for the shop.' );
		await gateway.settle();
		await gateway.clock.advance( 30_000 );
		await reader.ended;
		expect( names( reader ) ).toEqual( [ 'token', 'error' ] );
	} );

	it( 'and a request’s own token are not taken for each other', async () => {
		const uuid = await offer();
		const asToken = await signToken( shop, { method: 'GET', url: `http://gateway.test/v1/jobs/${ uuid }/events`, now: gateway.clock.now() } );
		expect( await ask( uuid, asToken, { path: 'events' } ) ).toMatchObject( { status: 401, body: { code: 'invalid_token' } } );
		const response = await fetch( `${ base }/v1/jobs/${ uuid }`, { headers: { authorization: `Bearer ${ await ticketFor( uuid ) }` } } );
		expect( [ response.status, ( await response.json() as { code: string } ).code ] ).toEqual( [ 401, 'invalid_token' ] );
	} );
} );

describe( 'a short token', () => {
	it( 'asks how the job stands, as often as one likes', async () => {
		const { uuid, token } = await openNew();
		expect( await ask( uuid, token ) ).toMatchObject( { status: 200, body: { state: 'running' } } );
		lastCall().write( 'Text.' );
		lastCall().end();
		await gateway.settle();
		expect( ( await ask( uuid, token ) ).body ).toEqual( { state: 'done' } );
	} );

	it( 'hears that the job is put off', async () => {
		const { uuid, token } = await openNew();
		lastCall().fail( new ProviderError( 'provider_busy', { isRetryable: true, retryAfterMs: 30_000 } ) );
		await gateway.settle();
		expect( ( await ask( uuid, token ) ).body ).toEqual( { state: 'queued', put_off: true } );
	} );

	it( 'opens nothing else', async () => {
		const { uuid, token } = await openNew();
		const other = await offer();
		expect( await ask( other, token ) ).toMatchObject( { status: 401, body: { code: 'invalid_token' } } );
		expect( await ask( other, token, { path: 'events' } ) ).toMatchObject( { status: 401 } );
		expect( await ask( uuid, token, { origin: 'https://blog.test' } ) ).toMatchObject( { status: 401, body: { code: 'invalid_token' } } );
		const response = await fetch( `${ base }/v1/jobs/${ uuid }`, { headers: { authorization: `Bearer ${ token }` } } );
		expect( response.status ).toBe( 401 );
		expect( await ask( uuid, `${ token.slice( 0, -1 ) }${ token.endsWith( 'A' ) ? 'B' : 'A' }` ) ).toMatchObject( { status: 401 } );
		for ( const forged of [ 'dks1_', 'dks1_a.b', 'dks1_.', `${ token }.x` ] ) {
			expect( await ask( uuid, forged ) ).toMatchObject( { status: 401, body: { code: 'invalid_token' } } );
		}
	} );

	it( 'is over after five minutes, and a ticket is no status token', async () => {
		const { uuid, token } = await openNew();
		await gateway.clock.advance( 300_000 );
		expect( await ask( uuid, token ) ).toMatchObject( { status: 401, body: { code: 'token_expired' } } );
		expect( await ask( uuid, await ticketFor( uuid ) ) ).toMatchObject( { status: 401, body: { code: 'invalid_token' } } );
		expect( ( await fetch( `${ base }/v1/jobs/${ uuid }/status` ) ).status ).toBe( 401 );
	} );
} );

describe( 'pages of other sites', () => {
	const preflight = ( origin: string ) => fetch( `${ base }/v1/jobs/${ randomUUID() }/events`, {
		method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
	} );

	it( 'get no leave from a preflight', async () => {
		const own = await preflight( 'https://blog.test' );
		expect( own.headers.get( 'access-control-allow-origin' ) ).toBe( 'https://blog.test' );
		expect( own.status ).toBe( 204 );
		for ( const origin of [ 'https://evil.test', 'https://shop.test.evil.test', 'http://shop.test', 'null' ] ) {
			expect( ( await preflight( origin ) ).headers.get( 'access-control-allow-origin' ) ).toBeNull();
		}
	} );
} );

it( 'lets only so many watch one job', async () => {
	const { uuid, token } = await openNew();
	const sockets = Array.from( { length: 9 }, () => {
		const socket = connect( Number( new URL( base ).port ), '127.0.0.1' );
		socket.on( 'error', () => {} );
		socket.write( `GET /v1/jobs/${ uuid }/events HTTP/1.1\r\nHost: gateway.test\r\nOrigin: ${ SHOP_ORIGIN }\r\nAuthorization: Bearer ${ token }\r\n\r\n` );
		return socket;
	} );
	await expect.poll( () => gateway.openStreams.size ).toBe( 10 );
	expect( await ask( uuid, token, { path: 'events' } ) ).toMatchObject( { status: 503, body: { code: 'overloaded' } } );
	for ( const socket of sockets ) {
		socket.destroy();
	}
	await expect.poll( () => gateway.openStreams.size ).toBe( 1 );
} );
