import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { startFakeOpenAi, type FakeOpenAi } from './fake-openai.ts';
import { startFakeSite, type FakeSite } from './fake-site.ts';
import { buildServer, install, removeServer, request, spawnServer, type Installation } from './server-process.ts';
import { createOffer, createTestSite, type TestSite } from './test-site.ts';

beforeAll( () => buildServer() );
afterAll( removeServer );

type World = { shop: TestSite; wordpress: FakeSite; provider: FakeOpenAi; installation: Installation };

async function createWorld( { onTestFinished }: TestContext ): Promise< World > {
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
	it( 'killed with -9 in the middle of a call brings the draft after a restart, once, and tells what it may have cost', async ( context ) => {
		const { shop, wordpress, provider, installation } = await createWorld( context );
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

	it( 'delivers again under the same id when the acknowledgement was lost, after a restart too', async ( context ) => {
		const { shop, wordpress, installation } = await createWorld( context );
		wordpress.answerWith( () => ( { reset: true } ) );
		const first = await installation.start();
		expect( await request( shop, 'POST', `${ first.origin }/v1/jobs`, JSON.stringify( createOffer() ) ) ).toMatchObject( { status: 202 } );
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

	it( 'hangs up on the provider when a job is canceled, and lets the other call end when it is asked to stop', async ( context ) => {
		const { shop, wordpress, provider, installation } = await createWorld( context );
		provider.hold();
		const server = await installation.start();
		const [ unwanted, wanted ] = [ createOffer( { model: 'other' } ), createOffer( { model: 'other' } ) ];
		for ( const [ index, offer ] of [ unwanted, wanted ].entries() ) {
			expect( await request( shop, 'POST', `${ server.origin }/v1/jobs`, JSON.stringify( offer ) ) ).toMatchObject( { status: 202 } );
			await provider.requested( index + 1 );
		}

		// The answer waits for the end of the call, but for a second only: a slow disk makes it say that the job runs.
		expect( await request( shop, 'DELETE', `${ server.origin }/v1/jobs/${ unwanted.uuid }` ) ).toMatchObject( { status: 200 } );
		await provider.requests[ 0 ]?.abandoned;
		await wordpress.arrived( 1 );
		const canceled = { outcome: { status: 'canceled' }, attempts: [ { status: 'canceled', tokens_in: null } ] };
		expect( wordpress.received[ 0 ]?.finished ).toMatchObject( { uuid: unwanted.uuid, ...canceled } );
		expect( await request( shop, 'GET', `${ server.origin }/v1/jobs/${ unwanted.uuid }` ) ).toMatchObject( { body: { state: 'canceled', finished: canceled } } );

		const exited = server.kill( 'SIGTERM' );
		provider.release();
		expect( await exited ).toBe( 0 );
		expect( wordpress.received.slice( 1 ).map( ( { finished } ) => [ finished.uuid, finished.outcome.status ] ) ).toEqual( [ [ wanted.uuid, 'succeeded' ] ] );
	} );

	it( 'says in a sentence why it does not start', async ( context ) => {
		const { wordpress, installation } = await createWorld( context );
		const { port } = new URL( wordpress.rest_url );
		const failures = [
			[ { ...installation.environment, PORT: port }, `Port ${ port } is taken by another program; set PORT to a free one.` ],
			[ { ...installation.environment, SHOP_SECRET: '' }, 'The configuration cannot be used:\n  SHOP_SECRET is missing or empty in the environment, as it was when the gateway started, and in DRAFTKEEPER_SECRETS_FILE' ],
		] as const;
		for ( const [ environment, sentence ] of failures ) {
			const child = spawnServer( environment );
			const [ output, [ code ] ] = await Promise.all( [ text( child.stderr ?? process.stdin ), once( child, 'exit' ) ] );
			expect( [ output.trim(), code ] ).toEqual( [ sentence, 1 ] );
		}
	} );
} );
