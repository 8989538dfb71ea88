import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startFakeOpenAi, type FakeOpenAi, type FakeReply } from '../../test/fake-openai.ts';
import { ManualClock } from '../../test/manual-clock.ts';
import { openAiCompatible } from './adapters/openai-compatible.ts';
import { defaultTimeouts } from './call-watch.ts';
import { createProviderFetch } from './provider-fetch.ts';
import type { ProviderErrorCode } from './text-provider.ts';
import { UpstreamProvider } from './upstream-provider.ts';

const CANARY = 'sk-canary-0123456789';
const fetch = createProviderFetch();
let server: FakeOpenAi;
let clock: ManualClock;

beforeAll( async () => {
	server = await startFakeOpenAi( { api_key: CANARY } );
} );

afterAll( () => server.stop() );

beforeEach( () => {
	clock = new ManualClock();
	server.release();
	server.requests.length = 0;
} );

function generate( reply: FakeReply, { signal = new AbortController().signal, api_key = CANARY, base_url = server.url } = {} ) {
	server.respondWith( () => reply );
	const adapter = openAiCompatible( { name: 'local', base_url, api_key } );
	return new UpstreamProvider( { adapter, clock, fetch, timeouts: defaultTimeouts } ).generate( {
		model: 'local-model',
		messages: [ { role: 'system', content: 'You write.' }, { role: 'user', content: 'A chair, Größe 42 🪑' } ],
		temperature: 0.4, maxOutputTokens: 300, seed: 'x', signal,
	} );
}

