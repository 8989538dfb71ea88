import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startFakeOpenAi, type FakeOpenAi, type FakeReply } from '../../test/fake-openai.ts';
import { ManualClock } from '../../test/manual-clock.ts';
import { openAiCompatible } from './adapters/openai-compatible.ts';
import { defaultTimeouts } from './call-watch.ts';
import { openNetwork } from './network.ts';
import type { CallOptions } from './provider.ts';
import { UpstreamProvider } from './upstream-provider.ts';

const network = openNetwork();
let server: FakeOpenAi;
let clock: ManualClock;

beforeAll( async () => {
	server = await startFakeOpenAi();
} );

afterAll( () => server.stop() );

beforeEach( () => {
	clock = new ManualClock();
	server.release();
	server.requests.length = 0;
} );

const open = ( stream = true ) => new UpstreamProvider( {
	adapter: openAiCompatible( { base_url: `${ server.url }/`, api_key: 'sk-1', stream } ), clock, network, timeouts: defaultTimeouts,
} );

function generate( reply: FakeReply, { stream = true, onText = () => {} }: { stream?: boolean; onText?: ( delta: string ) => void } = {} ) {
	server.respondWith( () => reply );
	return open( stream ).generate( {
		model: 'local-model',
		messages: [ { role: 'system', content: 'You write.' }, { role: 'user', content: 'A chair, Größe 42 🪑' } ],
		temperature: 0.4, maxOutputTokens: 300, seed: 'x', signal: new AbortController().signal, onText,
	} );
}

const event = ( data: object | string ) => `data: ${ typeof data === 'string' ? data : JSON.stringify( data ) }\n\n`;
const delta = ( content: string, finish_reason: string | null = null ) => event( { choices: [ { index: 0, delta: { content }, finish_reason } ] } );
const hello: CallOptions = { prompt: [ { role: 'user', content: [ { type: 'text', text: 'A chair.' } ] } ] };
const asStream = { headers: { 'content-type': 'text/event-stream' } };

describe( 'a call to a provider', () => {
	it( 'asks in OpenAI’s format for a stream that tells its tokens', async () => {
		await generate( { text: 'Fine.' } );
		expect( server.requests[ 0 ] ).toMatchObject( {
			method: 'POST',
			path: '/v1/chat/completions',
			headers: { authorization: 'Bearer sk-1', 'content-type': 'application/json' },
			body: {
				model: 'local-model', temperature: 0.4, max_tokens: 300, stream: true, stream_options: { include_usage: true },
				messages: [ { role: 'system', content: 'You write.' }, { role: 'user', content: 'A chair, Größe 42 🪑' } ],
			},
		} );
	} );

	it( 'asks a server that cannot stream for the whole', async () => {
		expect( await generate( { text: 'Fine.', usage: { prompt_tokens: 3, completion_tokens: 1 } }, { stream: false } ) ).toMatchObject( { text: 'Fine.', tokens_in: 3, tokens_out: 1 } );
		expect( server.requests[ 0 ]?.body.stream ).toBeUndefined();
	} );

	it( 'takes a whole answer in place of the stream it asked for', async () => {
		const raw = { choices: [ { message: { role: 'assistant', content: 'Fine.' }, finish_reason: 'stop' } ], usage: { prompt_tokens: 3, completion_tokens: 1 } };
		expect( await generate( { raw } ) ).toMatchObject( { text: 'Fine.', tokens_in: 3, tokens_out: 1 } );
		expect( server.requests ).toHaveLength( 1 );
	} );

	it.each< [ string, Record< string, unknown >, number | null ] >( [
		[ 'nothing', {}, null ], [ 'half of it', { prompt_tokens: 3 }, 3 ], [ 'nonsense', { prompt_tokens: -1, completion_tokens: 1.5 }, null ],
	] )( 'invents no token where the provider tells %s', async ( _what, usage, tokens_in ) => {
		expect( await generate( { text: 'Fine.', usage } ) ).toMatchObject( { tokens_in, tokens_out: null } );
	} );

	it( 'joins a character that comes in two halves, and repairs one whose other half never comes', async () => {
		let streamed = '';
		const raw = `${ delta( 'a \ud83e' ) }${ delta( '\ude91 b\ud83e' ) }${ delta( 'c \ud83e' ) }${ delta( '', 'stop' ) }${ event( '[DONE]' ) }`;
		expect( ( await generate( { raw, ...asStream }, { onText: ( piece ) => ( streamed += piece ) } ) ).text ).toBe( 'a 🪑 b\ufffdc \ufffd' );
		expect( streamed ).toBe( 'a 🪑 b\ufffdc \ufffd' );
	} );

	it( 'reads past comments, empty deltas, unknown fields and unknown events', async () => {
		const raw = [
			': OPENROUTER PROCESSING\n\n', 'event: ping\n', event( { choices: [], provider: 'x' } ), delta( '' ), 'retry: 10\n\n', 'data:{"choices":[{"index":0,"delta":{"content":"Fine."}}]}\r\n\r\n',
			delta( '', 'stop' ),
		].join( '' );
		expect( await generate( { raw, ...asStream } ) ).toMatchObject( { text: 'Fine.', tokens_in: null } );
	} );

	it( 'hangs up on a text that has no end', async () => {
		const failed = generate( { raw: delta( 'x'.repeat( 1_000 ) ).repeat( 2_000 ), ...asStream, stall: 'mid-body' } ).catch( ( error: unknown ) => error );
		expect( await failed ).toMatchObject( { code: 'provider_bad_response', isRetryable: false, mayBeBilled: true } );
		await server.requests[ 0 ]?.abandoned;
	} );

	it( 'ends a drip that never stalls when its time is over', async () => {
		server.respondWith( () => ( { raw: delta( 'x' ).repeat( 200 ), ...asStream, stall: 'mid-body', pieceBytes: 50 } ) );
		let heard = 0;
		const failed = open().call( {
			model: 'local-model', options: hello, signal: new AbortController().signal,
			async onPart( part ) {
				heard += part.type === 'text-delta' ? 1 : 0;
				await clock.advance( 10_000 );
			},
		} ).catch( ( error: unknown ) => error );
		expect( await failed ).toMatchObject( { code: 'provider_timeout' } );
		expect( heard ).toBeGreaterThan( 5 );
		await server.requests[ 0 ]?.abandoned;
	} );

	it( 'keeps what was told about tokens before it failed', async () => {
		const raw = `${ delta( 'Fi' ) }${ event( { choices: [], usage: { prompt_tokens: 9, completion_tokens: 1 } } ) }${ event( { error: { message: 'canary', type: 'server_error' } } ) }`;
		await expect( generate( { raw, ...asStream } ) ).rejects.toMatchObject( { code: 'provider_unavailable', usage: { tokens_in: 9, tokens_out: 1 } } );
	} );

	it( 'waits while the server holds it', async () => {
		server.hold();
		const call = generate( { text: 'At last.' } );
		await server.requested( 1 );
		server.release();
		expect( ( await call ).text ).toBe( 'At last.' );
	} );
} );

