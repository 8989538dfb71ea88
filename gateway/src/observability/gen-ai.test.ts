import { expect, it } from 'vitest';
import { genAiFields, genAiProvider } from './gen-ai.ts';

it( 'tells a call in the names of OpenTelemetry’s conventions', () => {
	expect( genAiFields( {
		operation: 'chat', target: { gen_ai_provider: 'openai', upstream_model: 'small-2026' }, max_tokens: 900, temperature: 0.7,
		error_code: 'provider_busy', tokens_in: 12, tokens_out: null,
	} ) ).toEqual( {
		'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'small-2026', 'gen_ai.request.max_tokens': 900,
		'gen_ai.request.temperature': 0.7, 'gen_ai.usage.input_tokens': 12, 'gen_ai.usage.output_tokens': null, 'error.type': 'provider_busy',
	} );
} );

it( 'tells why an answer ended, and which of its tokens came from a cache or were thought, where there are such', () => {
	const call = { operation: 'chat' as const, target: { gen_ai_provider: 'openai', upstream_model: 'small' }, error_code: null, tokens_in: 12, tokens_out: 9 };
	const told = { finish_reason: 'content-filter', cached_tokens_in: 8, cache_write_tokens_in: 0, reasoning_tokens_out: 4 };
	expect( genAiFields( { ...call, ...told } ) ).toEqual( {
		...genAiFields( call ), 'gen_ai.response.finish_reasons': [ 'content_filter' ], 'gen_ai.usage.cache_read.input_tokens': 8, 'gen_ai.usage.reasoning.output_tokens': 4,
	} );
} );

it( 'names the server, the answer and the model that wrote it, where they are known', () => {
	const call = { operation: 'chat' as const, target: { gen_ai_provider: 'openai', upstream_model: 'small' }, error_code: null, tokens_in: 12, tokens_out: 9 };
	const server = { address: 'api.openai.com', port: 443 };
	expect( genAiFields( { ...call, target: { ...call.target, server }, response_id: 'chatcmpl-1', response_model: 'small-2026' } ) ).toEqual( {
		...genAiFields( call ), 'server.address': 'api.openai.com', 'server.port': 443, 'gen_ai.response.id': 'chatcmpl-1', 'gen_ai.response.model': 'small-2026',
	} );
	expect( genAiFields( { ...call, target: { ...call.target, server: null } } ) ).toEqual( genAiFields( call ) );
} );

it( 'calls the well-known providers what the conventions call them, and others what the file calls them', () => {
	expect( [ 'openai', 'anthropic', 'google', 'openai-compatible', 'sample' ].map( ( kind ) => genAiProvider( { kind, name: 'mine' } ) ) ).toEqual( [
		'openai', 'anthropic', 'gcp.gemini', 'mine', 'mine',
	] );
} );