describe( 'an OpenAI-compatible provider', () => {
	it( 'asks in OpenAI’s format and reads the answer', async () => {
		const usage = { prompt_tokens: 21, completion_tokens: 9, total_tokens: 30 };
		expect( await generate( { text: '<p>Schöner Stuhl 🪑</p>', usage } ) ).toEqual( {
			text: '<p>Schöner Stuhl 🪑</p>', tokens_in: 21, tokens_out: 9, finish_reason: 'stop', sample: false,
		} );
		expect( server.requests[ 0 ] ).toMatchObject( {
			method: 'POST',
			path: '/v1/chat/completions',
			headers: { authorization: `Bearer ${ CANARY }`, 'content-type': 'application/json' },
			body: {
				model: 'local-model', temperature: 0.4, max_tokens: 300,
				messages: [ { role: 'system', content: 'You write.' }, { role: 'user', content: 'A chair, Größe 42 🪑' } ],
			},
		} );
	} );

	it( 'joins an answer that arrives byte by byte', async () => {
		expect( ( await generate( { text: 'Grün & 🪑', pieceBytes: 1 } ) ).text ).toBe( 'Grün & 🪑' );
	} );

	it.each< [ string, FakeReply[ 'usage' ] ] >( [
		[ 'no usage', null ], [ 'an empty one', {} ], [ 'half of it', { prompt_tokens: 3 } ], [ 'nonsense', { prompt_tokens: -1, completion_tokens: 1.5 } ],
	] )( 'reports unknown tokens when the provider sends %s', async ( _what, usage ) => {
		const result = await generate( { text: 'Fine.', usage: usage ?? null } );
		expect( result.tokens_out ).toBeNull();
		expect( result.tokens_in ).toBe( usage?.[ 'prompt_tokens' ] === 3 ? 3 : null );
	} );

	it( 'repairs half a surrogate pair, which PHP could not read', async () => {
		expect( ( await generate( { text: 'a\ud83e b' } ) ).text ).toBe( 'a\ufffd b' );
	} );

	const openAiError = ( type: string, code: string | null ) => ( { error: { message: `Refused for ${ CANARY }: A chair, Größe 42`, type, param: null, code } } );

	it.each< [ number, string | object, ProviderErrorCode, boolean ] >( [
		[ 400, openAiError( 'invalid_request_error', null ), 'provider_rejected', false ],
		[ 400, openAiError( 'invalid_request_error', 'content_filter' ), 'content_filtered', false ],
		[ 401, openAiError( 'invalid_request_error', 'invalid_api_key' ), 'provider_auth', false ],
		[ 402, 'Payment required', 'provider_quota', false ],
		[ 403, openAiError( 'permission_error', null ), 'provider_auth', false ],
		[ 404, openAiError( 'invalid_request_error', 'model_not_found' ), 'provider_rejected', false ],
		[ 408, '', 'provider_timeout', true ],
		[ 422, { detail: [ 'no such shape' ] }, 'provider_rejected', false ],
		[ 429, openAiError( 'requests', 'rate_limit_exceeded' ), 'provider_busy', true ],
		[ 429, openAiError( 'insufficient_quota', 'insufficient_quota' ), 'provider_quota', false ],
		[ 500, '<html>oops</html>', 'provider_unavailable', true ],
		[ 503, openAiError( 'server_error', null ), 'provider_unavailable', true ],
		[ 529, { type: 'error', error: { type: 'overloaded_error' } }, 'provider_unavailable', true ],
		[ 302, '', 'provider_bad_response', false ],
		[ 200, openAiError( 'server_error', null ), 'provider_unavailable', true ],
		[ 200, { error: 'Something is wrong.' }, 'provider_bad_response', false ],
		[ 200, { error: { message: 'Slow down.', code: 429 } }, 'provider_busy', true ],
		[ 200, '{"id":"chatcmpl', 'provider_bad_response', false ],
		[ 200, '<html>Login</html>', 'provider_bad_response', false ],
		[ 200, { choices: [] }, 'provider_bad_response', false ],
		[ 200, '', 'provider_bad_response', false ],
	] )( 'says in our words what HTTP %i with %j means: %s', async ( status, raw, code, isRetryable ) => {
		const failure = await generate( { status, raw, headers: status === 302 ? { location: 'http://127.0.0.1:1/' } : {} } ).catch( ( error: unknown ) => error );
		expect( failure ).toMatchObject( { name: 'ProviderError', code, isRetryable } );
		expect( JSON.stringify( [ failure, String( failure ), ( failure as Error ).cause ] ) ).not.toMatch( /canary|chair/i );
	} );

	it( 'reads when to come back', async () => {
		await expect( generate( { status: 429, headers: { 'retry-after': '7' } } ) ).rejects.toMatchObject( { retryAfterMs: 7_000 } );
		const date = new Date( clock.now() + 90_000 ).toUTCString();
		await expect( generate( { status: 503, headers: { 'retry-after': date } } ) ).rejects.toMatchObject( { retryAfterMs: 90_000 } );
	} );

	it( 'reports what a filtered or empty text cost', async () => {
		const usage = { prompt_tokens: 5, completion_tokens: 0 };
		await expect( generate( { text: '', finish_reason: 'content_filter', usage } ) ).rejects.toMatchObject( { code: 'content_filtered', usage: { tokens_in: 5, tokens_out: 0 } } );
		await expect( generate( { refusal: 'I cannot help with that.', usage } ) ).rejects.toMatchObject( { code: 'content_filtered' } );
		await expect( generate( { text: ' \n', usage } ) ).rejects.toMatchObject( { code: 'empty_result', usage: { tokens_in: 5 } } );
	} );

	it( 'refuses a text beyond the contract’s bound, and an answer beyond all bounds', async () => {
		await expect( generate( { text: 'x'.repeat( 60_001 ) } ) ).rejects.toMatchObject( { code: 'provider_bad_response' } );
		await expect( generate( { text: 'x'.repeat( 3_000_000 ) } ) ).rejects.toMatchObject( { code: 'provider_bad_response', isRetryable: false } );
	} );

	it.each< [ string, FakeReply ] >( [ [ 'before it answers', { reset: 'before-headers' } ], [ 'in the middle of its answer', { reset: 'mid-body' } ] ] )(
		'tries again later when the provider hangs up %s', async ( _when, reply ) => {
			await expect( generate( reply ) ).rejects.toMatchObject( { code: 'provider_unavailable', isRetryable: true, mayBeBilled: true } );
		}
	);

	it( 'knows that nothing was charged when the provider was never reached', async () => {
		const gone = await startFakeOpenAi();
		await gone.stop();
		await expect( generate( {}, { base_url: gone.url } ) ).rejects.toMatchObject( { code: 'provider_unavailable', isRetryable: true, mayBeBilled: false } );
	} );

	it.each( [ 'before-headers', 'after-headers', 'mid-body' ] as const )( 'gives up on a provider that stalls %s', async ( stall ) => {
		const call = generate( { stall } ).catch( ( error: unknown ) => error );
		await server.requested( 1 );
		await clock.advance( defaultTimeouts.overall_ms );
		expect( await call ).toMatchObject( { code: 'provider_timeout', isRetryable: true, mayBeBilled: true } );
		await server.requests[ 0 ]?.abandoned;
	} );

	it.each( [ 'before-headers', 'mid-body' ] as const )( 'hangs up within 100 ms when nobody wants the text any more (%s)', async ( stall ) => {
		const times: number[] = [];
		for ( let round = 1; round <= 5; round++ ) {
			const controller = new AbortController();
			const call = generate( { stall }, { signal: controller.signal } ).catch( ( error: unknown ) => error );
			await server.requested( round );
			const before = performance.now();
			controller.abort( 'canceled' );
			expect( await call ).toBe( 'canceled' );
			await server.requests[ round - 1 ]?.abandoned;
			times.push( performance.now() - before );
		}
		// The quickest of five: a busy machine may hold up any single one.
		expect( Math.min( ...times ) ).toBeLessThan( 100 );
	} );

	it( 'does not begin when it was called off before', async () => {
		await expect( generate( {}, { signal: AbortSignal.abort( 'canceled' ) } ) ).rejects.toBe( 'canceled' );
		expect( server.requests ).toHaveLength( 0 );
	} );

	it( 'reports a wrong key without showing it', async () => {
		await expect( generate( {}, { api_key: 'sk-wrong' } ) ).rejects.toMatchObject( { code: 'provider_auth' } );
	} );
} );

