import { QueryObserver, type QueryClient } from '@tanstack/react-query';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { exampleJob, UUID } from '../testing/jobs';
import { API, server } from '../testing/server';
import { EVENTS, fakeStreams } from '../testing/streams';
import { ApiError } from './api-error';
import { createJob, jobQuery, noteEnd, pollDelayMs, postJobsQuery, rememberJob, shouldRetryCreation, type TaggedJob } from './jobs';
import { createQueryClient } from './query-client';
import { forgetToken, readStream } from './stream';

let client: QueryClient;
beforeEach( () => {
	client = createQueryClient();
} );
afterEach( () => {
	client.clear();
	vi.useRealTimers();
} );

/** A stream of the job that has given a token, which asks the gateway how the job stands. */
async function readStreamWithToken() {
	const gateway = fakeStreams();
	const controller = new AbortController();
	void readStream( { uuid: UUID, url: EVENTS, credential: 'ticket', lastEventId: null, signal: controller.signal }, {
		onText: () => undefined, onReset: () => undefined, onEventId: () => undefined,
	} );
	await expect.poll( () => gateway.opened ).toHaveLength( 1 );
	gateway.opened[ 0 ]!.send( 'token', { token: 'short', expires_in: 300 } );
	return { gateway, leave: () => controller.abort() };
}

describe( 'pollDelayMs', () => {
	it( 'doubles from one second to thirty, each within ten per cent', () => {
		[ 1, 2, 4, 8, 16, 30, 30 ].forEach( ( seconds, index ) => {
			const delay = pollDelayMs( UUID, index + 1 );
			expect( delay ).toBeGreaterThanOrEqual( seconds * 900 );
			expect( delay ).toBeLessThanOrEqual( seconds * 1100 );
		} );
	} );

	it( 'is the same number each time, so that a render does not start the wait anew', () => {
		expect( pollDelayMs( UUID, 3 ) ).toBe( pollDelayMs( UUID, 3 ) );
	} );

	it( 'differs between jobs', () => {
		expect( pollDelayMs( UUID, 4 ) ).not.toBe( pollDelayMs( 'f47ac10b-58cc-4372-a567-0e02b2c3d479', 4 ) );
	} );
} );

