import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiWorld, type ApiWorld } from './api-world.ts';
import { fakeProvider } from './test-providers.ts';

let world: ApiWorld;
let client: OpenAI;

beforeAll( async () => {
	world = await startApiWorld();
	client = await world.client();
} );

afterAll( () => world.stop() );

beforeEach( () => {
	world.upstream.release();
	world.upstream.respondWith( null );
	world.upstream.requests.length = 0;
} );

const messages = [ { role: 'user' as const, content: 'Describe the chair, Größe 42 🪑' } ];
const usage = { prompt_tokens: 21, completion_tokens: 9, total_tokens: 30 };

const tools = [ {
	type: 'function' as const,
	function: { name: 'get_price', description: 'The price', parameters: { type: 'object', properties: { sku: { type: 'string' } }, required: [ 'sku' ] } },
} ];
const toolCalls = [ { id: 'call_1', type: 'function' as const, function: { name: 'get_price', arguments: '{"sku":"A1"}' } } ];

/** What OpenAI sends when a model calls a tool, whole. */
const toolAnswer = ( model = 'other' ) => ( { raw: {
	id: 'chatcmpl-9', object: 'chat.completion', created: 1_700_000_000, model,
	choices: [ { index: 0, message: { role: 'assistant', content: null, tool_calls: toolCalls }, finish_reason: 'tool_calls' } ], usage,
} } );

/** The same, streamed in pieces. */
const toolStream = () => {
	const chunk = ( delta: object, finish_reason: string | null = null ) =>
		`data: ${ JSON.stringify( { id: 'chatcmpl-9', object: 'chat.completion.chunk', created: 1, model: 'other', choices: [ { index: 0, delta, finish_reason } ] } ) }\n\n`;
	return { headers: { 'content-type': 'text/event-stream' }, raw: [
		chunk( { role: 'assistant', content: null } ),
		chunk( { tool_calls: [ { index: 0, id: 'call_1', type: 'function', function: { name: 'get_price', arguments: '' } } ] } ),
		chunk( { tool_calls: [ { index: 0, function: { arguments: '{"sku":' } } ] } ),
		chunk( { tool_calls: [ { index: 0, function: { arguments: '"A1"}' } } ] } ),
		chunk( {}, 'tool_calls' ), 'data: [DONE]\n\n',
	].join( '' ) };
};

