import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished } from 'vitest';
import { it } from 'vitest';
import { startFakeOpenAi, type FakeOpenAi } from './fake-openai.ts';
import { startFakeSite, type FakeSite } from './fake-site.ts';
import { install, request, spawnServer, type Installation } from './server-process.ts';
import { createOffer, createTestSite, type TestSite } from './test-site.ts';

/** These wait for real leases and real retries. */
const TIMEOUT_MS = 30_000;

type World = { shop: TestSite; wordpress: FakeSite; provider: FakeOpenAi; installation: Installation };

async function createWorld(): Promise< World > {
	let secret = '';
	const wordpress = await startFakeSite( () => secret );
	const provider = await startFakeOpenAi( { api_key: 'sk-canary' } );
	const shop = createTestSite( { rest_url: wordpress.rest_url, private_networks: [ '127.0.0.0/8' ] } );
	( { secret } = shop );
	const installation = install( shop, provider.url );
	onTestFinished( async () => {
		await Promise.all( [ wordpress.stop(), provider.stop() ] );
		installation.remove();
	} );
	return { shop, wordpress, provider, installation };
}

describe.concurrent( 'the server', () => {
	it( 'killed with -9 in the middle of a call brings the draft after a restart, once, and tells what it may have cost', { timeout: TIMEOUT_MS }, async () => {
		const { shop, wordpress, provider, installation } = await createWorld();
		provider.hold();
		provider.respondWith( () => ( { text: 'Zwölf Stühle 🪑', usage: { prompt_tokens: 40, completion_tokens: 5, total_tokens: 45 } } ) );
		const offer = createOffer( { model: 'other' } );

		const first = await installation.start();
		expect( await request( shop, 'POST', `${ first.origin }/v1/jobs`, JSON.stringify( offer ) ) ).toMatchObject( { status: 202, body: { state: 'queued' } } );
		await provider.requested( 1 );
		await first.kill( 'SIGKILL' );

		const second = await installation.start();
		expect( await request( shop, 'POST', `${ second.origin }/v1/jobs`, JSON.stringify( offer ) ) ).toMatchObject( { status: 202, body: { state: 'running' } } );
		await provider.requested( 2 );
		provider.release();
		await wordpress.arrived( 1 );

		const [ delivered ] = wordpress.received;
		expect( delivered?.finished ).toMatchObject( {
			uuid: offer.uuid,
			request_id: offer.request_id,
			outcome: { status: 'succeeded', text: 'Zwölf Stühle 🪑', sample: false },
			maybe_billed_twice: true,
			attempts: [
				{ attempt: 1, status: 'failed', error_code: 'worker_lost', tokens_in: null, tokens_out: null, cost_micros: null, provider_ms: null },
				{ attempt: 2, status: 'succeeded', tokens_in: 40, tokens_out: 5, cost_micros: 50 },
			],
		} );
		expect( await request( shop, 'GET', `${ second.origin }/v1/jobs/${ offer.uuid }` ) ).toMatchObject( { body: { state: 'succeeded', finished: delivered?.finished } } );
		expect( await second.kill( 'SIGTERM' ) ).toBe( 0 );
		expect( wordpress.received ).toHaveLength( 1 );
		expect( provider.requests ).toHaveLength( 2 );
		expect( [ ...first.log, ...second.log ].join( '\n' ) ).not.toMatch( /canary|Stühle|Fjord|whsec_|eyJ/ );
	} );

	it( 'delivers again under the same id when the acknowledgement was lost, after a restart too', { timeout: TIMEOUT_MS }, async () => {
		const { shop, wordpress, installation } = await createWorld();
		wordpress.answerWith( () => ( { reset: true } ) );
		const first = await installation.start();
		const offer = createOffer();
		await request( shop, 'POST', `${ first.origin }/v1/jobs`, JSON.stringify( offer ) );
		await wordpress.arrived( 1 );
		await first.kill( 'SIGTERM' );
		wordpress.answerWith( null );
		const second = await installation.start();
		await wordpress.arrived( 2 );
		const [ one, two ] = wordpress.received;
		expect( two?.headers[ 'webhook-id' ] ).toBe( one?.headers[ 'webhook-id' ] );
		expect( two?.body ).toBe( one?.body );
		await second.kill( 'SIGTERM' );
		expect( wordpress.received ).toHaveLength( 2 );
	} );

	it( 'asked to stop lets the call under way end, delivers it, and goes', { timeout: TIMEOUT_MS }, async () => {
		const { shop, wordpress, provider, installation } = await createWorld();
		provider.hold();
		const server = await installation.start();
		await request( shop, 'POST', `${ server.origin }/v1/jobs`, JSON.stringify( createOffer( { model: 'other' } ) ) );
		await provider.requested( 1 );
		const exited = server.kill( 'SIGTERM' );
		provider.release();
		expect( await exited ).toBe( 0 );
		expect( wordpress.received.map( ( { finished } ) => finished.outcome.status ) ).toEqual( [ 'succeeded' ] );
	} );

	it( 'stops the provider within 100 ms of a cancel', { timeout: TIMEOUT_MS }, async () => {
		const { shop, wordpress, provider, installation } = await createWorld();
		provider.hold();
		const server = await installation.start();
		const offer = createOffer( { model: 'other' } );
		await request( shop, 'POST', `${ server.origin }/v1/jobs`, JSON.stringify( offer ) );
		await provider.requested( 1 );
		const abandoned = provider.requests[ 0 ]?.abandoned.then( () => performance.now() );
		const answer = await request( shop, 'DELETE', `${ server.origin }/v1/jobs/${ offer.uuid }` );
		const answeredAt = performance.now();
		expect( answer ).toMatchObject( { status: 200, body: { state: 'canceled', finished: { attempts: [ { status: 'canceled' } ] } } } );
		expect( ( ( await abandoned ) ?? Infinity ) - answeredAt ).toBeLessThan( 100 );
		await wordpress.arrived( 1 );
		expect( wordpress.received[ 0 ]?.finished.outcome ).toEqual( { status: 'canceled' } );
		await server.kill( 'SIGTERM' );
	} );

	it( 'says in a sentence why it does not start', { timeout: TIMEOUT_MS }, async () => {
		const { installation } = await createWorld();
		const running = await installation.start();
		const { port } = new URL( running.origin );
		const failures = [
			[ { ...installation.environment, PORT: port }, `Port ${ port } is taken by another program; set PORT to a free one.` ],
			[ { ...installation.environment, SHOP_SECRET: '' }, 'The configuration cannot be used:\n  SHOP_SECRET is missing or empty in the environment' ],
		] as const;
		for ( const [ environment, sentence ] of failures ) {
			const child = spawnServer( environment );
			const [ output, [ code ] ] = await Promise.all( [ text( child.stderr ?? process.stdin ), once( child, 'exit' ) ] );
			expect( [ output.trim(), code ] ).toEqual( [ sentence, 1 ] );
		}
		await running.kill( 'SIGTERM' );
	} );
} );
