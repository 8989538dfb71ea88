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

it( 'calls the well-known providers what the conventions call them, and others what the file calls them', () => {
	expect( [ 'openai', 'anthropic', 'google', 'openai-compatible', 'sample' ].map( ( kind ) => genAiProvider( { kind, name: 'mine' } ) ) ).toEqual( [
		'openai', 'anthropic', 'gcp.gemini', 'mine', 'mine',
	] );
} );
