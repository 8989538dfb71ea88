import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFakeAnthropic } from '../../test/fake-anthropic.ts';
import { startFakeGoogle } from '../../test/fake-google.ts';
import { startFakeOpenAi } from '../../test/fake-openai.ts';
import { openProvider, sampleProvider } from '../../test/test-providers.ts';
import { anthropic } from './adapters/anthropic.ts';
import { google } from './adapters/google.ts';
import { openAi } from './adapters/openai.ts';
import { openAiCompatible } from './adapters/openai-compatible.ts';
import type { ChatParameters } from './chat-parameters.ts';
import type { CallOptions } from './provider.ts';

const servers = {
	openai: () => startFakeOpenAi( { api_key: 'sk-1' } ), compatible: () => startFakeOpenAi( { api_key: 'sk-1' } ),
	anthropic: () => startFakeAnthropic( 'sk-1' ), google: () => startFakeGoogle( 'sk-1' ),
};
const adapters = { openai: openAi, compatible: openAiCompatible, anthropic, google };
type Kind = keyof typeof servers;

type Started = Awaited< ReturnType< ( typeof servers )[ Kind ] > >;
const started = new Map< Kind, Started >();

beforeAll( async () => {
	for ( const kind of Object.keys( servers ) as Kind[] ) {
		started.set( kind, await servers[ kind ]() );
	}
} );

afterAll( async () => {
	await Promise.all( [ ...started.values() ].map( ( server ) => server.stop() ) );
} );

const tools: CallOptions[ 'tools' ] = [ { type: 'function', name: 'price', inputSchema: { type: 'object', properties: {} } } ];

function asked( parameters: ChatParameters, more: Partial< CallOptions > = {} ): CallOptions {
	return { prompt: [ { role: 'user', content: [ { type: 'text', text: 'A chair.' } ] } ], maxOutputTokens: 300, parameters, ...more };
}

function providerOf( kind: Kind ) {
	return openProvider( adapters[ kind ]( { base_url: started.get( kind )?.url ?? '', api_key: 'sk-1' } ) );
}

/** What the provider's server hears, whole and streamed. */
async function heard( kind: Kind, model: string, options: CallOptions ): Promise< object[] > {
	const provider = providerOf( kind );
	expect( provider.missing( model, options ) ).toBeNull();
	const { signal } = new AbortController();
	const requests = started.get( kind )?.requests ?? [];
	const before = requests.length;
	await provider.call( { model, options, signal } );
	await provider.call( { model, options, signal, onPart: () => {} } );
	return requests.slice( before ).map( ( { body } ) => body as object );
}

describe( 'a parameter that the provider has', () => {
	it.each< [ Kind, string, ChatParameters, object, Partial< CallOptions >? ] >( [
		[ 'openai', 'gpt-5-mini', { reasoning_effort: 'minimal', verbosity: 'low' }, { reasoning_effort: 'minimal', verbosity: 'low' } ],
		[ 'openai', 'o3', { reasoning_effort: 'high' }, { reasoning_effort: 'high' } ],
		[ 'openai', 'gpt-4.1', { parallel_tool_calls: false }, { parallel_tool_calls: false }, { tools } ],
		[ 'openai', 'gpt-4.1', { logit_bias: { 50256: -100 }, logprobs: 2 }, { logit_bias: { 50256: -100 }, logprobs: true, top_logprobs: 2 } ],
		[ 'openai', 'gpt-4.1', { logprobs: 0, seed: 7, presence_penalty: 0.5, frequency_penalty: -1 }, { logprobs: true, seed: 7, presence_penalty: 0.5, frequency_penalty: -1 } ],
		[ 'openai', 'gpt-4.1', { prompt_cache_key: 'news', safety_identifier: 'b1' }, { prompt_cache_key: 'news', safety_identifier: 'b1' } ],
		[
			'openai', 'gpt-4.1', { strict_schema: false }, { response_format: { json_schema: { strict: false } } },
			{ responseFormat: { type: 'json', name: 'answer', schema: { type: 'object' } } },
		],
		[
			'compatible', 'qwen3', { reasoning_effort: 'xhigh', verbosity: 'high', parallel_tool_calls: false, logit_bias: { 1: 5 }, logprobs: 0, seed: 1 },
			{ reasoning_effort: 'xhigh', verbosity: 'high', parallel_tool_calls: false, logit_bias: { 1: 5 }, logprobs: true, seed: 1 }, { tools },
		],
		[
			'compatible', 'qwen3', { strict_schema: false }, { response_format: { json_schema: { strict: false } } },
			{ responseFormat: { type: 'json', name: 'answer', schema: { type: 'object' } } },
		],
		[ 'anthropic', 'claude-haiku-4-5', { parallel_tool_calls: false }, { tool_choice: { type: 'auto', disable_parallel_tool_use: true } }, { tools } ],
		[ 'anthropic', 'claude-opus-4-5', { reasoning_effort: 'low' }, { output_config: { effort: 'low' } } ],
		[ 'anthropic', 'claude-sonnet-4-6', { reasoning_effort: 'high' }, { output_config: { effort: 'high' }, thinking: { type: 'adaptive' } } ],
		[ 'anthropic', 'claude-sonnet-4-6', { reasoning_effort: 'none' }, { thinking: { type: 'disabled' } } ],
		[ 'anthropic', 'claude-haiku-4-5', { safety_identifier: 'b1', reasoning_effort: 'none' }, { metadata: { user_id: 'b1' } } ],
		[ 'google', 'gemini-2.5-flash', { reasoning_effort: 'none' }, { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } } ],
		[ 'google', 'gemini-2.5-pro', { reasoning_effort: 'medium' }, { generationConfig: { thinkingConfig: { thinkingBudget: 8_192 } } } ],
		[ 'google', 'gemini-3-flash', { reasoning_effort: 'low', presence_penalty: 1 }, { generationConfig: { thinkingConfig: { thinkingLevel: 'low' }, presencePenalty: 1 } } ],
	] )( 'reaches %s (%s) as it wants it: %o', async ( kind, model, parameters, body, more ) => {
		const bodies = await heard( kind, model, asked( parameters, more ) );
		expect( bodies ).toHaveLength( 2 );
		for ( const each of bodies ) {
			expect( each ).toMatchObject( body );
		}
	} );

	it( 'is not sent where it is a hint that the server may not know, nor where there are no tools', async () => {
		const [ body ] = await heard( 'compatible', 'qwen3', asked( { prompt_cache_key: 'news', safety_identifier: 'b1', parallel_tool_calls: false } ) );
		expect( Object.keys( body ?? {} ).sort() ).toEqual( [ 'max_tokens', 'messages', 'model' ] );
		const [ toOpenAi ] = await heard( 'openai', 'gpt-4.1', asked( { parallel_tool_calls: false } ) );
		expect( toOpenAi ).not.toHaveProperty( 'parallel_tool_calls' );
	} );

	it( 'lets a Claude that must call a tool do so without thinking', async () => {
		const [ body ] = await heard( 'anthropic', 'claude-sonnet-4-6', asked( { reasoning_effort: 'high' }, { tools, toolChoice: { type: 'required' } } ) );
		expect( body ).toMatchObject( { output_config: { effort: 'high' }, tool_choice: { type: 'any' } } );
		expect( body ).not.toHaveProperty( 'thinking' );
	} );
} );