describe( 'OpenAI’s own client', () => {
	it( 'chats', async () => {
		world.upstream.respondWith( () => ( { text: 'Schöner Stuhl 🪑', usage } ) );
		const { data, request_id, response } = await client.chat.completions.create( {
			model: 'other', messages: [ { role: 'developer', content: 'You write.' }, ...messages ], temperature: 0.3, top_p: 0.9, max_completion_tokens: 200, stop: [ 'END' ], seed: 7,
			presence_penalty: 0.5, frequency_penalty: 0.25, user: 'u1',
		} ).withResponse();
		expect( data ).toMatchObject( {
			id: expect.stringMatching( /^chatcmpl-/ ), object: 'chat.completion', model: 'other', usage,
			choices: [ { index: 0, message: { role: 'assistant', content: 'Schöner Stuhl 🪑', refusal: null }, finish_reason: 'stop' } ],
		} );
		expect( request_id ).toBe( response.headers.get( 'x-request-id' ) );
		expect( world.upstream.requests[ 0 ]?.body ).toMatchObject( {
			model: 'other', temperature: 0.3, top_p: 0.9, max_tokens: 200, stop: [ 'END' ], seed: 7, presence_penalty: 0.5, frequency_penalty: 0.25,
			messages: [ { role: 'system', content: 'You write.' }, { role: 'user', content: 'Describe the chair, Größe 42 🪑' } ],
		} );
	} );

	it( 'streams, and is told the usage when it asks for it', async () => {
		world.upstream.respondWith( () => ( { text: 'Ein schöner Stuhl 🪑.', usage, pieceBytes: 1 } ) );
		const stream = await client.chat.completions.create( { model: 'other', messages, stream: true, stream_options: { include_usage: true } } );
		const chunks: OpenAI.ChatCompletionChunk[] = [];
		for await ( const chunk of stream ) {
			chunks.push( chunk );
		}
		expect( chunks[ 0 ]?.choices[ 0 ]?.delta ).toMatchObject( { role: 'assistant' } );
		expect( chunks.map( ( { choices } ) => choices[ 0 ]?.delta.content ?? '' ).join( '' ) ).toBe( 'Ein schöner Stuhl 🪑.' );
		expect( chunks.length ).toBeGreaterThan( 4 );
		expect( chunks.at( -2 )?.choices[ 0 ]?.finish_reason ).toBe( 'stop' );
		expect( chunks.at( -1 ) ).toMatchObject( { choices: [], usage } );
		expect( new Set( chunks.map( ( { id } ) => id ) ).size ).toBe( 1 );
	} );

	it( 'streams without usage unless it asks', async () => {
		world.upstream.respondWith( () => ( { text: 'Fine.', usage } ) );
		const stream = await client.chat.completions.create( { model: 'other', messages, stream: true } );
		for await ( const chunk of stream ) {
			expect( chunk ).not.toHaveProperty( 'usage' );
			expect( chunk.choices ).toHaveLength( 1 );
		}
	} );

	it( 'calls tools, whole, and goes on with what they say', async () => {
		world.upstream.respondWith( () => toolAnswer() );
		const first = await client.chat.completions.create( { model: 'other', messages, tools, tool_choice: 'required' } );
		const choice = first.choices[ 0 ];
		expect( choice ).toMatchObject( { finish_reason: 'tool_calls', message: { content: null, tool_calls: toolCalls } } );
		expect( world.upstream.requests[ 0 ]?.body ).toMatchObject( { tools, tool_choice: 'required' } );

		world.upstream.respondWith( () => ( { text: 'It costs 12 €.' } ) );
		const second = await client.chat.completions.create( {
			model: 'other', tools, messages: [ ...messages, choice!.message, { role: 'tool', tool_call_id: 'call_1', content: '{"price":12}' } ],
		} );
		expect( second.choices[ 0 ]?.message.content ).toBe( 'It costs 12 €.' );
		expect( world.upstream.requests[ 1 ]?.body.messages?.slice( 1 ) ).toEqual( [
			{ role: 'assistant', content: null, tool_calls: toolCalls }, { role: 'tool', tool_call_id: 'call_1', content: '{"price":12}' },
		] );
	} );

	it( 'calls tools in a stream, piece by piece', async () => {
		world.upstream.respondWith( toolStream );
		const runner = client.chat.completions.stream( { model: 'other', messages, tools } );
		const completion = await runner.finalChatCompletion();
		expect( completion.choices[ 0 ] ).toMatchObject( { finish_reason: 'tool_calls', message: { tool_calls: toolCalls } } );
	} );

	it( 'gets an object of the shape it asks for', async () => {
		world.upstream.respondWith( () => ( { text: '{"title":"Chair"}' } ) );
		const schema = { type: 'object', properties: { title: { type: 'string' } }, required: [ 'title' ], additionalProperties: false };
		const completion = await client.chat.completions.parse( {
			model: 'other', messages, response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } },
		} );
		expect( completion.choices[ 0 ]?.message.parsed ).toEqual( { title: 'Chair' } );
		expect( world.upstream.requests[ 0 ]?.body[ 'response_format' ] ).toMatchObject( { type: 'json_schema', json_schema: { name: 'answer', schema } } );

		await client.chat.completions.create( { model: 'other', messages, response_format: { type: 'json_object' } } );
		expect( world.upstream.requests[ 1 ]?.body[ 'response_format' ] ).toEqual( { type: 'json_object' } );
	} );

	it( 'is told no tool at once with another, how hard to think, and which words to avoid', async () => {
		world.upstream.respondWith( () => ( { text: 'Fine.' } ) );
		await client.chat.completions.create( {
			model: 'other', messages, tools, parallel_tool_calls: false, reasoning_effort: 'low', verbosity: 'high', logit_bias: { 50256: -100 }, service_tier: 'auto',
			prompt_cache_key: 'news', safety_identifier: 'b1', store: false, metadata: { a: 'b' },
		} );
		const body = world.upstream.requests[ 0 ]?.body;
		expect( body ).toMatchObject( { parallel_tool_calls: false, reasoning_effort: 'low', verbosity: 'high', logit_bias: { 50256: -100 } } );
		for ( const name of [ 'service_tier', 'store', 'metadata', 'prompt_cache_key', 'safety_identifier', 'user' ] ) {
			expect( body ).not.toHaveProperty( name );
		}
	} );

	it( 'gets log probabilities, whole and streamed alike', async () => {
		world.upstream.respondWith( () => ( { text: 'A chair 🪑 stands.' } ) );
		const ask = { model: 'other', messages, logprobs: true, top_logprobs: 2 };
		const whole = ( await client.chat.completions.create( ask ) ).choices[ 0 ];
		const tokens = whole?.logprobs?.content ?? [];
		expect( tokens.map( ( { token } ) => token ).join( '' ) ).toBe( 'A chair 🪑 stands.' );
		expect( tokens[ 0 ] ).toMatchObject( { logprob: -0.1, bytes: expect.any( Array ), top_logprobs: [ { token: 'other0' }, { token: 'other1' } ] } );
		const streamed = ( await client.chat.completions.stream( ask ).finalChatCompletion() ).choices[ 0 ];
		expect( streamed?.logprobs?.content ).toEqual( tokens );
		expect( world.upstream.requests[ 0 ]?.body ).toMatchObject( { logprobs: true, top_logprobs: 2 } );
		expect( ( await client.chat.completions.create( { model: 'other', messages } ) ).choices[ 0 ]?.logprobs ).toBeNull();
	} );

	it( 'gets several answers, whole and streamed, and pays for each', async () => {
		let number = 0;
		world.upstream.respondWith( () => ( { text: `Text ${ ++number } of many 🪑`, usage } ) );
		const whole = await client.chat.completions.create( { model: 'other', messages, n: 3 } );
		expect( whole.choices.map( ( { index } ) => index ) ).toEqual( [ 0, 1, 2 ] );
		expect( new Set( whole.choices.map( ( { message } ) => message.content ) ).size ).toBe( 3 );
		expect( whole.usage ).toMatchObject( { prompt_tokens: 63, completion_tokens: 27, total_tokens: 90 } );
		expect( world.upstream.requests ).toHaveLength( 3 );
		const stream = client.chat.completions.stream( { model: 'other', messages, n: 2, stream_options: { include_usage: true } } );
		const streamed = await stream.finalChatCompletion();
		expect( streamed.choices.map( ( { index } ) => index ) ).toEqual( [ 0, 1 ] );
		expect( streamed.choices.map( ( { message } ) => message.content ).sort() ).toEqual( [ 'Text 4 of many 🪑', 'Text 5 of many 🪑' ] );
		expect( streamed.usage ).toMatchObject( { total_tokens: 60 } );
	} );

	it( 'is told of the one that failed of several, and nothing goes on for the others', async () => {
		world.upstream.respondWith( () => (
			world.upstream.requests.length === 1 ? { stall: 'before-headers' } : { status: 400, raw: { error: { message: 'No.', code: null } } }
		) );
		await expect( client.chat.completions.create( { model: 'other', messages, n: 2 } ) ).rejects.toBeInstanceOf( OpenAI.BadRequestError );
		await world.upstream.requests[ 0 ]?.abandoned;
	} );

	it( 'hears a model decline in its own words, and not as if they were the answer', async () => {
		world.upstream.respondWith( () => ( { refusal: 'I cannot help with that.' } ) );
		const declined = { finish_reason: 'stop', message: { content: null, refusal: 'I cannot help with that.' } };
		expect( ( await client.chat.completions.create( { model: 'other', messages } ) ).choices[ 0 ] ).toMatchObject( declined );
		expect( ( await client.chat.completions.stream( { model: 'other', messages } ).finalChatCompletion() ).choices[ 0 ] ).toMatchObject( declined );
	} );

	it( 'shows a picture as data, and is told why an address is refused', async () => {
		const ask = ( url: string ) => client.chat.completions.create( {
			model: 'other', messages: [ { role: 'user', content: [ { type: 'text', text: 'What is this?' }, { type: 'image_url', image_url: { url } } ] } ],
		} );
		await ask( 'data:image/png;base64,iVBORw0KGgo=' );
		expect( JSON.stringify( world.upstream.requests[ 0 ]?.body.messages ) ).toContain( 'data:image/png;base64,iVBORw0KGgo=' );
		const refused = await ask( 'https://shop.example/chair.jpg' ).catch( ( error: unknown ) => error );
		expect( refused ).toBeInstanceOf( OpenAI.BadRequestError );
		expect( refused ).toMatchObject( { param: 'messages.0.content.1.image_url.url', message: expect.stringContaining( 'data URLs' ) } );
		expect( world.upstream.requests ).toHaveLength( 1 );
	} );

	it( 'lists the models it may use', async () => {
		const { data } = await client.models.list();
		expect( data.map( ( { id, object } ) => [ id, object ] ) ).toEqual( [ [ 'sample', 'model' ], [ 'other', 'model' ] ] );
		expect( data[ 0 ] ).toMatchObject( { draftkeeper: { default: true, input_micros_per_million_tokens: 0 } } );
	} );

	it( 'looks at one of them, also one with a slash in its name', async () => {
		expect( await client.models.retrieve( 'other' ) ).toMatchObject( { id: 'other', object: 'model', draftkeeper: { default: false } } );
		for ( const name of [ 'gpt-none', 'maker/model:free' ] ) {
			await expect( client.models.retrieve( name ) ).rejects.toMatchObject( { status: 404, code: 'model_not_found' } );
		}
	} );

	it( 'hangs up, and the provider is hung up on within 100 ms', async () => {
		const times: number[] = [];
		for ( const stream of [ true, false, true, false, true ] ) {
			world.upstream.respondWith( () => ( stream ? { text: 'One two three four five six', stall: 'mid-body' } : { stall: 'before-headers' } ) );
			const before = world.upstream.requests.length;
			const controller = new AbortController();
			const call = client.chat.completions.create( { model: 'other', messages, stream }, { signal: controller.signal } );
			const reading = stream ? readOne( call as Promise< AsyncIterable< unknown > > ) : call;
			await world.upstream.requested( before + 1 );
			const heard = stream ? await ( reading as ReturnType< typeof readOne > ) : null;
			const at = performance.now();
			controller.abort();
			if ( ! stream ) {
				await expect( call ).rejects.toBeInstanceOf( OpenAI.APIUserAbortError );
			}
			await world.upstream.requests[ before ]?.abandoned;
			times.push( performance.now() - at );
			expect( stream ? heard : true ).toBeTruthy();
		}
		// A busy machine may hold up single ones.
		expect( times.sort( ( a, b ) => a - b )[ 1 ] ).toBeLessThan( 100 );
		const [ totals ] = await world.gateway.api.callLog.totals( 'shop:1', 0 );
		expect( totals?.calls ).toBeGreaterThanOrEqual( 5 );
	} );
} );

