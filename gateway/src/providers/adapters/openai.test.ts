import { describe, expect, it } from 'vitest';
import { startFakeOpenAi, type ChatBody, type FakeReply } from '../../../test/fake-openai.ts';
import { openProvider } from '../../../test/test-providers.ts';
import type { CallOptions } from '../provider.ts';
import { CANARY, describeProvider, type Answer, type ProviderCase } from '../provider.conformance.ts';
import { openAi } from './openai.ts';
import { openAiCompatible } from './openai-compatible.ts';

const error = ( type: string, code: string | null ) => ( { error: { message: `Refused for ${ CANARY }: A chair`, type, param: null, code } } );

const endings = { length: 'length', filtered: 'content_filter', 'cut-off': null } as const;

function reply( { text, tool, ending, usage, breaks, ...wire }: Answer ): FakeReply {
	return {
		...wire,
		...( text === undefined ? {} : { text } ),
		...( tool === undefined ? {} : { tool_calls: [ { id: tool.id, name: tool.name, arguments: JSON.stringify( tool.input ) } ] } ),
		...( ending === undefined ? {} : { finish_reason: endings[ ending ], done: ending !== 'cut-off' } ),
		...( breaks === undefined ? {} : { streamError: breaks === 'overloaded' ? error( 'server_error', null ) : '{"id":"half' } ),
		...( usage === undefined ? {} : {
			usage: usage === null ? null : {
				prompt_tokens: usage.tokens_in, completion_tokens: usage.tokens_out, total_tokens: usage.tokens_in + usage.tokens_out,
				prompt_tokens_details: { cached_tokens: usage.cached_tokens_in }, completion_tokens_details: { reasoning_tokens: 0 },
			},
		} ),
	};
}

const shared: Omit< ProviderCase< ChatBody, FakeReply >, 'adapter' > = {
	start: ( api_key ) => startFakeOpenAi( { api_key } ),
	reply,
	failures: [
		{ status: 400, raw: error( 'invalid_request_error', null ), code: 'provider_rejected', isRetryable: false },
		{ status: 400, raw: error( 'invalid_request_error', 'content_filter' ), code: 'content_filtered', isRetryable: false },
		{ status: 401, raw: error( 'invalid_request_error', 'invalid_api_key' ), code: 'provider_auth', isRetryable: false },
		{ status: 402, raw: 'Payment required', code: 'provider_quota', isRetryable: false },
		{ status: 403, raw: error( 'permission_error', null ), code: 'provider_auth', isRetryable: false },
		{ status: 404, raw: error( 'invalid_request_error', 'model_not_found' ), code: 'provider_rejected', isRetryable: false },
		{ status: 408, raw: '', code: 'provider_timeout', isRetryable: true },
		{ status: 422, raw: { detail: [ 'no such shape' ] }, code: 'provider_rejected', isRetryable: false },
		{ status: 429, raw: error( 'requests', 'rate_limit_exceeded' ), code: 'provider_busy', isRetryable: true },
		{ status: 429, raw: error( 'insufficient_quota', 'insufficient_quota' ), code: 'provider_quota', isRetryable: false },
		{ status: 500, raw: '<html>oops</html>', code: 'provider_unavailable', isRetryable: true },
		{ status: 503, raw: error( 'server_error', null ), code: 'provider_unavailable', isRetryable: true },
		{ status: 504, raw: '', code: 'provider_timeout', isRetryable: true, mayBeBilled: true },
	],
	errorIn200: { raw: { error: { message: `Slow down, ${ CANARY }`, code: 429 } }, code: 'provider_busy', isRetryable: true },
	hasEmbeddings: true,
	tellsEmbeddingUsage: true,
};

describeProvider( 'OpenAI', { ...shared, adapter: openAi } );
describeProvider( 'an OpenAI-compatible server', { ...shared, adapter: ( server ) => openAiCompatible( { ...server } ) } );

describe( 'OpenAI’s wire', () => {
	it( 'is whole where it ends as it should without saying why, and where it does not, is not', async () => {
		const server = await startFakeOpenAi( { api_key: CANARY } );
		const provider = openProvider( openAiCompatible( { base_url: server.url, api_key: CANARY } ) );
		const stream = () => provider.call( {
			model: 'local', signal: new AbortController().signal, onPart() {}, options: { prompt: [ { role: 'user', content: [ { type: 'text', text: 'A chair.' } ] } ] },
		} );
		server.respondWith( () => ( { text: 'Fine.', finish_reason: null } ) );
		expect( await stream() ).toMatchObject( { content: [ { type: 'text', text: 'Fine.' } ], finish_reason: 'other' } );
		server.respondWith( () => ( { text: 'Fine.', finish_reason: null, done: false } ) );
		await expect( stream() ).rejects.toMatchObject( { code: 'provider_unavailable' } );
		server.respondWith( () => ( { text: '', finish_reason: null } ) );
		await expect( stream() ).rejects.toMatchObject( { code: 'provider_unavailable' } );
		await server.stop();
	} );

	it( 'is spoken as its documentation has it, to models that think too', async () => {
		const server = await startFakeOpenAi( { api_key: CANARY } );
		const provider = openProvider( openAi( { base_url: server.url, api_key: CANARY } ) );
		const options: CallOptions = {
			prompt: [ { role: 'system', content: 'You write.' }, { role: 'user', content: [ { type: 'text', text: 'A chair.' }, { type: 'file', mediaType: 'image/jpeg', data: '/9j/' } ] } ],
			maxOutputTokens: 300, temperature: 0.4, stopSequences: [ 'END' ], parameters: { seed: 7 },
		};
		const signal = new AbortController().signal;
		const details = { prompt_tokens_details: { cached_tokens: 10 }, completion_tokens_details: { reasoning_tokens: 30 } };
		const usage = { prompt_tokens: 50, completion_tokens: 40, ...details };
		server.respondWith( () => ( { text: 'Fine.', usage } ) );
		await provider.call( { model: 'gpt-4.1-mini', signal, options } );
		expect( server.requests[ 0 ]?.body ).toMatchObject( {
			model: 'gpt-4.1-mini', max_tokens: 300, temperature: 0.4, stop: [ 'END' ], seed: 7,
			messages: [
				{ role: 'system', content: 'You write.' },
				{ role: 'user', content: [ { type: 'text', text: 'A chair.' }, { type: 'image_url', image_url: { url: 'data:image/jpeg;base64,/9j/' } } ] },
			],
		} );
		const thought = await provider.call( { model: 'gpt-5-mini', signal, options } );
		expect( server.requests[ 1 ]?.body ).toMatchObject( { model: 'gpt-5-mini', max_completion_tokens: 300, messages: [ { role: 'developer' }, {} ] } );
		expect( server.requests[ 1 ]?.body ).not.toHaveProperty( 'temperature' );
		expect( thought.usage ).toEqual( { tokens_in: 50, tokens_out: 40, cached_tokens_in: 10, reasoning_tokens_out: 30 } );
		await server.stop();
	} );
} );
