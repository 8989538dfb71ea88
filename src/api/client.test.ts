import apiFetch from '@wordpress/api-fetch';
import * as z from 'zod/mini';
import { delay, http, HttpResponse } from 'msw';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { API, server } from '../testing/server';
import { ApiError } from './api-error';
import { parseRetryAfter, request, requestIfChanged } from './client';

const schema = z.strictObject( { ok: z.boolean() } );
const NONCE_URL = 'https://shop.example/wp-admin/admin-ajax.php';
const expired = () => HttpResponse.json( { code: 'rest_cookie_invalid_nonce', message: 'Cookie check failed', data: { status: 403 } }, { status: 403 } );

async function failure( promise: Promise< unknown > ): Promise< ApiError > {
	const error = await promise.then( () => null, ( reason: unknown ) => reason );
	expect( error ).toBeInstanceOf( ApiError );
	return error as ApiError;
}

afterEach( () => {
	vi.useRealTimers();
	vi.restoreAllMocks();
} );

describe( 'request', () => {
	it( 'sends the request id of the action and answers parsed data with its ETag', async () => {
		let seen: string | null = null;
		server.use( http.get( `${ API }/thing`, ( { request: sent } ) => {
			seen = sent.headers.get( 'X-Request-ID' );
			return HttpResponse.json( { ok: true }, { headers: { ETag: '"a-1"' } } );
		} ) );
		await expect( request( { path: '/thing', schema, requestId: 'f47ac10b-58cc-4372-a567-0e02b2c3d479' } ) )
			.resolves.toEqual( { data: { ok: true }, etag: '"a-1"' } );
		expect( seen ).toBe( 'f47ac10b-58cc-4372-a567-0e02b2c3d479' );
	} );

	it( 'makes a request id of its own where the caller has none', async () => {
		let seen: string | null = null;
		server.use( http.get( `${ API }/thing`, ( { request: sent } ) => {
			seen = sent.headers.get( 'X-Request-ID' );
			return HttpResponse.json( { ok: true } );
		} ) );
		await request( { path: '/thing', schema } );
		expect( seen ).toMatch( /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/ );
	} );

	it( 'refuses an answer of another shape', async () => {
		server.use( http.get( `${ API }/thing`, () => HttpResponse.json( { ok: 'yes', extra: 1 } ) ) );
		expect( ( await failure( request( { path: '/thing', schema } ) ) ).code ).toBe( 'bad_answer' );
	} );

	it( 'refuses a page that is no JSON', async () => {
		server.use( http.get( `${ API }/thing`, () => HttpResponse.html( '<h1>Login</h1>' ) ) );
		expect( ( await failure( request( { path: '/thing', schema } ) ) ).code ).toBe( 'bad_answer' );
	} );

	it( 'carries code, status, message, request id, wait and details of an error', async () => {
		server.use( http.get( `${ API }/thing`, () => HttpResponse.json(
			{ code: 'rate_limited', message: 'Too many.', data: { status: 429, request_id: 'r-1', limit: 60 } },
			{ status: 429, headers: { 'Retry-After': '40' } }
		) ) );
		expect( await failure( request( { path: '/thing', schema } ) ) ).toMatchObject( {
			code: 'rate_limited', status: 429, message: 'Too many.', requestId: 'r-1', retryAfterMs: 40_000, details: { limit: 60 },
		} );
	} );

	it( 'calls an error page of a proxy a bad answer with its status', async () => {
		server.use( http.get( `${ API }/thing`, () => HttpResponse.html( '<h1>502</h1>', { status: 502 } ) ) );
		expect( await failure( request( { path: '/thing', schema } ) ) ).toMatchObject( { code: 'bad_answer', status: 502, isUncertain: true } );
	} );

	it( 'tells a lost connection from being offline', async () => {
		server.use( http.get( `${ API }/thing`, () => HttpResponse.error() ) );
		expect( ( await failure( request( { path: '/thing', schema } ) ) ).code ).toBe( 'unreachable' );
		vi.spyOn( window.navigator, 'onLine', 'get' ).mockReturnValue( false );
		expect( ( await failure( request( { path: '/thing', schema } ) ) ).code ).toBe( 'offline' );
	} );

	it( 'gives up after its time', async () => {
		server.use( http.get( `${ API }/thing`, async () => {
			await delay( 'infinite' );
			return HttpResponse.json( { ok: true } );
		} ) );
		expect( await failure( request( { path: '/thing', schema, timeoutMs: 20 } ) ) ).toMatchObject( { code: 'timeout', status: 0, isUncertain: true } );
	} );

	it( 'lets the caller cancel without calling it an error of ours', async () => {
		server.use( http.get( `${ API }/thing`, async () => {
			await delay( 'infinite' );
			return HttpResponse.json( { ok: true } );
		} ) );
		const controller = new AbortController();
		const answer = request( { path: '/thing', schema, signal: controller.signal } );
		controller.abort();
		await expect( answer ).rejects.toMatchObject( { name: 'AbortError' } );
	} );
} );

describe( 'requestIfChanged', () => {
	it( 'sends the ETag and reads 304 as unchanged', async () => {
		server.use( http.get( `${ API }/thing`, ( { request: sent } ) => sent.headers.get( 'If-None-Match' ) === '"a-1"'
			? new HttpResponse( null, { status: 304 } )
			: HttpResponse.json( { ok: false } ) ) );
		await expect( requestIfChanged( { path: '/thing', schema }, '"a-1"' ) ).resolves.toBe( 'unchanged' );
	} );
} );

describe( 'an expired nonce', () => {
	it( 'is renewed once for all requests that met it, and they are sent again', async () => {
		let renewals = 0;
		server.use(
			http.get( NONCE_URL, () => {
				renewals++;
				return HttpResponse.text( 'abcdef1234' );
			} ),
			http.get( `${ API }/thing`, ( { request: sent } ) =>
				sent.headers.get( 'X-WP-Nonce' ) === 'abcdef1234' ? HttpResponse.json( { ok: true } ) : expired() )
		);
		await Promise.all( [ request( { path: '/thing', schema } ), request( { path: '/thing', schema } ) ] );
		expect( renewals ).toBe( 1 );
		expect( apiFetch.nonceMiddleware?.nonce ).toBe( 'abcdef1234' );
	} );

	it( 'is not renewed a second time', async () => {
		server.use( http.get( NONCE_URL, () => HttpResponse.text( 'abcdef1234' ) ), http.get( `${ API }/thing`, expired ) );
		expect( ( await failure( request( { path: '/thing', schema } ) ) ).code ).toBe( 'rest_cookie_invalid_nonce' );
	} );

	it( 'means logged out where WordPress gives no new one', async () => {
		server.use( http.get( NONCE_URL, () => HttpResponse.text( '0', { status: 400 } ) ), http.get( `${ API }/thing`, expired ) );
		expect( ( await failure( request( { path: '/thing', schema } ) ) ).code ).toBe( 'logged_out' );
	} );
} );

describe( 'parseRetryAfter', () => {
	it( 'reads seconds and dates, and nothing else', () => {
		const now = Date.parse( '2026-02-28T09:30:00Z' );
		expect( parseRetryAfter( '5', now ) ).toBe( 5_000 );
		expect( parseRetryAfter( 'Sat, 28 Feb 2026 09:31:00 GMT', now ) ).toBe( 60_000 );
		expect( parseRetryAfter( 'Sat, 28 Feb 2026 09:29:00 GMT', now ) ).toBe( 0 );
		expect( parseRetryAfter( 'soon', now ) ).toBeNull();
		expect( parseRetryAfter( null, now ) ).toBeNull();
	} );
} );