describe( 'the local server', () => {
	it( 'streams with usage and lists its models as OpenAI does', async () => {
		server.respondWith( () => ( { text: 'Two words', usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }, pieceBytes: 7 } ) );
		const headers = { authorization: `Bearer ${ CANARY }` };
		const body = JSON.stringify( { model: 'm', stream: true, stream_options: { include_usage: true }, messages: [] } );
		const response = await globalThis.fetch( `${ server.url }/chat/completions`, { method: 'POST', headers, body } );
		const events = ( await response.text() ).split( '\n\n' ).filter( ( event ) => event !== '' ).map( ( event ) => event.replace( /^data: /, '' ) );
		expect( events.at( -1 ) ).toBe( '[DONE]' );
		const chunks = events.slice( 0, -1 ).map( ( event ) => JSON.parse( event ) as { choices: { delta: { content?: string } }[]; usage?: object } );
		expect( chunks.map( ( { choices } ) => choices[ 0 ]?.delta.content ?? '' ).join( '' ) ).toBe( 'Two words' );
		expect( chunks.at( -1 ) ).toMatchObject( { choices: [], usage: { total_tokens: 3 } } );
		const models = await ( await globalThis.fetch( `${ server.url }/models`, { headers } ) ).json();
		expect( models ).toMatchObject( { object: 'list', data: [ { id: 'local-model', object: 'model' } ] } );
	} );

	it( 'keeps calls waiting while it holds them', async () => {
		server.hold();
		const call = generate( { text: 'At last.' } );
		await server.requested( 1 );
		server.release();
		expect( ( await call ).text ).toBe( 'At last.' );
	} );
} );