describe( 'jobQuery', () => {
	/** Lets requests finish and their results arrive, without moving the clock that polls. */
	async function settle() {
		for ( let turn = 0; turn < 200 && client.isFetching() > 0; turn++ ) {
			await new Promise( ( resolve ) => setImmediate( resolve ) );
		}
		await vi.advanceTimersByTimeAsync( 1 );
	}

	it( 'polls with the ETag, keeps the same object while nothing changes, and stops at the end', async () => {
		const asked: Array< { at: number; etag: string | null } > = [];
		const answers = [
			() => HttpResponse.json( exampleJob( 'running' ), { headers: { ETag: '"v3"' } } ),
			() => new HttpResponse( null, { status: 304 } ),
			() => HttpResponse.json( exampleJob( 'succeeded' ), { headers: { ETag: '"v4"' } } ),
		];
		server.use( http.get( `${ API }/jobs/${ UUID }`, ( { request } ) => {
			asked.push( { at: Date.now(), etag: request.headers.get( 'If-None-Match' ) } );
			return answers[ asked.length - 1 ]!();
		} ) );
		vi.useFakeTimers( { toFake: [ 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date' ] } );

		const seen: Array< TaggedJob | undefined > = [];
		const observer = new QueryObserver( client, jobQuery( UUID ) );
		const unsubscribe = observer.subscribe( ( result ) => seen.push( result.data ) );
		await settle();
		const first = observer.getCurrentResult().data;
		await vi.advanceTimersByTimeAsync( 1_200 );
		await settle();
		expect( asked.map( ( { etag } ) => etag ) ).toEqual( [ null, '"v3"' ] );
		expect( observer.getCurrentResult().data ).toBe( first );

		await vi.advanceTimersByTimeAsync( 2_400 );
		await settle();
		expect( observer.getCurrentResult().data?.job.status ).toBe( 'succeeded' );
		await vi.advanceTimersByTimeAsync( 120_000 );
		await settle();
		expect( asked ).toHaveLength( 3 );
		expect( asked[ 2 ]!.at - asked[ 1 ]!.at ).toBeGreaterThan( asked[ 1 ]!.at - asked[ 0 ]!.at );
		unsubscribe();
	} );

	it( 'asks the gateway while a stream has given a token, and WordPress at once when that says done', async () => {
		const { gateway, leave } = await readStreamWithToken();
		let polled = 0;
		server.use( http.get( `${ API }/jobs/${ UUID }`, () => {
			polled++;
			return HttpResponse.json( exampleJob( polled < 4 ? 'running' : 'succeeded' ), { headers: { ETag: `"v${ polled }"` } } );
		} ) );
		vi.useFakeTimers( { toFake: [ 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date' ] } );
		const observer = new QueryObserver( client, jobQuery( UUID ) );
		const unsubscribe = observer.subscribe( () => undefined );
		await settle();
		for ( let seconds = 0; seconds < 20; seconds++ ) {
			await vi.advanceTimersByTimeAsync( 1_000 );
			await settle();
		}
		expect( [ polled, gateway.asked.length ] ).toEqual( [ 1, 4 ] );

		// The webhook is still on its way: so it is looked for quickly.
		forgetToken( UUID );
		noteEnd( client, UUID );
		await settle();
		expect( polled ).toBe( 2 );
		await vi.advanceTimersByTimeAsync( 300 );
		await settle();
		await vi.advanceTimersByTimeAsync( 600 );
		await settle();
		expect( polled ).toBe( 4 );
		expect( observer.getCurrentResult().data?.job.status ).toBe( 'succeeded' );
		unsubscribe();
		leave();
	} );

	it( 'knows from the gateway that a job is put off there, and from WordPress in full when nobody else can be asked', async () => {
		const { leave } = await readStreamWithToken();
		const tags: ( string | null )[] = [];
		server.use( http.get( `${ API }/jobs/${ UUID }`, ( { request } ) => {
			tags.push( request.headers.get( 'If-None-Match' ) );
			return HttpResponse.json( exampleJob( 'running' ), { headers: { ETag: '"v1"' } } );
		} ) );
		const read = async () => ( await client.fetchQuery( { ...jobQuery( UUID ), staleTime: 0 } ) ).job;
		expect( await read() ).toMatchObject( { status: 'running', wait_reason: null } );
		for ( const [ put_off, wait_reason ] of [ [ true, 'provider_unavailable' ], [ false, null ], [ true, 'provider_unavailable' ] ] ) {
			server.use( http.get( EVENTS.replace( 'events', 'status' ), () => HttpResponse.json( { state: 'queued', put_off } ) ) );
			expect( await read() ).toMatchObject( { status: 'running', wait_reason } );
		}
		forgetToken( UUID );
		expect( await read() ).toMatchObject( { wait_reason: null } );
		expect( tags ).toEqual( [ null, null ] );
		leave();
	} );

	it( 'stops when the job is gone', async () => {
		let asked = 0;
		server.use( http.get( `${ API }/jobs/${ UUID }`, () => {
			asked++;
			return HttpResponse.json( { code: 'job_not_found', message: 'No.', data: { status: 404 } }, { status: 404 } );
		} ) );
		vi.useFakeTimers( { toFake: [ 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date' ] } );
		const unsubscribe = new QueryObserver( client, jobQuery( UUID ) ).subscribe( () => undefined );
		await settle();
		await vi.advanceTimersByTimeAsync( 60_000 );
		await settle();
		expect( asked ).toBe( 1 );
		unsubscribe();
	} );
} );

describe( 'createJob', () => {
	const body = { task: 'product_description' as const, input: exampleJob( 'pending' ).request!.input };

	it( 'sends the key it is given', async () => {
		let key: string | null = null;
		server.use( http.post( `${ API }/jobs`, ( { request } ) => {
			key = request.headers.get( 'Idempotency-Key' );
			return HttpResponse.json( exampleJob( 'pending' ), { status: 201, headers: { ETag: '"v1"' } } );
		} ) );
		const { job, etag } = await createJob( body, { idempotencyKey: 'key-1', requestId: 'f47ac10b-58cc-4372-a567-0e02b2c3d479' } );
		expect( [ key, job.uuid, etag ] ).toEqual( [ 'key-1', UUID, '"v1"' ] );
	} );

	it( 'is tried again only where the answer was lost', () => {
		const error = ( code: string, status: number ) => new ApiError( { code, status, message: '', requestId: '' } );
		expect( shouldRetryCreation( 0, error( 'unreachable', 0 ) ) ).toBe( true );
		expect( shouldRetryCreation( 0, error( 'internal_error', 500 ) ) ).toBe( true );
		expect( shouldRetryCreation( 2, error( 'unreachable', 0 ) ) ).toBe( false );
		expect( shouldRetryCreation( 0, error( 'offline', 0 ) ) ).toBe( false );
		expect( shouldRetryCreation( 0, error( 'prompt_too_long', 422 ) ) ).toBe( false );
		expect( shouldRetryCreation( 0, error( 'bad_answer', 200 ) ) ).toBe( false );
	} );
} );

describe( 'jobQuery, beside the list of the post', () => {
	it( 'tells the list what a poll has learned, so that an earlier draft can be thrown away', async () => {
		server.use( http.get( `${ API }/jobs/${ UUID }`, () => HttpResponse.json( exampleJob( 'succeeded', { version: 4 } ), { headers: { ETag: '"v4"' } } ) ) );
		const { queryKey } = postJobsQuery( 12 );
		client.setQueryData( queryKey, [ exampleJob( 'running', { version: 2 } ) ] );
		await client.fetchQuery( jobQuery( UUID ) );
		expect( client.getQueryData( queryKey )?.map( ( { status, version } ) => [ status, version ] ) ).toEqual( [ [ 'succeeded', 4 ] ] );
	} );
} );

describe( 'rememberJob', () => {
	it( 'never lets an older answer replace a newer one', () => {
		const newer = exampleJob( 'succeeded', { version: 5 } );
		rememberJob( client, { job: newer, etag: '"v5"' } );
		rememberJob( client, { job: exampleJob( 'running', { version: 2 } ), etag: '"v2"' } );
		expect( client.getQueryData< TaggedJob >( jobQuery( UUID ).queryKey )?.job ).toBe( newer );
	} );

	it( 'puts a new job on top of the list of its post', () => {
		const { queryKey } = postJobsQuery( 12 );
		client.setQueryData( queryKey, [ exampleJob( 'failed', { uuid: 'f47ac10b-58cc-4372-a567-0e02b2c3d479' } ) ] );
		rememberJob( client, { job: exampleJob( 'pending' ), etag: null } );
		expect( client.getQueryData( queryKey )?.map( ( job ) => job.status ) ).toEqual( [ 'pending', 'failed' ] );
	} );
} );