async function readOne( call: Promise< AsyncIterable< unknown > > ): Promise< unknown > {
	return ( await ( await call )[ Symbol.asyncIterator ]().next() ).value;
}

describe( 'an error', () => {
	const fail = ( reply: object, request: object = {} ) => {
		world.upstream.respondWith( () => reply );
		return client.chat.completions.create( { model: 'other', messages, ...request } as OpenAI.ChatCompletionCreateParamsNonStreaming ).catch( ( error: unknown ) => error );
	};
	const openAiError = ( type: string, code: string | null ) => ( { error: { message: `Refused for sk-canary: Describe the chair`, type, param: null, code } } );

	it.each( [
		[ 'an unknown model', {}, { model: 'gpt-none' }, OpenAI.NotFoundError, { code: 'model_not_found', status: 404 } ],
		[ 'an unknown parameter', {}, { max_token: 5 }, OpenAI.BadRequestError, { param: 'max_token', code: 'unknown_parameter' } ],
		[ 'nine answers', {}, { n: 9 }, OpenAI.BadRequestError, { param: 'n' } ],
		[ 'an old parameter', {}, { functions: [] }, OpenAI.BadRequestError, { param: 'functions', message: expect.stringContaining( "'tools'" ) } ],
		[ 'a tier whose price nobody knows', {}, { service_tier: 'flex' }, OpenAI.BadRequestError, { param: 'service_tier' } ],
		[ 'other tokens without log probabilities', {}, { top_logprobs: 2 }, OpenAI.BadRequestError, { param: 'top_logprobs' } ],
		[ 'a wrong temperature', {}, { temperature: 3 }, OpenAI.BadRequestError, { param: 'temperature' } ],
		[ 'a result of no tool', {}, { messages: [ { role: 'tool', tool_call_id: 'x', content: '' } ] }, OpenAI.BadRequestError, { param: 'messages.0.tool_call_id' } ],
		[ 'a request that the provider refuses', { status: 400, raw: openAiError( 'invalid_request_error', null ) }, {}, OpenAI.BadRequestError, { code: 'provider_rejected' } ],
		[ 'a filter at the provider', { status: 400, raw: openAiError( 'invalid_request_error', 'content_filter' ) }, {}, OpenAI.BadRequestError, { code: 'content_filter' } ],
		[ 'a provider that refuses the key', { status: 401, raw: openAiError( 'invalid_request_error', 'invalid_api_key' ) }, {}, OpenAI.InternalServerError, { code: 'provider_auth', status: 502 } ],
		[ 'nonsense from the provider', { raw: '<html>Login</html>' }, {}, OpenAI.InternalServerError, { code: 'provider_bad_response' } ],
	] )( '%s becomes the exception that the client has for it', async ( _what, reply, request, type, fields ) => {
		const error = await fail( reply, request );
		expect( error ).toBeInstanceOf( type );
		expect( error ).toMatchObject( { ...fields, requestID: expect.stringMatching( /^[0-9a-f-]{36}$/ ), error: { draftkeeper: { code: expect.any( String ) } } } );
		expect( JSON.stringify( error ) + String( error ) ).not.toMatch( /sk-canary|chair/ );
	} );

	it( 'names the parameter that the model has no word for, and nobody is asked', async () => {
		world.gateway.useProvider( fakeProvider( { missing: () => 'seed' } ) );
		const error = await client.chat.completions.create( { model: 'other', messages, seed: 1, stream: true } ).catch( ( failure: unknown ) => failure );
		expect( error ).toBeInstanceOf( OpenAI.BadRequestError );
		expect( error ).toMatchObject( { param: 'seed', code: 'unsupported_parameter', message: expect.stringMatching( /'seed'.*'other'/ ) } );
		world.gateway.useProvider( world.provider );
	} );

	it( 'of a key is an AuthenticationError, and the key is in no log', async () => {
		const wrong = await world.client( `dk_${ 'x'.repeat( 49 ) }` );
		const error = await wrong.models.list().then( () => null, ( failure: unknown ) => failure );
		expect( error ).toBeInstanceOf( OpenAI.AuthenticationError );
		expect( error ).toMatchObject( { code: 'invalid_api_key' } );
		expect( world.gateway.logLines().join( '' ) ).not.toMatch( /dk_|sk-canary|Größe 42|Schöner/ );
	} );

	it( 'before the first word of a stream is an error, and no stream', async () => {
		world.upstream.respondWith( () => ( { status: 400, raw: openAiError( 'invalid_request_error', null ) } ) );
		await expect( client.chat.completions.create( { model: 'other', messages, stream: true } ) ).rejects.toBeInstanceOf( OpenAI.BadRequestError );
	} );

	it( 'in the middle of a stream is thrown where the text is read', async () => {
		let hear = () => {};
		// What a broken connection has brought may be thrown away unread.
		const heard = new Promise< void >( ( resolve ) => ( hear = resolve ) );
		world.upstream.respondWith( () => ( { text: 'One two three four five six seven eight', reset: 'mid-body', between: () => heard } ) );
		const stream = await client.chat.completions.create( { model: 'other', messages, stream: true } );
		let text = '';
		const reading = ( async () => {
			for await ( const chunk of stream ) {
				text += chunk.choices[ 0 ]?.delta.content ?? '';
				if ( text !== '' ) {
					hear();
				}
			}
		} )();
		await expect( reading ).rejects.toMatchObject( { code: 'provider_unavailable', type: 'server_error' } );
		expect( text ).toMatch( /^One/ );
		const body = await ( await fetch( `${ world.url }/v1/chat`, {
			method: 'POST', headers: { authorization: `Bearer ${ await world.addKey() }` }, body: JSON.stringify( { model: 'other', messages, stream: true } ),
		} ) ).text();
		expect( body ).not.toContain( '[DONE]' );
	} );
} );
