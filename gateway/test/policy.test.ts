import { gatewayJob, problem, type Offer } from '@draftkeeper/contract';
import type { InjectOptions } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Site } from '../src/sites/site.ts';
import { createOffer, createTestSite, signToken, type TestSite } from './test-site.ts';
import { createTestGateway, type TestGateway } from './test-gateway.ts';

const shop = createTestSite();
const blog = createTestSite( { site_id: 'blog', home: 'https://blog.test' } );
let gateway: TestGateway;

beforeEach( () => {
	gateway = createTestGateway( [ shop.site, blog.site ] );
} );

afterEach( () => gateway.close() );

async function call( method: 'GET' | 'POST' | 'DELETE', path: string, body = '', site: TestSite = shop ) {
	const signed = await signToken( site, { method, url: `http://gateway.test${ path }`, body, now: gateway.clock.now() } );
	const request: InjectOptions = { method, url: path, headers: { authorization: `Bearer ${ signed }`, 'content-type': 'application/json' } };
	return gateway.app.inject( body === '' ? request : { ...request, payload: body } );
}

const offerJob = ( offer: Offer, site = shop ) => call( 'POST', '/v1/jobs', JSON.stringify( offer ), site );
const jobOf = async ( { uuid }: Offer ) => gatewayJob.parse( ( await call( 'GET', `/v1/jobs/${ uuid }` ) ).json() );

/** The file says something else about the shop from now on. */
function change( changes: Partial< Site > ): void {
	gateway.sites.replace( new Map( [ [ shop.site.tenant, { ...shop.site, ...changes } ], [ blog.site.tenant, blog.site ] ] ) );
}

describe( 'a site that is switched off', () => {
	it( 'is told to wait, and why, in a code of its own', async () => {
		change( { disabled: true } );
		const refused = await offerJob( createOffer() );
		expect( refused.statusCode ).toBe( 503 );
		expect( problem.parse( refused.json() ) ).toMatchObject( { code: 'site_disabled', retryable: true, retry_after_ms: 60_000 } );
		expect( refused.headers[ 'retry-after' ] ).toBe( '60' );
		expect( ( await offerJob( createOffer(), blog ) ).statusCode ).toBe( 202 );
		change( {} );
		expect( ( await offerJob( createOffer() ) ).statusCode ).toBe( 202 );
	} );

	it( 'still hears how its jobs stand, and may cancel them', async () => {
		const offer = createOffer();
		gateway.stopWorker();
		await offerJob( offer );
		change( { disabled: true } );
		expect( ( await offerJob( offer ) ).json() ).toMatchObject( { state: 'queued' } );
		expect( await jobOf( offer ) ).toMatchObject( { state: 'queued' } );
		expect( ( await call( 'DELETE', `/v1/jobs/${ offer.uuid }` ) ).json() ).toMatchObject( { state: 'canceled' } );
	} );

	it( 'has its queued jobs held without a call, and done once it is on again', async () => {
		const offer = createOffer();
		gateway.stopWorker();
		await offerJob( offer );
		change( { disabled: true } );
		gateway.startWorker();
		await gateway.clock.advance( 60_000 );
		expect( await jobOf( offer ) ).toMatchObject( { state: 'queued' } );
		change( {} );
		await gateway.clock.advance( 15_000 );
		expect( await jobOf( offer ) ).toMatchObject( { state: 'succeeded', finished: { attempts: [ { attempt: 1 } ] } } );
	} );

	it( 'lets the call that is under way end', async () => {
		const held = gateway.holdProvider();
		await offerJob( createOffer() );
		await held.begun;
		change( { disabled: true } );
		await gateway.clock.advance( 5_000 );
		expect( held.signal().aborted ).toBe( false );
	} );
} );
