import { describe, expect, it } from 'vitest';
import { googleError, startFakeGoogle, type GoogleReply } from '../../../test/fake-google.ts';
import { openProvider } from '../../../test/test-providers.ts';
import type { CallOptions } from '../provider.ts';
import { CANARY, describeProvider, type Answer } from '../provider.conformance.ts';
import { google } from './google.ts';

const error = ( code: number, status: string, details: object[] = [] ) => googleError( code, status, `Refused for ${ CANARY }: A chair`, details );
const endings = { length: 'MAX_TOKENS', filtered: 'SAFETY', 'cut-off': null } as const;

function reply( { text, tool, ending, usage, breaks, ...wire }: Answer ): GoogleReply {
	return {
		...wire,
		...( text === undefined ? {} : { text } ),
		...( tool === undefined ? {} : { functionCalls: [ { name: tool.name, args: tool.input } ] } ),
		...( ending === undefined ? {} : { finishReason: endings[ ending ] } ),
		...( breaks === undefined ? {} : { streamError: breaks === 'overloaded' ? error( 503, 'UNAVAILABLE' ) : '{"candidates":[' } ),
		...( usage === undefined ? {} : {
			usage: usage === null ? null : {
				promptTokenCount: usage.tokens_in, candidatesTokenCount: usage.tokens_out - 10, thoughtsTokenCount: 10,
				totalTokenCount: usage.tokens_in + usage.tokens_out, cachedContentTokenCount: usage.cached_tokens_in,
			},
		} ),
	};
}

describeProvider( 'Google', {
	start: startFakeGoogle,
	adapter: google,
	reply,
	failures: [
		{ status: 400, raw: error( 400, 'INVALID_ARGUMENT' ), code: 'provider_rejected', isRetryable: false },
		{ status: 400, raw: error( 400, 'INVALID_ARGUMENT', [ { reason: 'API_KEY_INVALID' } ] ), code: 'provider_auth', isRetryable: false },
		{ status: 403, raw: error( 403, 'PERMISSION_DENIED' ), code: 'provider_auth', isRetryable: false },
		{ status: 404, raw: error( 404, 'NOT_FOUND' ), code: 'provider_rejected', isRetryable: false },
		{ status: 429, raw: error( 429, 'RESOURCE_EXHAUSTED' ), code: 'provider_busy', isRetryable: true },
		{
			status: 429, raw: error( 429, 'RESOURCE_EXHAUSTED', [ { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '37.5s' } ] ),
			code: 'provider_busy', isRetryable: true, retryAfterMs: 37_500,
		},
		{ status: 500, raw: error( 500, 'INTERNAL' ), code: 'provider_unavailable', isRetryable: true },
		{ status: 503, raw: [ error( 503, 'UNAVAILABLE' ) ], code: 'provider_unavailable', isRetryable: true },
		{ status: 504, raw: error( 504, 'DEADLINE_EXCEEDED' ), code: 'provider_timeout', isRetryable: true, mayBeBilled: true },
	],
	errorIn200: { raw: error( 503, 'UNAVAILABLE' ), code: 'provider_unavailable', isRetryable: true },
	hasEmbeddings: true,
	tellsEmbeddingUsage: false,
} );

describe( 'Google’s wire', () => {
	it( 'is spoken as its documentation has it, and a question that is held back is told from an empty answer', async () => {
		const server = await startFakeGoogle( CANARY );
		const provider = openProvider( google( { base_url: server.url, api_key: CANARY } ) );
		const options: CallOptions = {
			prompt: [ { role: 'system', content: 'You write.' }, { role: 'user', content: [ { type: 'text', text: 'A chair.' }, { type: 'file', mediaType: 'image/jpeg', data: '/9j/' } ] } ],
			maxOutputTokens: 300, temperature: 0.4, topP: 0.9, stopSequences: [ 'END' ], parameters: { seed: 7 },
		};
		const signal = new AbortController().signal;
		server.respondWith( () => ( { blockReason: 'PROHIBITED_CONTENT', usage: { promptTokenCount: 9 } } ) );
		for ( const onPart of [ {}, { onPart() {} } ] ) {
			expect( await provider.call( { model: 'gemini-2.5-flash', signal, options, ...onPart } ) ).toMatchObject( { finish_reason: 'content-filter', usage: { tokens_in: 9, tokens_out: null } } );
		}
		expect( server.requests.map( ( { path, query } ) => [ path, query ] ) ).toEqual( [
			[ '/v1beta/models/gemini-2.5-flash:generateContent', '' ], [ '/v1beta/models/gemini-2.5-flash:streamGenerateContent', 'alt=sse' ],
		] );
		expect( server.requests[ 0 ] ).toMatchObject( {
			headers: { 'x-goog-api-key': CANARY },
			body: {
				systemInstruction: { parts: [ { text: 'You write.' } ] },
				contents: [ { role: 'user', parts: [ { text: 'A chair.' }, { inlineData: { mimeType: 'image/jpeg', data: '/9j/' } } ] } ],
				generationConfig: { maxOutputTokens: 300, temperature: 0.4, topP: 0.9, stopSequences: [ 'END' ], seed: 7 },
			},
		} );
		await server.stop();
	} );
} );
