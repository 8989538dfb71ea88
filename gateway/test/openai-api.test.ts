import { randomUUID } from 'node:crypto';
import { modelList } from '@draftkeeper/contract';
import { apiError } from '@draftkeeper/contract/openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiKey } from '../src/keys/api-key.ts';
import { countTokens } from '../src/tokenizer/count-tokens.ts';
import { startApiWorld, apiSecret, type ApiWorld } from './api-world.ts';
import { fakeProvider, sampleProvider } from './test-providers.ts';
import { signRequest } from './sign-request.ts';
import { signToken } from './test-site.ts';

let world: ApiWorld;

beforeEach( async () => {
	world = await startApiWorld( { origins: [ 'https://www.shop.test' ] } );
} );

afterEach( () => world.stop() );

const chat = ( extra: object = {} ) => JSON.stringify( { model: 'other', messages: [ { role: 'user', content: 'Hello' } ], ...extra } );

type Call = { path?: string; method?: string; body?: string; headers?: Record< string, string > };

async function send( { path = '/v1/chat', method = 'POST', body, headers = {} }: Call ) {
	const response = await fetch( world.url + path, { method, headers, ...( body === undefined ? {} : { body } ) } );
	const text = await response.text();
	return { status: response.status, headers: response.headers, text, json: () => JSON.parse( text ) };
}

const withKey = async ( call: Call = {}, key?: Partial< ApiKey > ) =>
	send( { body: chat(), ...call, headers: { ...call.headers, authorization: `Bearer ${ await world.addKey( key ) }` } } );

describe( 'a call that belongs to a trace', () => {
	const trace_id = '0af7651916cd43dd8448eb211c80319c';

	it( 'stays in it on its way to the provider and in the log', async () => {
		const headers = { traceparent: `00-${ trace_id }-b7ad6b7169203331-00` };
		expect( ( await withKey( { headers } ) ).headers.get( 'x-request-id' ) ).toBe( '0af76519-16cd-43dd-8448-eb211c80319c' );
		const sent = String( world.upstream.requests[ 0 ]?.headers[ 'traceparent' ] );
		const [ , span_id = 'none' ] = /^00-0af7651916cd43dd8448eb211c80319c-([0-9a-f]{16})-00$/.exec( sent ) ?? [];
		const lines = world.gateway.logLines().map( ( line ) => JSON.parse( line ) as object );
		expect( lines ).toContainEqual( expect.objectContaining( { msg: 'provider call ended', trace_id, span_id } ) );
		await expect.poll( () => world.gateway.logLines().map( ( line ) => JSON.parse( line ) as object ) ).toContainEqual(
			expect.objectContaining( { msg: 'request answered', trace_id, parent_span_id: 'b7ad6b7169203331' } )
		);
	} );

	it( 'keeps an id of the request beside it, and embeds in it too', async () => {
		const id = randomUUID();
		const body = JSON.stringify( { model: 'other', input: 'Hello' } );
		await withKey( { path: '/v1/embeddings', body, headers: { traceparent: `00-${ trace_id }-b7ad6b7169203331-01`, 'x-request-id': id } } );
		expect( world.upstream.requests[ 0 ]?.headers[ 'traceparent' ] ).toMatch( /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad)[0-9a-f]{16}-01$/ );
		const lines = world.gateway.logLines().map( ( line ) => JSON.parse( line ) as object );
		expect( lines ).toContainEqual( expect.objectContaining( { request_id: id, trace_id } ) );
	} );
} );

