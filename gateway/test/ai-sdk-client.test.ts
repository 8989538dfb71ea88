import { OpenAICompatibleChatLanguageModel, OpenAICompatibleEmbeddingModel } from '@ai-sdk/openai-compatible';
import type { LanguageModelV3CallOptions } from '@ai-sdk/provider';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiWorld, type ApiWorld } from './api-world.ts';
import { fakeProvider } from './test-providers.ts';

let world: ApiWorld;
let server: { provider: string; url: ( options: { path: string } ) => string; headers: () => Record< string, string > };

beforeAll( async () => {
	world = await startApiWorld();
	const key = await world.addKey();
	server = { provider: 'gateway', url: ( { path } ) => `${ world.url }/v1${ path }`, headers: () => ( { authorization: `Bearer ${ key }` } ) };
} );

afterAll( () => world.stop() );

beforeEach( () => world.upstream.respondWith( null ) );

const prompt: LanguageModelV3CallOptions[ 'prompt' ] = [ { role: 'user', content: [ { type: 'text', text: 'Hello' } ] } ];
const model = () => new OpenAICompatibleChatLanguageModel( 'other', { ...server, includeUsage: true, supportsStructuredOutputs: true } );

describe( 'the AI SDK’s provider for compatible servers', () => {
	it( 'generates, with usage', async () => {
		world.upstream.respondWith( () => ( { text: 'Größe 42 🪑', usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } } ) );
		const { content, finishReason, usage } = await model().doGenerate( { prompt } );
		expect( content ).toEqual( [ { type: 'text', text: 'Größe 42 🪑' } ] );
		expect( [ finishReason.unified, usage.inputTokens.total, usage.outputTokens.total ] ).toEqual( [ 'stop', 3, 4 ] );
	} );

	it( 'streams', async () => {
		world.upstream.respondWith( () => ( { text: 'One two three' } ) );
		const { stream } = await model().doStream( { prompt } );
		let text = '';
		let reason = '';
		for await ( const part of stream as unknown as AsyncIterable< { type: string; delta?: string; finishReason?: { unified: string } } > ) {
			text += part.type === 'text-delta' ? part.delta : '';
			reason = part.finishReason?.unified ?? reason;
		}
		expect( [ text, reason ] ).toEqual( [ 'One two three', 'stop' ] );
	} );

	it( 'asks for an object and for tools', async () => {
		world.upstream.respondWith( () => ( { text: '{"a":1}' } ) );
		await model().doGenerate( {
			prompt, responseFormat: { type: 'json', name: 'answer', schema: { type: 'object' } },
			tools: [ { type: 'function', name: 'get_price', inputSchema: { type: 'object', properties: {} } } ], toolChoice: { type: 'tool', toolName: 'get_price' },
		} );
		expect( world.upstream.requests.at( -1 )?.body ).toMatchObject( {
			response_format: { type: 'json_schema', json_schema: { name: 'answer' } }, tool_choice: { type: 'function', function: { name: 'get_price' } },
		} );
	} );

	it( 'embeds', async () => {
		world.gateway.useProvider( fakeProvider( {
			embed: async ( { values } ) => ( { embeddings: values.map( () => [ 0.5, 1 ] ), usage: { tokens_in: 2, tokens_out: 0 } } ),
		} ) );
		const { embeddings, usage } = await new OpenAICompatibleEmbeddingModel( 'other', server ).doEmbed( { values: [ 'a', 'b' ] } );
		expect( [ embeddings, usage?.tokens ] ).toEqual( [ [ [ 0.5, 1 ], [ 0.5, 1 ] ], 2 ] );
	} );
} );
