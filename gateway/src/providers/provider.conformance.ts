import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FakeProvider, WireReply } from '../../test/fake-provider.ts';
import { ManualClock, settled } from '../../test/manual-clock.ts';
import type { Adapter } from './adapter.ts';
import { defaultTimeouts } from './call-watch.ts';
import { openNetwork } from './network.ts';
import type { AnswerPart, CallOptions, ModelAnswer } from './provider.ts';
import { ProviderError, type ProviderErrorCode, type TokenUsage } from './text-provider.ts';
import { UpstreamProvider } from './upstream-provider.ts';

/** What a model does, in no provider's words. */
export type Answer = WireReply & {
	text?: string;
	tool?: { id: string; name: string; input: object };
	ending?: 'length' | 'filtered' | 'cut-off';
	/** Null: the provider does not tell. */
	usage?: { tokens_in: number; tokens_out: number; cached_tokens_in: number } | null;
	/** In the middle of a stream, in place of the rest. */
	breaks?: 'overloaded' | 'broken-json';
};

export type FailedStatus = {
	status: number;
	raw: string | object;
	code: ProviderErrorCode;
	isRetryable: boolean;
	mayBeBilled?: boolean;
	retryAfterMs?: number;
};

export type ProviderCase< Body, Reply extends WireReply > = {
	start: ( api_key: string ) => Promise< FakeProvider< Body, Reply > >;
	adapter: ( server: { base_url: string; api_key: string } ) => Adapter;
	/** The answer in this provider's words. */
	reply: ( answer: Answer ) => Reply;
	failures: readonly FailedStatus[];
	/** An error that comes with status 200. */
	errorIn200: { raw: object; code: ProviderErrorCode; isRetryable: boolean };
	hasEmbeddings: boolean;
	/** Whether it tells how many tokens embeddings have cost; else they are counted here. */
	tellsEmbeddingUsage: boolean;
};

export const CANARY = 'sk-canary-0123456789';
const JPEG = Buffer.from( [ 0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 0xff, 0xd9 ] ).toString( 'base64' );
const GERMAN = 'Schöner Stuhl 🪑, Größe 42 — „für Zuhause“. 日本語も。';
const long = Array.from( { length: 200 }, ( _, index ) => `Wort${ index }` ).join( ' ' );
const usage = { tokens_in: 120, tokens_out: 30, cached_tokens_in: 100 };
const ask = ( text: string ): CallOptions => ( { prompt: [ { role: 'system', content: 'You write.' }, { role: 'user', content: [ { type: 'text', text } ] } ], maxOutputTokens: 300 } );
const tools: NonNullable< CallOptions[ 'tools' ] > = [ { type: 'function', name: 'price', description: 'Looks a price up.', inputSchema: { type: 'object', properties: { sku: { type: 'string' } }, required: [ 'sku' ] } } ];

const colorSchema: NonNullable< Extract< CallOptions[ 'responseFormat' ], { type: 'json' } >[ 'schema' ] > = {
	type: 'object', properties: { color: { type: 'string' } }, required: [ 'color' ], additionalProperties: false,
};

type CallSetup = {
	options?: CallOptions;
	signal?: AbortSignal;
	onPart?: ( part: AnswerPart ) => void;
	onUsage?: ( told: TokenUsage ) => void;
	api_key?: string;
	base_url?: string;
	traceparent?: string;
};

