import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Site } from '../src/sites/site.ts';
import { startApiWorld, type ApiWorld } from './api-world.ts';

let world: ApiWorld;

beforeEach( async () => {
	world = await startApiWorld();
} );

afterEach( () => world.stop() );

/** The file says something else about the shop from now on. */
function change( changes: Partial< Site > ): void {
	world.gateway.sites.replace( new Map( [ [ 'shop:1', { ...world.shop.site, ...changes } ] ] ) );
}

const question = { role: 'user', content: 'Hello' } as const;
const ask = ( client: OpenAI, extra: object = {} ) => client.chat.completions.create( { model: 'other', messages: [ question ], ...extra } );
const nothing = { requests: 0, tokens: 0, micros: 0 };
const ofMonth = ( scope = 'shop:1' ) => world.gateway.budgets.read( scope, '2026-03' );

describe( 'a call of the API', () => {
	it( 'is held to the limit of its key beside that of the site, in headers that clients know', async () => {
		change( { limits: [ { requests: 100, seconds: 60 } ] } );
		const client = await world.client( await world.addKey( { requests_per_minute: 1 } ) );
		const { response } = await client.chat.completions.create( { model: 'other', messages: [ question ] } ).withResponse();
		expect( response.headers.get( 'ratelimit' ) ).toBe( '"site-60s";r=99;t=60, "key-60s";r=0;t=60' );
		const refused = await ask( client ).catch( ( error: unknown ) => error );
		expect( refused ).toBeInstanceOf( OpenAI.RateLimitError );
		expect( ( refused as InstanceType< typeof OpenAI.RateLimitError > ).headers?.get( 'retry-after' ) ).toBe( '60' );
		expect( ( await ask( await world.client() ) ).choices ).toHaveLength( 1 );
	} );

	it( 'takes from the budgets of its site and of its key what the provider reports', async () => {
		change( { budgets: { month: { tokens: 100_000 } } } );
		const key = await world.addKey( { budgets: { month: { micros: 1_000_000 } } } );
		const [ stored ] = await world.gateway.api.keys.list( 'shop:1' );
		world.upstream.respondWith( () => ( { text: 'Hi', usage: { prompt_tokens: 11, completion_tokens: 4 } } ) );
		await ask( await world.client( key ) );
		await expect.poll( () => ofMonth() ).toMatchObject( { used: { requests: 1, tokens: 15 }, reserved: nothing } );
		expect( await ofMonth( `shop:1 key ${ stored?.id ?? '' }` ) ).toMatchObject( { used: { requests: 1, tokens: 15 } } );
	} );

	it( 'is held to the tokens that its key has for a day, however many come at once, and the next day they are there again', async () => {
		const client = await world.client( await world.addKey( { budgets: { day: { tokens: 350 } } } ) );
		const [ key ] = await world.gateway.api.keys.list( 'shop:1' );
		const ofDay = ( day: string ) => world.gateway.budgets.read( `shop:1 key ${ key?.id ?? '' }`, day );
		world.upstream.respondWith( () => ( { text: 'Hi', usage: { prompt_tokens: 8, completion_tokens: 2 } } ) );
		// Each may take 8 tokens of its question and 100 of its answer.
		const asked = Array.from( { length: 40 }, () => ask( client, { max_tokens: 100 } ).then( () => 'answered', ( error: unknown ) => error ) );
		const refused = ( await Promise.all( asked ) ).filter( ( each ) => each !== 'answered' );
		expect( world.upstream.requests.length ).toBe( 40 - refused.length );
		expect( refused.length ).toBeGreaterThan( 0 );
		const used = ( await ofDay( '2026-03-01' ) ).used;
		expect( used ).toMatchObject( { requests: 40 - refused.length, tokens: ( 40 - refused.length ) * 10 } );
		expect( refused[ 0 ] ).toMatchObject( {
			status: 429, code: 'insufficient_quota', error: { draftkeeper: { code: 'budget_exhausted', retryable: false } },
			message: expect.stringMatching( /The key may use 350 tokens in 2026-03-01.*this request may take up to 108 tokens/ ),
		} );
		// Nobody else pays for it, and it pays for nobody else.
		expect( ( await ask( await world.client(), { max_tokens: 300 } ) ).choices ).toHaveLength( 1 );
		expect( ( await ofDay( '2026-03-01' ) ).used ).toEqual( used );
		await world.gateway.clock.advance( 24 * 3_600_000 );
		await ask( client, { max_tokens: 300 } );
		await expect.poll( () => ofDay( '2026-03-02' ) ).toMatchObject( { used: { requests: 1, tokens: 10 }, reserved: nothing } );
	} );

	it( 'takes a stream that its reader leaves from the budget of its key, for the most it could cost', async () => {
		const client = await world.client( await world.addKey( { budgets: { day: { tokens: 1_000 } } } ) );
		const [ key ] = await world.gateway.api.keys.list( 'shop:1' );
		world.upstream.respondWith( () => ( { text: 'A long answer that stops', stall: 'mid-body' } ) );
		const stream = await client.chat.completions.create( { model: 'other', messages: [ question ], stream: true, max_tokens: 300 } );
		for await ( const _chunk of stream ) {
			break;
		}
		stream.controller.abort();
		await expect.poll( () => world.gateway.budgets.read( `shop:1 key ${ key?.id ?? '' }`, '2026-03-01' ) ).toEqual( {
			used: { requests: 1, tokens: 308, micros: 0 }, reserved: nothing,
		} );
	} );

	it( 'holds as much as all the answers that it asks for may cost, and counts each once', async () => {
		change( { budgets: { day: { tokens: 350 } }, cache: { seconds: 60, max_temperature: 1 } } );
		world.upstream.respondWith( () => ( { text: 'Hi', usage: { prompt_tokens: 8, completion_tokens: 2 } } ) );
		const client = await world.client();
		await expect( ask( client, { max_tokens: 100, n: 4 } ) ).rejects.toMatchObject( { status: 429, message: expect.stringContaining( 'up to 432 tokens' ) } );
		expect( ( await ask( client, { max_tokens: 100, n: 3 } ) ).choices ).toHaveLength( 3 );
		await expect.poll( () => world.gateway.budgets.read( 'shop:1', '2026-03-01' ) ).toMatchObject( { used: { requests: 1, tokens: 30 }, reserved: nothing } );
		expect( world.upstream.requests ).toHaveLength( 3 );
	} );

	it( 'is refused before the provider hears of it where the budget has no room', async () => {
		change( { budgets: { day: { tokens: 100 } } } );
		const client = await world.client();
		const refused = await ask( client, { max_tokens: 200 } ).catch( ( error: unknown ) => error );
		expect( refused ).toMatchObject( { status: 429, code: 'insufficient_quota', error: { draftkeeper: { code: 'budget_exhausted' } } } );
		expect( world.upstream.requests ).toHaveLength( 0 );
		const lines = world.gateway.logLines().map( ( line ) => JSON.parse( line ) as object );
		expect( lines ).toContainEqual( expect.objectContaining( { msg: 'request answered', tenant: 'shop:1', code: 'budget_exhausted' } ) );
		await ask( client, { max_tokens: 50 } );
	} );

	it( 'counts a stream that nobody reads to its end, once, for the most it could cost', async () => {
		change( { budgets: { month: { tokens: 10_000 } } } );
		world.upstream.respondWith( () => ( { text: 'A long answer that stops', stall: 'mid-body' } ) );
		const client = await world.client();
		const stream = await client.chat.completions.create( { model: 'other', messages: [ question ], stream: true, max_tokens: 300 } );
		for await ( const _chunk of stream ) {
			break;
		}
		stream.controller.abort();
		await expect.poll( async () => ( await ofMonth() ).reserved ).toEqual( nothing );
		const { used } = await ofMonth();
		expect( used.requests ).toBe( 1 );
		expect( used.tokens ).toBeGreaterThan( 300 );
		expect( used.tokens ).toBeLessThan( 320 );
	} );

	it( 'is not taken for lost where the clock is set forward while it is under way', async () => {
		change( { budgets: { month: { tokens: 10_000 } } } );
		let answer: ( reply: object ) => void = () => {};
		world.upstream.respondWith( () => new Promise( ( resolve ) => ( answer = resolve ) ) );
		const asked = ask( await world.client(), { max_tokens: 300 } );
		await world.upstream.requested( 1 );
		world.gateway.clock.setBy( 3_600_000 );
		await world.gateway.policy.budgetSweep.run();
		answer( { text: 'Hi', usage: { prompt_tokens: 11, completion_tokens: 4 } } );
		await asked;
		await expect.poll( () => ofMonth() ).toMatchObject( { used: { requests: 1, tokens: 15 }, reserved: nothing } );
	} );

	it( 'counts every call, whatever request id its sender gives it', async () => {
		change( { budgets: { month: { tokens: 10_000 } } } );
		const client = await world.client();
		const headers = { 'x-request-id': '018f6b0a-7c1e-4b8e-9d55-0c4f3f1e2a77' };
		for ( let number = 0; number < 3; number++ ) {
			await client.chat.completions.create( { model: 'other', messages: [ question ] }, { headers } );
		}
		await expect.poll( async () => ( await ofMonth() ).used.requests ).toBe( 3 );
	} );

	it( 'loses the oldest turns of a long conversation, and what is too long of its answer', async () => {
		change( { max_input_tokens: 60, max_output_tokens: 20 } );
		const turns = Array.from( { length: 12 }, ( _, index ) => ( { role: index % 2 === 0 ? 'user' : 'assistant', content: `Turn ${ index } about chairs.` } ) );
		await ask( await world.client(), { messages: [ { role: 'system', content: 'You sell chairs.' }, ...turns, question ], max_tokens: 500 } );
		const sent = world.upstream.requests[ 0 ]?.body as { messages: { role: string; content: string }[]; max_tokens: number };
		expect( sent.max_tokens ).toBe( 20 );
		expect( sent.messages[ 0 ]?.content ).toBe( 'You sell chairs.' );
		expect( sent.messages.at( -1 )?.content ).toBe( 'Hello' );
		expect( sent.messages.length ).toBeLessThan( 8 );
		const refused = await ask( await world.client(), { messages: [ { role: 'user', content: 'chair '.repeat( 100 ) } ] } ).catch( ( error: unknown ) => error );
		expect( refused ).toMatchObject( { code: 'context_length_exceeded', error: { draftkeeper: { code: 'prompt_too_long' } } } );
	} );

	it( 'loses the pictures of old turns too where they are too much, and hides nothing in its tools', async () => {
		change( { max_input_tokens: 1_500 } );
		const picture = { role: 'user', content: [ { type: 'text', text: 'This?' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } } ] };
		const messages = [ picture, { role: 'assistant', content: 'A chair.' }, picture ];
		await ask( await world.client(), { messages } );
		expect( world.upstream.requests[ 0 ]?.body.messages ).toHaveLength( 1 );
		const tool = { type: 'function', function: { name: 'stock', description: 'chair '.repeat( 1_600 ), parameters: { type: 'object', properties: {} } } };
		await expect( ask( await world.client(), { tools: [ tool ] } ) ).rejects.toMatchObject( { code: 'context_length_exceeded' } );
		const schema = { type: 'object', properties: { a: { type: 'string', description: 'chair '.repeat( 1_600 ) } } };
		const format = { type: 'json_schema', json_schema: { name: 'answer', schema } };
		await expect( ask( await world.client(), { response_format: format } ) ).rejects.toMatchObject( { code: 'context_length_exceeded' } );
		expect( world.upstream.requests ).toHaveLength( 1 );
	} );

	it( 'is sent without what is private, and not at all where a rule of the site holds it back', async () => {
		change( { redaction: 'api', moderation: { patterns: [ 'bomb' ], model: 'm', on_error: 'block' } } );
		const client = await world.client();
		await ask( client, { messages: [ { role: 'user', content: 'I am jane@shop.example' } ] } );
		await client.embeddings.create( { model: 'other', input: 'Call +49 30 12345678' } );
		expect( world.upstream.requests.map( ( { body } ) => body.messages?.[ 0 ]?.content ?? body.input ) ).toEqual( [ 'I am [email]', [ 'Call [phone]' ] ] );
		const refused = await ask( client, { messages: [ { role: 'user', content: 'A bomb' } ] } ).catch( ( error: unknown ) => error );
		expect( refused ).toMatchObject( { status: 400, error: { draftkeeper: { code: 'content_filtered' } } } );
		expect( world.upstream.requests ).toHaveLength( 2 );
	} );

	it( 'is answered from the cache, whole or streamed, for nothing, and shared with nobody', async () => {
		change( { cache: { seconds: 60, max_temperature: 1 }, budgets: { month: { tokens: 100_000 } } } );
		const client = await world.client();
		const first = await ask( client );
		const again = await ask( client );
		expect( again.choices[ 0 ]?.message.content ).toBe( first.choices[ 0 ]?.message.content );
		expect( again.usage?.total_tokens ).toBe( 0 );
		let streamed = '';
		for await ( const chunk of await client.chat.completions.create( { model: 'other', messages: [ question ], stream: true } ) ) {
			streamed += chunk.choices[ 0 ]?.delta.content ?? '';
		}
		expect( streamed ).toBe( first.choices[ 0 ]?.message.content );
		expect( world.upstream.requests ).toHaveLength( 1 );
		await expect.poll( async () => ( await ofMonth() ).used.requests ).toBe( 1 );
		const tool = { type: 'function', function: { name: 'stock', parameters: { type: 'object', properties: {} } } };
		await ask( await world.client() );
		await ask( client, { user: 'berta' } );
		await ask( client, { temperature: 1.2 } );
		await ask( client, { tools: [ tool ] } );
		await ask( client, { tools: [ tool ] } );
		await client.chat.completions.create( { model: 'other', messages: [ question ] }, { headers: { 'cache-control': 'no-cache' } } );
		expect( world.upstream.requests ).toHaveLength( 7 );
	} );

	it( 'makes one call for many that ask the same at the same time', async () => {
		change( { cache: { seconds: 60, max_temperature: 1 } } );
		const client = await world.client();
		world.upstream.hold();
		const asked = Array.from( { length: 5 }, () => ask( client ) );
		await world.upstream.requested( 1 );
		world.upstream.release();
		expect( new Set( ( await Promise.all( asked ) ).map( ( { choices } ) => choices[ 0 ]?.message.content ) ).size ).toBe( 1 );
		expect( world.upstream.requests ).toHaveLength( 1 );
	} );
} );
