import { text } from 'node:stream/consumers';
import { Redis } from 'ioredis';
import Database from 'libsql';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { REDIS_PREFIX } from '../src/redis/open-redis.ts';
import { startFakeOpenAi } from './fake-openai.ts';
import { startFakeSite } from './fake-site.ts';
import { hasRedis, startPrivateRedis } from './private-redis.ts';
import { buildServer, install, removeServer, request, spawnServer } from './server-process.ts';
import { createOffer, createTestSite, signToken } from './test-site.ts';

/** Secrets of every kind, each in a place where one would be. None may turn up where it does not belong. */
const CANARY = {
	prompt: 'canary-prompt-7f3a',
	result: 'canary-result-91bc',
	providerKey: 'sk-canary',
	errorBody: 'canary-error-body-c0de',
	badBody: 'canary-bad-body-4d1e',
	query: 'canary-query-5e77',
};

beforeAll( () => buildServer() );
afterAll( removeServer );

const engines = [ 'SQLite', ...( hasRedis ? [ 'Redis' ] : [] ) ];

it.each( engines )( 'on %s, tells no prompt, no result and no key in logs and figures, and keeps no prompt and no key of a job that has ended', async ( engine ) => {
	let secret = '';
	const wordpress = await startFakeSite( () => secret );
	const provider = await startFakeOpenAi( { api_key: CANARY.providerKey } );
	const shop = createTestSite( { rest_url: wordpress.rest_url, private_networks: [ '127.0.0.0/8' ], api: true } );
	( { secret } = shop );
	const installation = install( shop, provider.url, { LOG_LEVEL: 'trace', DRAFTKEEPER_METRICS_PORT: '0' } );
	const redis = engine === 'Redis' ? await startPrivateRedis() : null;
	if ( redis !== null ) {
		Object.assign( installation.environment, { DRAFTKEEPER_REDIS_URL: redis.url, DRAFTKEEPER_DATABASE: '' } );
	}
	onTestFinished( async () => {
		await Promise.all( [ wordpress.stop(), provider.stop() ] );
		installation.remove();
		await redis?.remove();
	} );
	// A server may call its answer whatever it likes.
	const echo = { id: `chat ${ CANARY.prompt }`, model: CANARY.result.replaceAll( '-', ' - ' ), choices: [ { index: 0, message: { role: 'assistant', content: CANARY.result }, finish_reason: 'stop' } ] };
	provider.respondWith( ( { body } ) => {
		const asked = JSON.stringify( body.messages );
		if ( asked.includes( 'echo' ) ) {
			return { raw: echo };
		}
		return asked.includes( 'fail' )
			? { status: 400, raw: { error: { message: `${ CANARY.errorBody } for key ${ CANARY.providerKey }: ${ CANARY.prompt }` } } }
			: { text: CANARY.result, usage: { prompt_tokens: 40, completion_tokens: 5, total_tokens: 45 } };
	} );

	const command = spawnServer( installation.environment, [ 'keys', 'add', '--site', 'shop', '--name', 'chat' ] );
	const apiKey = ( await text( command.stdout! ) ).trim();

	const server = await installation.start();
	const jobs = `${ server.origin }/v1/jobs`;
	const tokens = [ apiKey ];
	for ( const words of [ 'write', 'fail' ] ) {
		const offer = createOffer( { model: 'other', messages: [ { role: 'user', content: `${ words } ${ CANARY.prompt }` } ] } );
		expect( await request( shop, 'POST', jobs, JSON.stringify( offer ) ) ).toMatchObject( { status: 202 } );
	}
	await wordpress.arrived( 2 );
	expect( wordpress.received.map( ( { finished } ) => finished.outcome.status ).sort() ).toEqual( [ 'failed', 'succeeded' ] );
	for ( const words of [ 'write', 'echo' ] ) {
		const chat = await fetch( `${ server.origin }/v1/chat/completions`, {
			method: 'POST', headers: { authorization: `Bearer ${ apiKey }`, 'content-type': 'application/json' },
			body: JSON.stringify( { model: 'other', messages: [ { role: 'user', content: `${ words } ${ CANARY.prompt }` } ] } ),
		} );
		expect( await chat.text() ).toContain( CANARY.result );
	}
	const token = await signToken( shop, { method: 'POST', url: jobs, body: '{}', now: Date.now() } );
	tokens.push( token );
	for ( const body of [ `{"${ CANARY.badBody }`, JSON.stringify( { messages: CANARY.badBody } ) ] ) {
		const answer = await fetch( jobs, { method: 'POST', headers: { authorization: `Bearer ${ token }`, 'content-type': 'application/json' }, body } );
		expect( answer.status ).toBeGreaterThanOrEqual( 400 );
		expect( await answer.text() ).not.toContain( CANARY.badBody );
	}
	await fetch( `${ jobs }?ids=${ CANARY.query }&token=${ CANARY.query }` );

	const port = /"port":(\d+),"msg":"figures are shown"/.exec( server.log.join( '\n' ) )?.[ 1 ];
	const read = async () => ( await fetch( `http://127.0.0.1:${ port ?? '' }/metrics` ) ).text();
	// Counted once the acknowledgement is on the disk, which is after WordPress has given it.
	await expect.poll( read ).toContain( 'draftkeeper_deliveries_total{outcome="acknowledged"} 2' );
	const figures = await read();
	expect( figures ).toContain( 'draftkeeper_tokens_total{site="shop",provider="local",model="other",direction="in"} 80' );
	expect( figures ).toMatch( /draftkeeper_http_requests_total\{method="POST",route="\/v1\/jobs",status="202"\} 2/ );
	expect( figures ).toMatch( /gen_ai_client_operation_duration_seconds_count\{gen_ai_operation_name="chat",gen_ai_provider_name="local",gen_ai_request_model="local-model",error_type=""\} 3/ );
	// On a port of their own: whoever reaches the gateway does not reach its figures.
	expect( ( await fetch( `${ server.origin }/metrics` ) ).status ).toBe( 404 );

	expect( await server.kill( 'SIGTERM' ) ).toBe( 0 );
	const log = server.log.join( '\n' );
	expect( log ).toContain( '"gen_ai.usage.input_tokens":40' );
	expect( log ).toContain( '"gen_ai.response.finish_reasons":["stop"]' );
	expect( log.match( /"gen_ai.response.id":"chatcmpl-local-\d+","gen_ai.response.model":"local-model"/g ) ).toHaveLength( 2 );
	expect( log ).toContain( `"server.address":"127.0.0.1","server.port":${ new URL( provider.url ).port }` );
	expect( log ).not.toMatch( /canary - / );
	const secrets = [ ...Object.values( CANARY ), ...tokens, secret, secret.replace( 'whsec_', '' ) ];
	expect( secrets.filter( ( word ) => log.includes( word ) ), 'in the log' ).toEqual( [] );
	expect( secrets.filter( ( word ) => figures.includes( word ) ), 'in the figures' ).toEqual( [] );

	// A result is kept until its site has had a day to ask for it again.
	const kept = redis === null ? dumpFile( installation.environment[ 'DRAFTKEEPER_DATABASE' ] ?? '' ) : await dumpServer( redis.url );
	expect( kept ).toContain( CANARY.result );
	expect( secrets.filter( ( word ) => word !== CANARY.result && kept.includes( word ) ), 'in the store' ).toEqual( [] );
} );