describe( 'a key', () => {
	it( 'opens the API of its site, and is noted as used, to the hour', async () => {
		const key = await world.addKey();
		const ask = () => send( { body: chat(), headers: { authorization: `Bearer ${ key }` } } );
		expect( ( await ask() ).status ).toBe( 200 );
		const used = async () => ( await world.gateway.api.keys.list( null ) )[ 0 ]?.last_used_at;
		const first = world.gateway.clock.now();
		await expect.poll( used ).toBe( first );
		await world.gateway.clock.advance( 3_599_999 );
		await ask();
		expect( await used() ).toBe( first );
		await world.gateway.clock.advance( 1 );
		await ask();
		await expect.poll( used ).toBe( first + 3_600_000 );
	} );

	it( 'is refused from the moment on in which it is revoked', async () => {
		const key = await world.addKey();
		const ask = () => send( { path: '/v1/models', method: 'GET', headers: { authorization: `Bearer ${ key }` } } );
		expect( ( await ask() ).status ).toBe( 200 );
		const [ stored ] = await world.gateway.api.keys.list( null );
		await world.gateway.api.keys.revoke( stored?.id ?? '', 1 );
		expect( ( await ask() ).json() ).toMatchObject( { error: { type: 'authentication_error', message: expect.stringContaining( 'revoked' ) } } );
	} );

	it.each< [ string, Partial< ApiKey >, Call, number, string ] >( [
		[ 'that has expired', { expires_at: Date.parse( '2026-03-01T09:30:00Z' ) }, {}, 401, 'unauthenticated' ],
		[ 'for other routes', { routes: [ 'models', 'embeddings' ] }, {}, 403, 'forbidden' ],
		[ 'for other models', { models: [ 'sample' ] }, {}, 404, 'model_not_allowed' ],
		[ 'of a site that is gone', { tenant: 'gone:1' }, {}, 401, 'unauthenticated' ],
		[ 'in a browser, without being made for it', {}, { headers: { origin: 'https://shop.test' } }, 403, 'forbidden' ],
		[ 'on a page of another site', { browser: true }, { headers: { origin: 'https://blog.test' } }, 403, 'forbidden' ],
		[ 'on a page without an origin', { browser: true }, { headers: { origin: 'null' } }, 403, 'forbidden' ],
	] )( '%s is refused', async ( _what, key, call, status, code ) => {
		const answer = await withKey( call, key );
		expect( answer.status ).toBe( status );
		expect( apiError.parse( answer.json() ).error.draftkeeper ).toMatchObject( { code, request_id: answer.headers.get( 'x-request-id' ) } );
		expect( world.upstream.requests ).toHaveLength( 0 );
	} );

	it.each( [ '', 'Bearer', 'Bearer x', `Bearer dk_${ 'a'.repeat( 49 ) }`, 'Basic ZGs6ZGs=' ] )( 'that is none (%s) is refused before the body is read', async ( authorization ) => {
		const answer = await send( { body: '{', headers: { authorization } } );
		expect( answer.status ).toBe( 401 );
		expect( answer.json().error.code ).toBe( 'invalid_api_key' );
	} );

	it( 'that was made for it works in scripts of the site’s pages', async () => {
		const answer = await withKey( { headers: { origin: 'https://www.shop.test' } }, { browser: true } );
		expect( answer.status ).toBe( 200 );
		expect( answer.headers.get( 'access-control-allow-origin' ) ).toBe( 'https://www.shop.test' );
		const preflight = await send( { method: 'OPTIONS', headers: { origin: 'https://shop.test', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' } } );
		expect( [ preflight.status, preflight.headers.get( 'access-control-allow-origin' ) ] ).toEqual( [ 204, 'https://shop.test' ] );
	} );

	it( 'opens no jobs', async () => {
		const answer = await withKey( { path: '/v1/jobs', body: '{}' } );
		expect( [ answer.status, answer.json().code ] ).toEqual( [ 401, 'unauthenticated' ] );
	} );

	it( 'does nothing while the API of the site is off, or the site itself', async () => {
		const key = await world.addKey();
		const ask = () => send( { body: chat(), headers: { authorization: `Bearer ${ key }` } } );
		const set = ( changes: object ) => world.gateway.sites.replace( new Map( [ [ 'shop:1', { ...world.shop.site, ...changes } ] ] ) );
		set( { api: false } );
		expect( ( await ask() ).json().error.draftkeeper.code ).toBe( 'api_off' );
		set( { disabled: true } );
		expect( ( await ask() ).json().error.draftkeeper.code ).toBe( 'site_disabled' );
	} );
} );

describe( 'a signature', () => {
	const signed = ( overrides: Partial< Parameters< typeof signRequest >[ 1 ] > = {} ) =>
		signRequest( apiSecret, { method: 'POST', target: '/v1/chat', body: chat(), now: world.gateway.clock.now(), ...overrides } );

	it( 'opens the API once', async () => {
		const headers = signed();
		const first = await send( { body: chat(), headers } );
		expect( [ first.status, first.headers.get( 'x-request-id' ) ] ).toEqual( [ 200, headers[ 'x-request-id' ] ] );
		const again = await send( { body: chat(), headers } );
		expect( [ again.status, again.json().error.draftkeeper.code ] ).toEqual( [ 401, 'token_replayed' ] );
	} );

	it( 'of another body, or in a browser, opens nothing', async () => {
		expect( ( await send( { body: chat( { seed: 1 } ), headers: signed() } ) ).json().error.draftkeeper.code ).toBe( 'bad_signature' );
		expect( ( await send( { body: chat(), headers: { ...signed(), origin: 'https://shop.test' } } ) ).json().error.draftkeeper.code ).toBe( 'forbidden' );
	} );

	it( 'lists models without a body', async () => {
		const answer = await send( { path: '/v1/models', method: 'GET', headers: signed( { method: 'GET', target: '/v1/models', body: '' } ) } );
		expect( answer.status ).toBe( 200 );
	} );
} );

describe( 'WordPress', () => {
	const ask = async ( path: string, method: string, body?: string ) => send( { path, method, ...( body === undefined ? {} : { body } ), headers: {
		authorization: `Bearer ${ await signToken( world.shop, { method, url: `http://gateway.test${ path }`, body: body ?? '', now: world.gateway.clock.now() } ) }`,
	} } );

	it( 'lists the models of its site with its token, also where the API is off for others', async () => {
		world.gateway.sites.replace( new Map( [ [ 'shop:1', { ...world.shop.site, api: false } ] ] ) );
		const answer = await ask( '/v1/models', 'GET' );
		expect( modelList.parse( answer.json() ).data.map( ( { id, draftkeeper } ) => [ id, draftkeeper.default ] ) ).toEqual( [ [ 'sample', true ], [ 'other', false ] ] );
	} );

	it( 'has no other route here: its work is done in jobs', async () => {
		expect( ( await ask( '/v1/chat', 'POST', chat() ) ).status ).toBe( 401 );
	} );
} );

describe( 'a request with a name', () => {
	it( 'is paid for once, whole and streamed, and repeated for a day', async () => {
		const key = await world.addKey();
		for ( const stream of [ false, true ] ) {
			const ask = () => send( { body: chat( { stream, stream_options: { include_usage: true } } ), headers: { authorization: `Bearer ${ key }`, 'idempotency-key': `"name ${ stream }"` } } );
			const first = await ask();
			const second = await ask();
			expect( [ first.status, second.status, first.headers.get( 'idempotency-replayed' ), second.headers.get( 'idempotency-replayed' ) ] ).toEqual( [ 200, 200, null, 'true' ] );
			const written = ( text: string ) => ( stream
				? text.split( '\n\n' ).filter( ( line ) => line.startsWith( 'data: {' ) ).map( ( line ) => JSON.parse( line.slice( 6 ) ).choices[ 0 ]?.delta.content ?? '' ).join( '' )
				: text );
			expect( written( second.text ) ).toBe( written( first.text ) );
			expect( written( first.text ) ).toContain( 'This is text' );
			expect( second.text.includes( '[DONE]' ) ).toBe( stream );
		}
		expect( world.upstream.requests ).toHaveLength( 2 );
		await world.gateway.clock.advance( 86_400_000 );
		await send( { body: chat( { stream: false, stream_options: { include_usage: true } } ), headers: { authorization: `Bearer ${ key }`, 'idempotency-key': 'name false' } } );
		expect( world.upstream.requests ).toHaveLength( 3 );
	} );

	it( 'of fifty at the same time is begun once; the others are told to come back', async () => {
		const headers = { authorization: `Bearer ${ await world.addKey() }`, 'idempotency-key': 'one' };
		world.upstream.hold();
		const statuses: number[] = [];
		const calls = Array.from( { length: 50 }, () => send( { body: chat(), headers } ).then( ( answer ) => {
			statuses.push( answer.status );
			return answer;
		} ) );
		await expect.poll( () => statuses ).toEqual( Array.from( { length: 49 }, () => 409 ) );
		world.upstream.release();
		const answers = await Promise.all( calls );
		expect( statuses.at( -1 ) ).toBe( 200 );
		const waiting = answers.find( ( { status } ) => status === 409 );
		expect( waiting?.headers.get( 'retry-after' ) ).toBe( '1' );
		expect( waiting?.json().error.draftkeeper ).toMatchObject( { code: 'request_in_progress', retryable: true } );
		expect( world.upstream.requests ).toHaveLength( 1 );
	} );

	it( 'is another one for another key, and refused with another body', async () => {
		const name = { 'idempotency-key': 'one' };
		expect( ( await withKey( { headers: name } ) ).status ).toBe( 200 );
		expect( ( await withKey( { headers: name } ) ).status ).toBe( 200 );
		expect( world.upstream.requests ).toHaveLength( 2 );
		const headers = { authorization: `Bearer ${ await world.addKey() }`, ...name };
		await send( { body: chat(), headers } );
		const other = await send( { body: chat( { seed: 2 } ), headers } );
		expect( [ other.status, other.json().error.draftkeeper.code ] ).toEqual( [ 422, 'idempotency_key_reused' ] );
	} );

	it( 'that failed may be sent again under its name', async () => {
		const headers = { authorization: `Bearer ${ await world.addKey() }`, 'idempotency-key': 'one' };
		world.upstream.respondWith( () => ( { status: 400, raw: '{}' } ) );
		expect( ( await send( { body: chat(), headers } ) ).status ).toBe( 400 );
		world.upstream.respondWith( null );
		expect( ( await send( { body: chat(), headers } ) ).status ).toBe( 200 );
	} );

	it( 'that cannot be read is refused', async () => {
		expect( ( await withKey( { headers: { 'idempotency-key': 'x'.repeat( 256 ) } } ) ).json().error.draftkeeper.code ).toBe( 'invalid_idempotency_key' );
	} );
} );

describe( 'a stream', () => {
	it( 'brings the text also of a model that answers whole although it was asked for pieces', async () => {
		world.upstream.respondWith( () => ( { raw: { choices: [ { message: { role: 'assistant', content: 'All at once.' }, finish_reason: 'stop' } ] } } ) );
		const { text } = await withKey( { body: chat( { stream: true } ) } );
		const chunks = text.split( '\n\n' ).filter( ( line ) => line.startsWith( 'data: {' ) ).map( ( line ) => JSON.parse( line.slice( 6 ) ).choices[ 0 ] );
		expect( chunks.map( ( { delta } ) => delta.content ?? '' ).join( '' ) ).toBe( 'All at once.' );
		expect( [ chunks.at( -1 ).finish_reason, text.endsWith( 'data: [DONE]\n\n' ) ] ).toEqual( [ 'stop', true ] );
	} );
} );

describe( 'the books', () => {
	it( 'hold what each key has used, and no text', async () => {
		world.upstream.respondWith( () => ( { text: 'canary answer', usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } } ) );
		await withKey( { body: chat( { messages: [ { role: 'user', content: 'canary question' } ] } ) } );
		world.upstream.respondWith( () => ( { status: 400, raw: '{}' } ) );
		await send( { body: chat(), headers: signRequest( apiSecret, { method: 'POST', target: '/v1/chat', body: chat(), now: world.gateway.clock.now() } ) } );
		const totals = await world.gateway.api.callLog.totals( 'shop:1', 0 );
		const [ key ] = await world.gateway.api.keys.list( null );
		expect( totals ).toEqual( expect.arrayContaining( [
			{ tenant: 'shop:1', key_id: key?.id, model: 'other', calls: 1, failed: 0, tokens_in: 7, tokens_out: 3, cost_micros: 0, estimated: 0 },
			{ tenant: 'shop:1', key_id: null, model: 'other', calls: 1, failed: 1, tokens_in: 0, tokens_out: 0, cost_micros: 0, estimated: 0 },
		] ) );
		const rows = world.gateway.database.prepare( 'SELECT * FROM api_calls' ).all();
		expect( JSON.stringify( rows ) + world.gateway.logLines().join( '' ) ).not.toContain( 'canary' );
	} );
} );

describe( 'a gateway that is being stopped', () => {
	it( 'begins nothing more', async () => {
		world.gateway.beginClosing();
		const answer = await withKey();
		expect( [ answer.status, answer.headers.get( 'retry-after' ), answer.json().error.draftkeeper.code ] ).toEqual( [ 503, '10', 'overloaded' ] );
	} );

	it( 'ends the streams that are open with an error, not as if they were whole', async () => {
		world.upstream.respondWith( () => ( { text: 'One two three four five six', stall: 'mid-body' } ) );
		const call = withKey( { body: chat( { stream: true } ) } );
		await world.upstream.requested( 1 );
		await expect.poll( () => world.gateway.running.size ).toBe( 1 );
		await expect.poll( () => world.upstream.requests.length ).toBe( 1 );
		world.gateway.running.stop();
		const { text } = await call;
		expect( text ).toContain( '"overloaded"' );
		expect( text ).not.toContain( '[DONE]' );
	} );
} );

describe( 'POST /v1/embeddings', () => {
	const embed = ( body: object ) => withKey( { path: '/v1/embeddings', body: JSON.stringify( { model: 'other', ...body } ) } );

	beforeEach( () => world.gateway.useProvider( fakeProvider( {
		embed: async ( { values, dimensions = 2 } ) => ( {
			embeddings: values.map( ( value ) => Array.from( { length: dimensions }, ( _nothing, index ) => value.length / ( index + 3 ) ) ),
			usage: { tokens_in: 4, tokens_out: 0 },
		} ),
	} ) ) );

	it( 'answers in numbers, one vector per text', async () => {
		expect( ( await embed( { input: [ 'a', 'bb' ] } ) ).json() ).toEqual( {
			object: 'list', model: 'other', usage: { prompt_tokens: 4, total_tokens: 4 },
			data: [ { object: 'embedding', index: 0, embedding: [ 1 / 3, 1 / 4 ] }, { object: 'embedding', index: 1, embedding: [ 2 / 3, 2 / 4 ] } ],
		} );
	} );

	it( 'answers in base64, which OpenAI’s client asks for and unpacks', async () => {
		const client = await world.client();
		const { data } = await client.embeddings.create( { model: 'other', input: 'abc', dimensions: 3 } );
		expect( data[ 0 ]?.embedding ).toEqual( [ Math.fround( 1 ), Math.fround( 3 / 4 ), Math.fround( 3 / 5 ) ] );
		const answer = await embed( { input: 'abc', encoding_format: 'base64' } );
		expect( Buffer.from( answer.json().data[ 0 ].embedding, 'base64' ).readFloatLE( 4 ) ).toBe( 0.75 );
	} );

	it( 'needs no key of a provider to be tried', async () => {
		world.gateway.useProvider( sampleProvider() );
		const { data: [ shelf, shelves, lamp ] } = ( await embed( { input: [ 'An oak shelf', 'Oak shelves', 'A lamp' ], dimensions: 64 } ) ).json();
		const likeness = ( other: { embedding: number[] } ) => other.embedding.reduce( ( sum, value, index ) => sum + value * shelf.embedding[ index ], 0 );
		expect( shelf.embedding ).toHaveLength( 64 );
		expect( likeness( shelves ) ).toBeGreaterThan( likeness( lamp ) );
		expect( ( await withKey( { body: chat() } ) ).json() ).toMatchObject( { choices: [ { message: { content: expect.stringContaining( '“Hello”' ) } } ] } );
	} );

	it( 'are in the books with tokens that the provider has not told, and marked as an estimate', async () => {
		world.upstream.respondWith( () => ( { usage: null } ) );
		world.gateway.useProvider( world.provider );
		const { usage } = ( await embed( { input: [ 'Ein Stuhl aus Eiche', 'zwei' ] } ) ).json();
		expect( usage.prompt_tokens ).toBe( await countTokens( 'Ein Stuhl aus Eiche' ) + await countTokens( 'zwei' ) );
		expect( await world.gateway.api.callLog.totals( 'shop:1', 0 ) ).toMatchObject( [ { calls: 1, tokens_in: usage.prompt_tokens, tokens_out: 0, cost_micros: 0, estimated: 1 } ] );
		expect( world.gateway.logLines().join( '' ) ).toContain( '"is_estimated":true' );
	} );

	it( 'reads texts that a client has cut into tokens, as LangChain’s does', async () => {
		const seen: string[][] = [];
		world.gateway.useProvider( fakeProvider( {
			embed: async ( { values } ) => ( { embeddings: values.map( () => [ 1 ] ), usage: { tokens_in: ( seen.push( values ), 1 ), tokens_out: 0 } } ),
		} ) );
		expect( ( await embed( { input: [ 15339, 1917 ] } ) ).json().data ).toHaveLength( 1 );
		expect( ( await embed( { input: [ [ 15339 ], [ 1917 ] ] } ) ).json().data ).toHaveLength( 2 );
		expect( seen ).toEqual( [ [ 'hello world' ], [ 'hello', ' world' ] ] );
		expect( ( await embed( { input: [ [ 15339 ], [ 999_999 ] ] } ) ).json().error ).toMatchObject( { param: 'input.1', message: expect.stringContaining( 'cl100k_base' ) } );
	} );

	it( 'refuses mixtures and empty texts by name', async () => {
		expect( ( await embed( { input: [ 'a', 2 ] } ) ).json().error ).toMatchObject( { type: 'invalid_request_error', param: expect.stringMatching( /^input/ ) } );
		expect( ( await embed( { input: '' } ) ).json().error.param ).toBe( 'input' );
	} );
} );

describe( 'a body', () => {
	it.each( [ [ 'that is no JSON', '{' ], [ 'that is no object', '[]' ] ] )( '%s is refused', async ( _what, body ) => {
		expect( ( await withKey( { body } ) ).status ).toBe( 400 );
	} );

	it( 'of more than four megabytes is refused', async () => {
		const answer = await withKey( { body: chat( { user: 'x'.repeat( 4 * 1024 * 1024 ) } ) } ).catch( () => null );
		expect( answer?.status ?? 413 ).toBe( 413 );
	} );

	it( 'is answered under the id that it brings', async () => {
		const id = randomUUID();
		expect( ( await withKey( { headers: { 'x-request-id': id } } ) ).headers.get( 'x-request-id' ) ).toBe( id );
	} );
} );