/** What a provider is. Every adapter runs this against a local server that speaks its provider's wire format. */
export function describeProvider< Body, Reply extends WireReply >( name: string, provider: ProviderCase< Body, Reply > ): void {
	const network = openNetwork();
	let server: FakeProvider< Body, Reply >;
	let clock: ManualClock;

	beforeAll( async () => {
		server = await provider.start( CANARY );
	} );

	afterAll( () => server.stop() );

	beforeEach( () => {
		clock = new ManualClock();
		server.requests.length = 0;
	} );

	const open = ( { base_url = server.url, api_key = CANARY }: CallSetup = {} ) =>
		new UpstreamProvider( { adapter: provider.adapter( { base_url, api_key } ), clock, network, timeouts: defaultTimeouts } );

	function call( mode: 'streamed' | 'whole', answer: Answer, setup: CallSetup = {} ): Promise< ModelAnswer > {
		server.respondWith( () => provider.reply( answer ) );
		const { options = ask( `A chair for ${ CANARY }, Größe 42 🪑` ), signal = new AbortController().signal, onPart = () => {}, onUsage = () => {}, traceparent } = setup;
		return open( setup ).call( { model: 'local-model', options, signal, onUsage, ...( traceparent === undefined ? {} : { traceparent } ), ...( mode === 'streamed' ? { onPart } : {} ) } );
	}

	const failureOf = async ( answered: Promise< unknown > ): Promise< ProviderError > => {
		const failure = await answered.then( () => new Error( 'It did not fail.' ), ( error: unknown ) => error );
		expect( failure ).toBeInstanceOf( ProviderError );
		expect( JSON.stringify( [ failure, String( failure ), ( failure as Error ).stack, ( failure as Error ).cause ] ) ).not.toMatch( /canary|chair/i );
		return failure as ProviderError;
	};

	const textOf = ( { content }: ModelAnswer ) => content.map( ( part ) => ( part.type === 'text' ? part.text : '' ) ).join( '' );

	describe.each( [ 'streamed', 'whole' ] as const )( `${ name }, %s`, ( mode ) => {
		it( 'writes a text, also when it arrives byte by byte', async () => {
			for ( const pieceBytes of [ 1, 3, 100_000 ] ) {
				const parts: AnswerPart[] = [];
				const answer = await call( mode, { text: GERMAN, pieceBytes }, { onPart: ( part ) => void parts.push( part ) } );
				expect( textOf( answer ) ).toBe( GERMAN );
				expect( answer ).toMatchObject( { finish_reason: 'stop', sample: false } );
				expect( parts.map( ( part ) => ( part.type === 'text-delta' ? part.delta : '' ) ).join( '' ) ).toBe( mode === 'streamed' ? GERMAN : '' );
			}
		} );

		it( 'is told which trace the call belongs to', async () => {
			const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
			await call( mode, { text: 'Fine.' }, { traceparent } );
			expect( server.requests[ 0 ]?.headers[ 'traceparent' ] ).toBe( traceparent );
		} );

		it( 'reads what it has used, what came from a cache too, and knows an unknown number from zero', async () => {
			const told: TokenUsage[] = [];
			const answer = await call( mode, { text: 'Fine.', usage }, { onUsage: ( counts ) => void told.push( counts ) } );
			expect( answer.usage ).toMatchObject( usage );
			expect( told.at( -1 ) ).toEqual( answer.usage );
			expect( ( await call( mode, { text: 'Fine.', usage: null } ) ).usage ).toEqual( { tokens_in: null, tokens_out: null } );
		} );

		it( 'tells what the provider calls its answer and the model that wrote it', async () => {
			expect( await call( mode, { text: 'Fine.' } ) ).toMatchObject( { response_id: expect.stringMatching( /local-?\w*$/ ), response_model: expect.stringContaining( 'local' ) } );
		} );

		it( 'looks at an image that comes as data, and at no address', async () => {
			const image = ( data: string | URL ): CallOptions => ( { prompt: [ { role: 'user', content: [ { type: 'text', text: 'What is this?' }, { type: 'file', mediaType: 'image/jpeg', data } ] } ], maxOutputTokens: 50 } );
			expect( textOf( await call( mode, { text: 'A chair.' }, { options: image( JPEG ) } ) ) ).toBe( 'A chair.' );
			expect( JSON.stringify( server.requests[ 0 ]?.body ) ).toContain( JPEG );
			for ( const address of [ new URL( 'http://127.0.0.1:9/secret.jpg' ), 'https://shop.test/a.jpg', 'data:image/jpeg;base64,AAAA' ] ) {
				expect( await failureOf( call( mode, {}, { options: image( address ) } ) ) ).toMatchObject( { code: 'provider_rejected', isRetryable: false } );
			}
			expect( server.requests ).toHaveLength( 1 );
		} );

		it( 'answers in the structure that it is asked for', async () => {
						const options: CallOptions = { ...ask( 'Which color?' ), responseFormat: { type: 'json', name: 'color', schema: colorSchema } };
			expect( JSON.parse( textOf( await call( mode, { text: '{"color":"grün"}' }, { options } ) ) ) ).toEqual( { color: 'grün' } );
			expect( JSON.stringify( server.requests[ 0 ]?.body ) ).toContain( '"color"' );
		} );

		it( 'calls a tool, and reads what came of it', async () => {
			const asked = await call( mode, { tool: { id: 'call_1', name: 'price', input: { sku: 'FJ-200', note: 'ü' } } }, { options: { ...ask( 'What does it cost?' ), tools } } );
			const [ used ] = asked.content.filter( ( { type } ) => type === 'tool-call' );
			expect( used ).toMatchObject( { type: 'tool-call', toolName: 'price' } );
			expect( used?.type === 'tool-call' && JSON.parse( used.input ) ).toEqual( { sku: 'FJ-200', note: 'ü' } );
			expect( asked.finish_reason ).toBe( 'tool-calls' );
			const prompt: CallOptions[ 'prompt' ] = [
				...ask( 'What does it cost?' ).prompt,
				{ role: 'assistant', content: [ { type: 'tool-call', toolCallId: 'call_1', toolName: 'price', input: { sku: 'FJ-200' } } ] },
				{ role: 'tool', content: [ { type: 'tool-result', toolCallId: 'call_1', toolName: 'price', output: { type: 'text', value: '129 EUR' } } ] },
			];
			expect( textOf( await call( mode, { text: 'It costs 129 EUR.' }, { options: { prompt, tools, maxOutputTokens: 50 } } ) ) ).toBe( 'It costs 129 EUR.' );
			expect( JSON.stringify( server.requests[ 1 ]?.body ) ).toContain( '129 EUR' );
		} );

		it( 'says when a text was cut at its length, or held back by a filter', async () => {
			expect( await call( mode, { text: 'A chair that', ending: 'length' } ) ).toMatchObject( { finish_reason: 'length' } );
			expect( await call( mode, { text: '', ending: 'filtered', usage } ) ).toMatchObject( { finish_reason: 'content-filter', usage: { tokens_in: 120 } } );
		} );

		it.each( provider.failures )( 'says in our words what HTTP $status means: $code', async ( { status, raw, code, isRetryable, mayBeBilled = false, retryAfterMs = null } ) => {
			expect( await failureOf( call( mode, { status, raw } ) ) ).toMatchObject( { code, isRetryable, mayBeBilled, retryAfterMs } );
		} );

		it( 'reads when to come back, in seconds and as a date', async () => {
			expect( await failureOf( call( mode, { status: 429, raw: '', headers: { 'retry-after': '7' } } ) ) ).toMatchObject( { code: 'provider_busy', retryAfterMs: 7_000 } );
			const date = new Date( clock.now() + 90_000 ).toUTCString();
			expect( await failureOf( call( mode, { status: 503, raw: '', headers: { 'retry-after': date } } ) ) ).toMatchObject( { retryAfterMs: 90_000 } );
		} );

		it( 'takes an error with status 200 for what it is', async () => {
			const { raw, code, isRetryable } = provider.errorIn200;
			expect( await failureOf( call( mode, { raw } ) ) ).toMatchObject( { code, isRetryable, mayBeBilled: true } );
		} );

		it.each( [ '{"id":"half', '<html>Please log in.</html>', '{}', '[]', '"chair"', '' ] )( 'cannot use %j', async ( raw ) => {
			const headers = raw.startsWith( '<' ) ? { 'content-type': 'text/html' } : {};
			expect( await failureOf( call( mode, { raw, headers } ) ) ).toMatchObject( { code: 'provider_bad_response', isRetryable: false, mayBeBilled: true } );
		} );

		it( 'follows no redirect', async () => {
			const redirect = { status: 302, raw: '', headers: { location: 'http://127.0.0.1:1/' } };
			expect( await failureOf( call( mode, redirect ) ) ).toMatchObject( { code: 'provider_bad_response', isRetryable: false } );
		} );

		it.each( [ 'before-headers', 'mid-body' ] as const )( 'may have been charged when the provider hangs up %s', async ( reset ) => {
			expect( await failureOf( call( mode, { reset, text: long } ) ) ).toMatchObject( { code: 'provider_unavailable', isRetryable: true, mayBeBilled: true } );
		} );

		it( 'was not charged when the provider was never reached', async () => {
			const gone = await provider.start( CANARY );
			await gone.stop();
			expect( await failureOf( call( mode, {}, { base_url: gone.url } ) ) ).toMatchObject( { code: 'provider_unavailable', isRetryable: true, mayBeBilled: false } );
		} );

		it( 'reports a wrong key without showing it', async () => {
			expect( await failureOf( call( mode, {}, { api_key: 'sk-canary-wrong' } ) ) ).toMatchObject( { code: 'provider_auth', isRetryable: false } );
		} );

		it.each( [ 'before-headers', 'after-headers', 'mid-body' ] as const )( 'gives up on a provider that stalls %s, in time', async ( stall ) => {
			let hasBegun = () => {};
			const begun = new Promise< void >( ( resolve ) => ( hasBegun = resolve ) );
			const failed = failureOf( call( mode, { stall, text: long }, { onPart: ( part ) => part.type === 'text-delta' && hasBegun() } ) );
			await server.requested( 1 );
			const isCut = stall === 'mid-body' && mode === 'streamed';
			await ( isCut ? begun : settled() );
			const { overall_ms, first_token_ms, idle_ms } = defaultTimeouts;
			let limit = mode === 'whole' ? overall_ms : first_token_ms;
			limit = isCut ? idle_ms : limit;
			await clock.advance( limit - 1 );
			expect( clock.timers ).toBeGreaterThan( 0 );
			// As long as it should be, whatever is done to the clock meanwhile.
			clock.setBy( -3_600_000 );
			await clock.advance( isCut ? idle_ms : 1 );
			expect( await failed ).toMatchObject( { code: 'provider_timeout', isRetryable: true, mayBeBilled: true } );
			await server.requests[ 0 ]?.abandoned;
			expect( clock.timers ).toBe( 0 );
		} );

		it.each( [ 'before-headers', 'after-headers', 'mid-body' ] as const )( 'hangs up within 100 ms when nobody waits any more (%s)', async ( stall ) => {
			const times: number[] = [];
			for ( let round = 1; round <= 3; round++ ) {
				const controller = new AbortController();
				const called = call( mode, { stall, text: long }, { signal: controller.signal } ).catch( ( error: unknown ) => error );
				await server.requested( round );
				await new Promise( ( resolve ) => setImmediate( resolve ) );
				const before = performance.now();
				controller.abort( 'gone' );
				expect( await called ).toBe( 'gone' );
				await server.requests[ round - 1 ]?.abandoned;
				times.push( performance.now() - before );
				expect( clock.timers ).toBe( 0 );
			}
			// The quickest of three: a busy machine may hold up any single one.
			expect( Math.min( ...times ) ).toBeLessThan( 100 );
		} );

		it( 'does not begin when it was called off before', async () => {
			await expect( call( mode, {}, { signal: AbortSignal.abort( 'gone' ) } ) ).rejects.toBe( 'gone' );
			expect( server.requests ).toHaveLength( 0 );
		} );
	} );

	describe( `${ name }, in the middle of a stream`, () => {
		it( 'says in our words that the provider has broken down, and keeps what it told about tokens', async () => {
			const failure = await failureOf( call( 'streamed', { text: long, breaks: 'overloaded', usage } ) );
			expect( failure ).toMatchObject( { code: 'provider_unavailable', isRetryable: true, mayBeBilled: true } );
		} );

		it( 'does not take half a text for a whole one', async () => {
			expect( await failureOf( call( 'streamed', { text: long, ending: 'cut-off' } ) ) ).toMatchObject( { code: 'provider_unavailable', isRetryable: true, mayBeBilled: true } );
		} );

		it( 'cannot use broken JSON', async () => {
			expect( await failureOf( call( 'streamed', { text: long, breaks: 'broken-json' } ) ) ).toMatchObject( { code: 'provider_bad_response', isRetryable: false, mayBeBilled: true } );
		} );

		it( 'holds the provider up while its reader is busy', async () => {
			let isBusy = false;
			let overlaps = 0;
			server.respondWith( () => provider.reply( { text: GERMAN } ) );
			await open().call( {
				model: 'local-model', options: ask( 'A chair.' ), signal: new AbortController().signal,
				async onPart() {
					overlaps += isBusy ? 1 : 0;
					isBusy = true;
					await settled();
					isBusy = false;
				},
			} );
			expect( overlaps ).toBe( 0 );
		} );
	} );

	describe( `${ name } as a writer of texts`, () => {
		const write = ( answer: Answer, onText: ( delta: string ) => void = () => {} ) => {
			server.respondWith( () => provider.reply( answer ) );
			return open().generate( {
				model: 'local-model', messages: [ { role: 'system', content: 'You write.' }, { role: 'user', content: 'A chair.' } ],
				temperature: 0.4, maxOutputTokens: 300, seed: 'x', signal: new AbortController().signal, onText,
			} );
		};

		it( 'streams a text and returns the same', async () => {
			let streamed = '';
			const result = await write( { text: GERMAN, usage, pieceBytes: 2 }, ( delta ) => ( streamed += delta ) );
			expect( result ).toMatchObject( { text: GERMAN, finish_reason: 'stop', sample: false, ...usage } );
			expect( streamed ).toBe( GERMAN );
		} );

		it( 'reports what a filtered or empty text has cost', async () => {
			await expect( write( { text: '', ending: 'filtered', usage } ) ).rejects.toMatchObject( { code: 'content_filtered', isRetryable: false, usage: { tokens_in: 120 } } );
			await expect( write( { text: ' \n', usage } ) ).rejects.toMatchObject( { code: 'empty_result', isRetryable: false, usage: { tokens_in: 120, tokens_out: 30 } } );
		} );

		it( 'refuses a text beyond the contract’s bound', async () => {
			await expect( write( { text: 'x'.repeat( 60_001 ) } ) ).rejects.toMatchObject( { code: 'provider_bad_response' } );
		} );
	} );

	describe( `embeddings of ${ name }`, () => {
		const embed = ( values: string[], dimensions?: number ) =>
			open().embed( { model: 'local-model', values, signal: new AbortController().signal, ...( dimensions === undefined ? {} : { dimensions } ) } );

		if ( ! provider.hasEmbeddings ) {
			it( 'are not to be had', async () => {
				expect( await failureOf( embed( [ 'a chair' ] ) ) ).toMatchObject( { code: 'provider_rejected', isRetryable: false } );
			} );
			return;
		}

		it( 'come in the order of the values', async () => {
			server.respondWith( () => provider.reply( {} ) );
			const { embeddings, usage: used } = await embed( [ 'a chair', 'a table', 'a lamp for the bed' ] );
			expect( embeddings.map( ( vector ) => vector.length ) ).toEqual( [ 8, 8, 8 ] );
			expect( embeddings[ 2 ] ).not.toEqual( embeddings[ 0 ] );
			expect( used ).toEqual( { tokens_in: 9, tokens_out: 0, ...( provider.tellsEmbeddingUsage ? {} : { is_estimated: true } ) } );
			expect( ( await embed( [ 'a chair' ], 4 ) ).embeddings.map( ( vector ) => vector.length ) ).toEqual( [ 4 ] );
		} );

		it( 'are as many as a request of the API may ask for, whatever the provider takes at once', async () => {
			server.respondWith( () => provider.reply( {} ) );
			const { embeddings, usage: used } = await embed( Array.from( { length: 256 }, ( _nothing, index ) => 'a'.repeat( index + 1 ) ) );
			expect( embeddings ).toHaveLength( 256 );
			expect( new Set( embeddings.map( ( vector ) => vector.join() ) ).size ).toBe( 256 );
			expect( used.tokens_in ).toBeGreaterThanOrEqual( 256 );
		} );

		it( 'fail in our words too', async () => {
			server.respondWith( () => provider.reply( { status: 429, raw: '', headers: { 'retry-after': '3' } } ) );
			expect( await failureOf( embed( [ 'a chair' ] ) ) ).toMatchObject( { code: 'provider_busy', retryAfterMs: 3_000 } );
			server.respondWith( () => provider.reply( { raw: { data: [], embeddings: [] } } ) );
			expect( await failureOf( embed( [ 'a chair', 'a table' ] ) ) ).toMatchObject( { code: 'provider_bad_response' } );
		} );
	} );
}