/** Every value in every table. */
function dumpFile( file: string ): string {
	const database = new Database( file, { readonly: true } );
	try {
		const tables = database.prepare( 'SELECT name FROM sqlite_master WHERE type = \'table\'' ).all() as { name: string }[];
		return JSON.stringify( tables.map( ( { name } ) => database.prepare( `SELECT * FROM "${ name }"` ).all() ) );
	} finally {
		database.close();
	}
}

/** Every value under every key but previews, which are gone ten minutes later. */
async function dumpServer( url: string ): Promise< string > {
	const server = new Redis( url );
	const read: Record< string, ( key: string ) => Promise< unknown > > = {
		string: ( key ) => server.get( key ), hash: ( key ) => server.hgetall( key ), list: ( key ) => server.lrange( key, 0, -1 ),
		set: ( key ) => server.smembers( key ), zset: ( key ) => server.zrange( key, 0, -1 ), stream: ( key ) => server.xrange( key, '-', '+' ),
	};
	try {
		const keys = ( await server.keys( '*' ) ).filter( ( key ) => ! key.startsWith( `${ REDIS_PREFIX }:stream:` ) );
		return JSON.stringify( await Promise.all( keys.map( async ( key ) => [ key, await read[ await server.type( key ) ]?.( key ) ] ) ) );
	} finally {
		server.disconnect();
	}
}
