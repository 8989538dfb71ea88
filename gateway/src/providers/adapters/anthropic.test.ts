import { describe, expect, it } from 'vitest';
import { anthropicError, startFakeAnthropic, type AnthropicReply } from '../../../test/fake-anthropic.ts';
import { openProvider } from '../../../test/test-providers.ts';
import { CANARY, describeProvider, type Answer, type FailedStatus } from '../provider.conformance.ts';
import { anthropic } from './anthropic.ts';

const error = ( type: string ) => anthropicError( type, `Refused for ${ CANARY }: A chair` );
const endings = { length: 'max_tokens', filtered: 'refusal', 'cut-off': null } as const;

function reply( { text, tool, ending, usage, breaks, ...wire }: Answer ): AnthropicReply {
	return {
		...wire,
		...( text === undefined ? {} : { text } ),
		...( tool === undefined ? {} : { tool_use: [ tool ] } ),
		...( ending === undefined ? {} : { stop_reason: endings[ ending ] } ),
		...( breaks === undefined ? {} : { streamError: breaks === 'overloaded' ? error( 'overloaded_error' ) : '{"type":"half' } ),
		...( usage === undefined ? {} : {
			usage: usage === null ? null : {
				input_tokens: usage.tokens_in - usage.cached_tokens_in, cache_creation_input_tokens: 0, cache_read_input_tokens: usage.cached_tokens_in,
				output_tokens: usage.tokens_out, service_tier: 'standard',
			},
		} ),
	};
}

const failure = ( status: number, type: string, code: FailedStatus[ 'code' ], isRetryable: boolean, mayBeBilled = false ): FailedStatus =>
	( { status, raw: error( type ), code, isRetryable, mayBeBilled } );

describeProvider( 'Anthropic', {
	start: startFakeAnthropic,
	adapter: anthropic,
	reply,
	failures: [
		failure( 400, 'invalid_request_error', 'provider_rejected', false ),
		failure( 401, 'authentication_error', 'provider_auth', false ),
		failure( 402, 'billing_error', 'provider_quota', false ),
		failure( 403, 'permission_error', 'provider_auth', false ),
		failure( 404, 'not_found_error', 'provider_rejected', false ),
		failure( 413, 'request_too_large', 'provider_rejected', false ),
		failure( 429, 'rate_limit_error', 'provider_busy', true ),
		failure( 500, 'api_error', 'provider_unavailable', true ),
		failure( 504, 'timeout_error', 'provider_timeout', true, true ),
		failure( 529, 'overloaded_error', 'provider_unavailable', true ),
	],
	errorIn200: { raw: error( 'overloaded_error' ), code: 'provider_unavailable', isRetryable: true },
	hasEmbeddings: false,
	tellsEmbeddingUsage: false,
} );

describe( 'Anthropic’s wire', () => {
	it( 'is spoken as its documentation has it, cached tokens counted in', async () => {
		const server = await startFakeAnthropic( CANARY );
		server.respondWith( () => ( { text: 'Fine.', usage: { input_tokens: 20, cache_read_input_tokens: 100, cache_creation_input_tokens: 5, output_tokens: 3 } } ) );
		const answer = await openProvider( anthropic( { base_url: server.url, api_key: CANARY } ) ).call( {
			model: 'claude-haiku-4-5', signal: new AbortController().signal,
			options: {
				prompt: [ { role: 'system', content: 'You write.' }, { role: 'user', content: [ { type: 'text', text: 'A chair.' }, { type: 'file', mediaType: 'image/jpeg', data: '/9j/' } ] } ],
				maxOutputTokens: 300, temperature: 0.4, stopSequences: [ 'END' ],
			},
		} );
		expect( answer.usage ).toEqual( { tokens_in: 125, tokens_out: 3, cached_tokens_in: 100, cache_write_tokens_in: 5 } );
		expect( server.requests[ 0 ] ).toMatchObject( {
			path: '/v1/messages',
			headers: { 'x-api-key': CANARY, 'anthropic-version': '2023-06-01' },
			body: {
				model: 'claude-haiku-4-5', max_tokens: 300, temperature: 0.4, stop_sequences: [ 'END' ], system: [ { type: 'text', text: 'You write.' } ],
				messages: [ { role: 'user', content: [ { type: 'text', text: 'A chair.' }, { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: '/9j/' } } ] } ],
			},
		} );
		await server.stop();
	} );
} );