/** Of 500 calls: a few hundred bytes for each would be a leak. */
const MAX_HEAP_GROWTH_BYTES = 2_000_000;

function heapAfterCollection(): number {
	setFlagsFromString( '--expose-gc' );
	( runInNewContext( 'gc' ) as () => void )();
	return process.memoryUsage().heapUsed;
}

describe( 'a thousand callers who leave', () => {
	it( 'leave nothing behind: no timer, no listener, no open call', async () => {
		const caller = new AbortController();
		let listeners = 0;
		const { signal } = caller;
		const add = signal.addEventListener.bind( signal );
		const remove = signal.removeEventListener.bind( signal );
		const count = ( step: number, forward: typeof add ) => ( ...given: Parameters< typeof add > ) => {
			listeners += step;
			forward( ...given );
		};
		Object.assign( signal, { addEventListener: count( 1, add ), removeEventListener: count( -1, remove as typeof add ) } );
		const provider = open();
		server.respondWith( () => ( { text: 'Fine.', stall: 'mid-body' } ) );
		let heapBefore = 0;
		for ( let batch = 0; batch < 20; batch++ ) {
			server.requests.length = 0;
			const controllers = Array.from( { length: 50 }, () => new AbortController() );
			const calls = controllers.map( ( controller ) => provider.call( {
				model: 'local-model', options: hello, signal: controller.signal, onPart: () => {},
			} ).catch( ( error: unknown ) => error ) );
			await server.requested( 50 );
			controllers.forEach( ( controller ) => controller.abort( 'gone' ) );
			expect( await Promise.all( calls ) ).toEqual( Array( 50 ).fill( 'gone' ) );
			await Promise.all( server.requests.map( ( { abandoned } ) => abandoned ) );
			if ( batch === 9 ) {
				heapBefore = heapAfterCollection();
			}
		}
		expect( heapAfterCollection() - heapBefore ).toBeLessThan( MAX_HEAP_GROWTH_BYTES );
		expect( clock.timers ).toBe( 0 );

		// One signal for many calls, as a process that stops has it.
		server.respondWith( () => ( { text: 'Fine.' } ) );
		for ( let call = 0; call < 20; call++ ) {
			await provider.call( { model: 'local-model', options: hello, signal } );
		}
		expect( listeners ).toBe( 0 );
		expect( clock.timers ).toBe( 0 );
	} );
} );

describe( 'the local server', () => {
	it( 'streams with usage, embeds, and lists its models as OpenAI does', async () => {
		server.respondWith( () => ( { text: 'Two words', usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }, pieceBytes: 7 } ) );
		const body = JSON.stringify( { model: 'm', stream: true, stream_options: { include_usage: true }, messages: [] } );
		const response = await globalThis.fetch( `${ server.url }/chat/completions`, { method: 'POST', body } );
		const events = ( await response.text() ).split( '\n\n' ).filter( ( line ) => line !== '' ).map( ( line ) => line.replace( /^data: /, '' ) );
		expect( events.at( -1 ) ).toBe( '[DONE]' );
		const chunks = events.slice( 0, -1 ).map( ( line ) => JSON.parse( line ) as { choices: { delta: { content?: string } }[]; usage?: object } );
		expect( chunks.map( ( { choices } ) => choices[ 0 ]?.delta.content ?? '' ).join( '' ) ).toBe( 'Two words' );
		expect( chunks.at( -1 ) ).toMatchObject( { choices: [], usage: { total_tokens: 3 } } );
		expect( await ( await globalThis.fetch( `${ server.url }/models` ) ).json() ).toMatchObject( { object: 'list', data: [ { id: 'local-model', object: 'model' } ] } );
	} );
} );
