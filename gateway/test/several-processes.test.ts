import type { Offer } from '@draftkeeper/contract';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi, type TestContext } from 'vitest';
import { REDIS_PREFIX } from '../src/redis/open-redis.ts';
import type { Site } from '../src/sites/site.ts';
import { startFakeOpenAi } from './fake-openai.ts';
import { startFakeSite } from './fake-site.ts';
import { hasRedis, startPrivateRedis } from './private-redis.ts';
import { buildServer, install, removeServer, request, type ServerProcess } from './server-process.ts';
import { createOffer, createTestSite, signToken, type TestSite } from './test-site.ts';

beforeAll( () => buildServer() );
afterAll( removeServer );

/** Whoever had not kept to the lease of the dead would look around a minute later. */
const IN_TIME_MS = 45_000;

type Engine = 'SQLite' | 'Redis';

async function createWorld( engine: Engine, { onTestFinished, onTestFailed }: TestContext, overrides: Partial< Site > = {} ) {
	let secret = '';
	const wordpress = await startFakeSite( () => secret );
	const provider = await startFakeOpenAi( { api_key: 'sk-canary' } );
	const redis = engine === 'Redis' ? await startPrivateRedis() : null;
	const shop = createTestSite( { rest_url: wordpress.rest_url, private_networks: [ '127.0.0.0/8' ], ...overrides } );
	( { secret } = shop );
	const installation = install( shop, provider.url, redis === null ? {} : { DRAFTKEEPER_REDIS_URL: redis.url, DRAFTKEEPER_DATABASE: '' } );
	onTestFailed( () => {
		process.stderr.write( `${ provider.requests.length } calls asked for, ${ wordpress.received.length } results brought\n${ installation.logs() }\n` );
	} );
	onTestFinished( async () => {
		await Promise.all( [ wordpress.stop(), provider.stop() ] );
		installation.remove();
		await redis?.remove();
	} );
	return { shop, wordpress, provider, redis, installation };
}

/** Offers a job as WordPress does: until it is accepted, since a server may ask to come again. */
async function offerUntilAccepted( shop: TestSite, { origin }: ServerProcess, offer: Offer ): Promise< void > {
	await vi.waitFor( async () => {
		expect( await request( shop, 'POST', `${ origin }/v1/jobs`, JSON.stringify( offer ) ) ).toMatchObject( { status: 202 } );
	}, { timeout: IN_TIME_MS, interval: 500 } );
}

const engines: Engine[] = [ 'SQLite', 'Redis' ];

describe.concurrent.each( engines )( 'a server and two workers on %s', ( engine ) => {
	const possible = it.skipIf( engine === 'Redis' && ! hasRedis );

	possible( 'do every job once and bring each result once', async ( context ) => {
		const { shop, wordpress, provider, installation } = await createWorld( engine, context );
		const [ server, ...workers ] = await Promise.all( [ installation.start( 'serve', '--intake-only' ), installation.start( 'worker' ), installation.start( 'worker' ) ] );
		provider.hold();
		const offers = Array.from( { length: 12 }, () => createOffer( { model: 'other' } ) );
		for ( const offer of offers ) {
			await offerUntilAccepted( shop, server, offer );
		}
		// More than one worker takes at a time.
		await provider.requested( 9 );
		provider.release();
		await wordpress.arrived( 12 );
		expect( new Set( wordpress.received.map( ( { finished } ) => finished.uuid ) ) ).toEqual( new Set( offers.map( ( { uuid } ) => uuid ) ) );
		expect( wordpress.received.every( ( { finished } ) => finished.attempts.length === 1 ) ).toBe( true );
		await Promise.all( [ server, ...workers ].map( ( { kill } ) => kill( 'SIGTERM' ) ) );
		expect( provider.requests ).toHaveLength( 12 );
		expect( wordpress.received ).toHaveLength( 12 );
		expect( workers.every( ( { log } ) => log.some( ( line ) => line.includes( 'provider call ended' ) ) ) ).toBe( true );
		expect( server.log.some( ( line ) => line.includes( 'provider call ended' ) ) ).toBe( false );
	} );

	possible( 'hang up on the provider when a job is canceled at the server', async ( context ) => {
		const { shop, wordpress, provider, installation } = await createWorld( engine, context );
		const [ server ] = await Promise.all( [ installation.start( 'serve', '--intake-only' ), installation.start( 'worker' ) ] );
		provider.hold();
		const offer = createOffer( { model: 'other' } );
		await offerUntilAccepted( shop, server, offer );
		await provider.requested( 1 );
		expect( await request( shop, 'DELETE', `${ server.origin }/v1/jobs/${ offer.uuid }` ) ).toMatchObject( { status: 200 } );
		await provider.requests[ 0 ]?.abandoned;
		await wordpress.arrived( 1 );
		expect( wordpress.received[ 0 ]?.finished ).toMatchObject( { uuid: offer.uuid, outcome: { status: 'canceled' } } );
	} );

	possible( 'bring the results of a worker that is killed, in time', async ( context ) => {
		const { shop, wordpress, provider, installation } = await createWorld( engine, context );
		const [ server, first ] = await Promise.all( [ installation.start( 'serve', '--intake-only' ), installation.start( 'worker' ) ] );
		provider.hold();
		const offer = createOffer( { model: 'other' } );
		await offerUntilAccepted( shop, server, offer );
		await provider.requested( 1 );
		await installation.start( 'worker' );
		await first.kill( 'SIGKILL' );
		const killedAt = performance.now();
		await provider.requested( 2 );
		expect( performance.now() - killedAt ).toBeLessThan( IN_TIME_MS );
		provider.release();
		await wordpress.arrived( 1 );
		expect( wordpress.received[ 0 ]?.finished ).toMatchObject( {
			uuid: offer.uuid, outcome: { status: 'succeeded' }, maybe_billed_twice: true, attempts: [ { error_code: 'worker_lost' }, { status: 'succeeded' } ],
		} );
	} );
} );