describe( 'a parameter that the provider does not have', () => {
	it.each< [ Kind, string, ChatParameters, keyof ChatParameters, Partial< CallOptions >? ] >( [
		[ 'openai', 'gpt-4.1', { reasoning_effort: 'low' }, 'reasoning_effort' ],
		[ 'openai', 'gpt-5-chat-latest', { reasoning_effort: 'low' }, 'reasoning_effort' ],
		[ 'openai', 'gpt-4o', { verbosity: 'low' }, 'verbosity' ],
		[ 'openai', 'gpt-5', { logit_bias: { 1: 1 } }, 'logit_bias' ],
		[ 'openai', 'o4-mini', { logprobs: 0 }, 'logprobs' ],
		[ 'openai', 'gpt-5.1', { presence_penalty: 1 }, 'presence_penalty' ],
		[ 'anthropic', 'claude-sonnet-4-6', { logit_bias: { 1: 1 } }, 'logit_bias' ],
		[ 'anthropic', 'claude-sonnet-4-6', { seed: 1, logprobs: 1 }, 'seed' ],
		[ 'anthropic', 'claude-haiku-4-5', { reasoning_effort: 'low' }, 'reasoning_effort' ],
		[ 'anthropic', 'claude-sonnet-4-20250514', { reasoning_effort: 'low' }, 'reasoning_effort' ],
		[ 'anthropic', 'claude-3-5-sonnet-20241022', { reasoning_effort: 'low' }, 'reasoning_effort' ],
		[ 'anthropic', 'claude-opus-5-5', { reasoning_effort: 'none' }, 'reasoning_effort' ],
		[ 'google', 'gemini-2.5-flash', { parallel_tool_calls: false }, 'parallel_tool_calls', { tools } ],
		[ 'google', 'gemini-2.5-flash', { frequency_penalty: 1 }, 'frequency_penalty' ],
		[ 'google', 'gemini-2.5-pro', { reasoning_effort: 'none' }, 'reasoning_effort' ],
		[ 'google', 'gemini-3-pro', { reasoning_effort: 'max' }, 'reasoning_effort' ],
		[ 'google', 'gemini-2.0-flash', { reasoning_effort: 'low' }, 'reasoning_effort' ],
	] )( 'is named: %s (%s) %o', ( kind, model, parameters, name, more ) => {
		expect( providerOf( kind ).missing( model, asked( parameters, more ) ) ).toBe( name );
	} );

	it( 'is not missed by who can do without: verbosity as it is, one tool at a time of none', () => {
		for ( const kind of [ 'anthropic', 'google' ] as const ) {
			expect( providerOf( kind ).missing( 'any', asked( { verbosity: 'medium' } ) ) ).toBeNull();
		}
		expect( providerOf( 'google' ).missing( 'any', asked( { parallel_tool_calls: false } ) ) ).toBeNull();
		expect( sampleProvider().missing( 'sample', asked( { reasoning_effort: 'high', seed: 1 } ) ) ).toBeNull();
		expect( sampleProvider().missing( 'sample', asked( { logprobs: 1 } ) ) ).toBe( 'logprobs' );
	} );
} );