describe.skipIf( ! hasRedis )( 'two workers on one Redis', () => {
	it( 'make one call for a question that jobs at both of them ask at the same time', async ( context ) => {
		const { shop, wordpress, provider, installation } = await createWorld( 'Redis', context, { cache: { seconds: 60, max_temperature: 1 } } );
		const [ server ] = await Promise.all( [ installation.start( 'serve', '--intake-only' ), installation.start( 'worker' ), installation.start( 'worker' ) ] );
		provider.hold();
		// More than one worker takes at a time.
		const offers = Array.from( { length: 12 }, () => createOffer( { model: 'other' } ) );
		for ( const offer of offers ) {
			await offerUntilAccepted( shop, server, offer );
		}
		const states = async () => {
			const { body } = await request( shop, 'GET', `${ server.origin }/v1/jobs?ids=${ offers.map( ( { uuid } ) => uuid ).join( ',' ) }` );
			return ( body as { jobs: { state: string }[] } ).jobs.map( ( { state } ) => state );
		};
		await expect.poll( states ).toEqual( offers.map( () => 'running' ) );
		provider.release();
		await wordpress.arrived( 12 );
		expect( provider.requests ).toHaveLength( 1 );
		const attempts = wordpress.received.flatMap( ( { finished } ) => finished.attempts );
		expect( attempts.filter( ( { cached } ) => cached ) ).toHaveLength( 11 );
		expect( attempts.every( ( { status } ) => status === 'succeeded' ) ).toBe( true );
	} );
} );

describe.skipIf( ! hasRedis )( 'two servers on one Redis', () => {
	it( 'take each token once between them, and know each other’s jobs', async ( context ) => {
		const { shop, installation } = await createWorld( 'Redis', context );
		installation.environment[ 'DRAFTKEEPER_GATEWAY_ORIGIN' ] = 'https://gateway.test';
		const servers = await Promise.all( [ installation.start(), installation.start() ] );
		const ports = servers.map( ( { log } ) => /Server listening at http:\/\/127\.0\.0\.1:(\d+)/.exec( log.join( '\n' ) )?.[ 1 ] );
		const offer = createOffer();
		const body = JSON.stringify( offer );
		const token = await signToken( shop, { method: 'POST', url: 'https://gateway.test/v1/jobs', body, now: Date.now() } );
		const post = ( port = '' ) => fetch( `http://127.0.0.1:${ port }/v1/jobs`, {
			method: 'POST', body, headers: { authorization: `Bearer ${ token }`, 'content-type': 'application/json' },
		} );
		const statuses = ( await Promise.all( [ 0, 1, 0, 1 ].map( ( index ) => post( ports[ index ] ) ) ) ).map( ( { status } ) => status );
		expect( statuses.sort() ).toEqual( [ 202, 401, 401, 401 ] );
		await Promise.all( servers.map( ( { kill } ) => kill( 'SIGTERM' ) ) );
	} );
} );

it.skipIf( ! hasRedis )( 'a server takes its first offer, also where another process has begun a second later', async ( context ) => {
	const { shop, installation, redis } = await createWorld( 'Redis', context );
	const client = new Redis( redis?.url ?? '' );
	await client.set( `${ REDIS_PREFIX }:tokens:began`, Math.floor( Date.now() / 1000 ) + 1 );
	client.disconnect();
	const server = await installation.start();
	expect( await request( shop, 'POST', `${ server.origin }/v1/jobs`, JSON.stringify( createOffer() ) ) ).toMatchObject( { status: 202 } );
} );
