import { randomUUID } from 'node:crypto';
import { gatewayJob, gatewayJobs, offerBatchAnswer, problem, type Offer } from '@draftkeeper/contract';
import type { InjectOptions } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentMeter } from '../src/observability/meter.ts';
import { ProviderError } from '../src/providers/text-provider.ts';
import { createOffer, createTestSite, signToken, type TestSite, type TokenOverrides } from './test-site.ts';
import { createTestGateway, type TestGateway } from './test-gateway.ts';

const shop = createTestSite();
const blog = createTestSite( { site_id: 'blog', home: 'https://blog.test' } );
let gateway: TestGateway;
let refusals: string[];

beforeEach( () => {
	refusals = [];
	gateway = createTestGateway( [ shop.site, blog.site ], { meter: { ...silentMeter, refused: ( { tenant, code } ) => void refusals.push( `${ tenant } ${ code }` ) } } );
} );

afterEach( () => gateway.close() );

type Options = { method?: 'GET' | 'POST' | 'DELETE'; path?: string; body?: string; site?: TestSite; token?: TokenOverrides; headers?: Record< string, string > };

async function call( { method = 'POST', path = '/v1/jobs', body = '', site = shop, token, headers }: Options ) {
	const signed = await signToken( site, { method, url: `http://gateway.test${ path }`, body, now: gateway.clock.now() }, token );
	const request: InjectOptions = { method, url: path, headers: { authorization: `Bearer ${ signed }`, 'content-type': 'application/json', ...headers } };
	return gateway.app.inject( body === '' ? request : { ...request, payload: body } );
}

const offerJob = ( offer: Offer | object, options: Options = {} ) => call( { body: JSON.stringify( offer ), ...options } );
const offerBatch = ( offers: object[], options: Options = {} ) => call( { path: '/v1/jobs/batch', body: JSON.stringify( { contract_version: 1, offers } ), ...options } );
/** An offer as it stands in a batch, where each job names its user. */
const amongOthers = ( { contract_version: _version, ...offer }: Offer ) => ( { ...offer, sub: 'user' } );
const get = ( path: string, options: Options = {} ) => call( { method: 'GET', path, ...options } );
const remove = ( uuid: string, options: Options = {} ) => call( { method: 'DELETE', path: `/v1/jobs/${ uuid }`, ...options } );

describe( 'POST /v1/jobs', () => {
	it( 'answers 202 when the job is stored, and runs it', async () => {
		const offer = createOffer();
		const response = await offerJob( offer );
		expect( response.statusCode ).toBe( 202 );
		expect( gatewayJob.parse( response.json() ) ).toEqual( { contract_version: 1, uuid: offer.uuid, state: 'queued', finished: null } );
		await gateway.settle();
		expect( gatewayJob.parse( ( await get( `/v1/jobs/${ offer.uuid }` ) ).json() ) ).toMatchObject( {
			state: 'succeeded',
			finished: {
				uuid: offer.uuid, request_id: offer.request_id, maybe_billed_twice: false,
				outcome: { status: 'succeeded', sample: true, text: expect.stringContaining( 'Fjord side table' ) },
				attempts: [ { attempt: 1, provider: 'sample', model: 'sample', status: 'succeeded', error_code: null, cached: false, queue_ms: 0 } ],
			},
		} );
	} );

	it( 'says of a job that it is put off while its provider does not answer', async () => {
		const calls = gateway.writeByHand();
		const offer = createOffer();
		await offerJob( offer );
		await gateway.settle();
		calls[ 0 ]?.fail( new ProviderError( 'provider_busy', { isRetryable: true, retryAfterMs: 30_000 } ) );
		await gateway.settle();
		const putOff = { contract_version: 1, uuid: offer.uuid, state: 'queued', put_off: true, finished: null };
		expect( gatewayJobs.parse( ( await get( `/v1/jobs?ids=${ offer.uuid }` ) ).json() ).jobs ).toEqual( [ putOff ] );
		expect( ( await offerJob( offer ) ).json() ).toEqual( putOff );
		await gateway.clock.advance( 30_000 );
		expect( ( await get( `/v1/jobs/${ offer.uuid }` ) ).json() ).toEqual( { contract_version: 1, uuid: offer.uuid, state: 'running', finished: null } );
	} );

	it( 'takes the job’s trace to the provider and into the log, under an id of its own for the call', async () => {
		const request_id = '0af76519-16cd-03dd-4448-eb211c80319c';
		const held = gateway.holdProvider();
		const offer = createOffer( { request_id } );
		await offerJob( offer );
		await held.begun;
		const [ , span_id = 'none' ] = /^00-0af7651916cd03dd4448eb211c80319c-([0-9a-f]{16})-01$/.exec( held.request().traceparent ?? '' ) ?? [];
		await remove( offer.uuid );
		expect( gateway.logLines().map( ( line ) => JSON.parse( line ) as object ) ).toContainEqual( expect.objectContaining( {
			msg: 'provider call ended', request_id, trace_id: '0af7651916cd03dd4448eb211c80319c', span_id,
		} ) );
	} );

	it( 'answers a repeated offer with the present state and the result, and starts nothing', async () => {
		const offer = createOffer();
		await offerJob( offer );
		await gateway.settle();
		const again = await offerJob( { ...offer, request_id: randomUUID(), expires_at: '2099-02-01T00:00:00Z' } );
		expect( again.statusCode ).toBe( 202 );
		expect( again.json() ).toMatchObject( { state: 'succeeded', finished: { outcome: { status: 'succeeded' } } } );
		await gateway.settle();
		expect( ( await get( `/v1/jobs/${ offer.uuid }` ) ).json().finished.attempts ).toHaveLength( 1 );
	} );

	it( 'sends offers away while too many jobs wait, but never one of a job that it knows', async () => {
		gateway.stopWorker();
		const offers = Array.from( { length: 21 }, () => createOffer() );
		const statuses = [];
		for ( const offer of offers ) {
			statuses.push( ( await offerJob( offer ) ).statusCode );
		}
		expect( statuses ).toEqual( [ ...Array( 20 ).fill( 202 ), 503 ] );
		const refused = await offerJob( offers[ 20 ] ?? {} );
		expect( refused.headers[ 'retry-after' ] ).toBe( '30' );
		expect( problem.parse( refused.json() ) ).toMatchObject( { code: 'overloaded', retryable: true, retry_after_ms: 30_000 } );
		expect( ( await offerJob( offers[ 0 ] ?? {} ) ).statusCode ).toBe( 202 );
		expect( ( await offerJob( createOffer(), { site: blog } ) ).statusCode ).toBe( 202 );
	} );

	it( 'keeps one job of fifty offers at the same time', async () => {
		const offer = createOffer();
		const responses = await Promise.all( Array.from( { length: 50 }, () => offerJob( offer ) ) );
		expect( new Set( responses.map( ( { statusCode } ) => statusCode ) ) ).toEqual( new Set( [ 202 ] ) );
		await gateway.settle();
		expect( ( await get( `/v1/jobs/${ offer.uuid }` ) ).json().finished.attempts ).toHaveLength( 1 );
	} );

	it( 'still knows a finished job after its offer has expired', async () => {
		const offer = createOffer( { expires_at: '2026-03-01T09:31:00Z' } );
		await offerJob( offer );
		await gateway.settle();
		await gateway.clock.advance( 120_000 );
		expect( ( await offerJob( offer ) ).json() ).toMatchObject( { state: 'succeeded' } );
	} );

	it.each< [ string, number, string, Partial< Offer > | object ] >( [
		[ 'of another contract', 409, 'contract_unsupported', { contract_version: 7, messages: 'who knows' } ],
		[ 'for a model that the site may not use', 403, 'model_not_allowed', { model: 'gpt-expensive' } ],
		[ 'whose time has passed', 422, 'expired', { expires_at: '2026-03-01T09:30:00Z' } ],
		[ 'with a day that does not exist', 400, 'invalid_body', { expires_at: '2099-13-45T00:00:00Z' } ],
		[ 'without messages', 400, 'invalid_body', { messages: [] } ],
		[ 'with a message of 8,001 characters', 400, 'invalid_body', { messages: [ { role: 'user', content: '🪑'.repeat( 8_001 ) } ] } ],
		[ 'with a number as text', 400, 'invalid_body', { temperature: '1' } ],
		[ 'of an unknown task', 400, 'invalid_body', { task: 'poem' } ],
		[ 'without a version', 400, 'invalid_body', { contract_version: undefined } ],
	] )( 'refuses an offer %s', async ( _what, status, code, overrides ) => {
		const offer = { ...createOffer(), ...overrides };
		const response = await offerJob( offer );
		expect( response.statusCode ).toBe( status );
		expect( response.headers[ 'content-type' ] ).toMatch( /^application\/problem\+json/ );
		expect( problem.parse( response.json() ) ).toMatchObject( { status, code } );
		expect( ( await get( `/v1/jobs/${ offer.uuid }` ) ).json().code ).toBe( 'unknown_job' );
	} );

	it( 'refuses the same id for another text, and keeps the first', async () => {
		const offer = createOffer();
		await offerJob( offer );
		const response = await offerJob( { ...offer, temperature: 0.8 } );
		expect( response.statusCode ).toBe( 409 );
		expect( response.json().code ).toBe( 'idempotency_key_reused' );
		await gateway.settle();
		expect( ( await offerJob( offer ) ).json().state ).toBe( 'succeeded' );
	} );

	it.each( [ '{"a":', 'null x', '' ] )( 'refuses a body that is no JSON: %j', async ( body ) => {
		const response = await call( { body } );
		expect( [ response.statusCode, response.json().code ] ).toEqual( [ 400, 'malformed_json' ] );
	} );

	it.each( [ '[]', '"x"', 'null', '1' ] )( 'refuses a body that is no object: %s', async ( body ) => {
		expect( ( await call( { body } ) ).json().code ).toBe( 'invalid_body' );
	} );

	it( 'takes a body of 256 kB and refuses one more byte', async () => {
		const offer = JSON.stringify( createOffer() );
		const padded = ( size: number ) => offer + ' '.repeat( size - offer.length );
		expect( ( await call( { body: padded( 262_144 ) } ) ).statusCode ).toBe( 202 );
		const tooLarge = await call( { body: padded( 262_145 ) } );
		expect( [ tooLarge.statusCode, tooLarge.json().code ] ).toEqual( [ 413, 'body_too_large' ] );
	} );

	it( 'does not repeat what was sent when it is not valid', async () => {
		const response = await offerJob( { ...createOffer(), task: 'canary-in-the-body' } );
		expect( response.body ).not.toContain( 'canary' );
	} );

	it( 'takes no new job while it is being stopped, but still answers for known ones', async () => {
		const known = createOffer();
		await offerJob( known );
		gateway.beginClosing();
		const response = await offerJob( createOffer() );
		expect( [ response.statusCode, response.json().code, response.headers[ 'retry-after' ] ] ).toEqual( [ 503, 'overloaded', '10' ] );
		expect( ( await offerJob( known ) ).statusCode ).toBe( 202 );
	} );

	it( 'does not answer 202 when the disk refuses the job', async () => {
		gateway.database.exec( 'PRAGMA query_only = ON' );
		const response = await offerJob( createOffer() );
		expect( [ response.statusCode, response.json().code, response.json().retryable ] ).toEqual( [ 503, 'overloaded', true ] );
		gateway.database.exec( 'PRAGMA query_only = OFF' );
	} );
} );

describe( 'POST /v1/jobs/batch', () => {
	const answersOf = async ( offers: object[] ) => {
		const response = await offerBatch( offers );
		expect( response.statusCode ).toBe( 200 );
		return offerBatchAnswer.parse( response.json() ).answers;
	};

	it( 'stores the jobs of several users, answers each as if it had come alone, and runs them', async () => {
		const offers = [ createOffer(), createOffer(), createOffer() ];
		const answers = await answersOf( offers.map( amongOthers ) );
		expect( answers ).toEqual( offers.map( ( { uuid } ) => ( {
			uuid, status: 202, job: { contract_version: 1, uuid, state: 'queued', finished: null }, problem: null,
		} ) ) );
		await gateway.settle();
		const { jobs } = gatewayJobs.parse( ( await get( `/v1/jobs?ids=${ offers.map( ( { uuid } ) => uuid ).join( ',' ) }` ) ).json() );
		expect( jobs.map( ( { state } ) => state ) ).toEqual( [ 'succeeded', 'succeeded', 'succeeded' ] );
	} );

	it( 'refuses one job without refusing those beside it', async () => {
		const [ first, forbidden, late, last ] = [ createOffer(), createOffer( { model: 'gpt-expensive' } ), createOffer( { expires_at: '2026-03-01T09:30:00Z' } ), createOffer() ];
		const answers = await answersOf( [ first, forbidden, late, last ].map( amongOthers ) );
		expect( answers.map( ( { status, problem: refusal } ) => [ status, refusal?.code ?? null ] ) ).toEqual( [ [ 202, null ], [ 403, 'model_not_allowed' ], [ 422, 'expired' ], [ 202, null ] ] );
		expect( answers[ 1 ]?.problem ).toMatchObject( { instance: forbidden.request_id, retryable: false } );
		expect( refusals ).toEqual( [ 'shop:1 model_not_allowed', 'shop:1 expired' ] );
		expect( ( await get( `/v1/jobs/${ forbidden.uuid }` ) ).json().code ).toBe( 'unknown_job' );
	} );

	it( 'knows what was offered before, alone or in a batch, and starts nothing twice', async () => {
		const [ alone, batched ] = [ createOffer(), createOffer() ];
		await offerJob( alone );
		await answersOf( [ amongOthers( batched ) ] );
		await gateway.settle();
		const again = await answersOf( [ amongOthers( alone ), amongOthers( batched ), amongOthers( { ...batched, temperature: 0.1 } ) ] );
		expect( again.map( ( { status, job, problem: refusal } ) => [ status, job?.state ?? refusal?.code ] ) ).toEqual(
			[ [ 202, 'succeeded' ], [ 202, 'succeeded' ], [ 409, 'idempotency_key_reused' ] ]
		);
		expect( ( await offerJob( batched ) ).json() ).toMatchObject( { state: 'succeeded' } );
		await gateway.settle();
		expect( ( await get( `/v1/jobs/${ batched.uuid }` ) ).json().finished.attempts ).toHaveLength( 1 );
	} );

	it( 'takes as many as may wait and puts the others off', async () => {
		gateway.stopWorker();
		const answers = await answersOf( Array.from( { length: 25 }, () => amongOthers( createOffer() ) ) );
		expect( answers.map( ( { status } ) => status ) ).toEqual( [ ...Array( 20 ).fill( 202 ), ...Array( 5 ).fill( 503 ) ] );
		expect( answers[ 24 ]?.problem ).toMatchObject( { code: 'overloaded', retryable: true, retry_after_ms: 30_000 } );
	} );

	it( 'takes no new job while it is being stopped, but still answers for known ones', async () => {
		const known = createOffer();
		await offerJob( known );
		gateway.beginClosing();
		const answers = await answersOf( [ amongOthers( known ), amongOthers( createOffer() ) ] );
		expect( answers.map( ( { status } ) => status ) ).toEqual( [ 202, 503 ] );
	} );

	it.each( [
		[ 'of another contract', 409, 'contract_unsupported', { contract_version: 7, offers: 'who knows' } ],
		[ 'of nothing', 400, 'invalid_body', { contract_version: 1, offers: [] } ],
		[ 'of more than 25', 400, 'invalid_body', { contract_version: 1, offers: Array.from( { length: 26 }, () => amongOthers( createOffer() ) ) } ],
		[ 'with a job of nobody', 400, 'invalid_body', { contract_version: 1, offers: [ createOffer() ] } ],
		[ 'with a job that is none', 400, 'invalid_body', { contract_version: 1, offers: [ amongOthers( createOffer() ), { ...amongOthers( createOffer() ), messages: [] } ] } ],
	] )( 'refuses a batch %s as a whole', async ( _what, status, code, body ) => {
		const response = await call( { path: '/v1/jobs/batch', body: JSON.stringify( body ) } );
		expect( [ response.statusCode, problem.parse( response.json() ).code ] ).toEqual( [ status, code ] );
	} );

	it( 'needs the token of the very batch', async () => {
		const response = await offerBatch( [ amongOthers( createOffer() ) ], { token: { claims: { bh: 'A'.repeat( 43 ) } } } );
		expect( [ response.statusCode, response.json().code ] ).toEqual( [ 401, 'body_hash_mismatch' ] );
	} );
} );

describe( 'GET /v1/jobs', () => {
	it( 'answers for many jobs at once and names the ones it never accepted', async () => {
		const [ known, unknown ] = [ createOffer(), randomUUID() ];
		await offerJob( known );
		const response = await get( `/v1/jobs?ids=${ known.uuid },${ unknown },${ known.uuid }` );
		expect( gatewayJobs.parse( response.json() ) ).toMatchObject( { jobs: [ { uuid: known.uuid } ], unknown: [ unknown ] } );
	} );

	it.each( [ '', '?ids=', '?ids=1,2', `?ids=${ Array.from( { length: 101 }, () => randomUUID() ).join() }` ] )( 'refuses %.30s', async ( query ) => {
		const response = await get( `/v1/jobs${ query }` );
		expect( [ response.statusCode, response.json().code ] ).toEqual( [ 400, 'invalid_query' ] );
	} );

	it( 'shows nothing of another site', async () => {
		const offer = createOffer();
		await offerJob( offer );
		await gateway.settle();
		for ( const response of [ await get( `/v1/jobs/${ offer.uuid }`, { site: blog } ), await remove( offer.uuid, { site: blog } ) ] ) {
			expect( [ response.statusCode, response.json().code ] ).toEqual( [ 404, 'unknown_job' ] );
		}
		expect( ( await get( `/v1/jobs?ids=${ offer.uuid }`, { site: blog } ) ).json() ).toMatchObject( { jobs: [], unknown: [ offer.uuid ] } );
		expect( ( await offerJob( { ...offer, temperature: 0 }, { site: blog } ) ).json() ).toMatchObject( { state: 'queued', finished: null } );
	} );

	it( 'says invalid_query for something that is no id', async () => {
		expect( ( await get( '/v1/jobs/1' ) ).json().code ).toBe( 'invalid_query' );
	} );
} );

describe( 'DELETE /v1/jobs/{uuid}', () => {
	it( 'stops the provider call and answers with the canceled job', async () => {
		const call1 = gateway.holdProvider();
		const offer = createOffer();
		await offerJob( offer );
		await call1.begun;
		const response = await remove( offer.uuid );
		expect( response.json() ).toMatchObject( {
			state: 'canceled',
			finished: { outcome: { status: 'canceled' }, attempts: [ { status: 'canceled', error_code: null, tokens_in: null, cost_micros: null } ] },
		} );
		expect( call1.signal().aborted ).toBe( true );
	} );

	it( 'cancels a job that waits', async () => {
		gateway.stopWorker();
		const offer = createOffer();
		await offerJob( offer );
		expect( ( await remove( offer.uuid ) ).json() ).toMatchObject( { state: 'canceled', finished: { attempts: [] } } );
		expect( ( await remove( offer.uuid ) ).json() ).toMatchObject( { state: 'canceled' } );
	} );

	it( 'leaves a finished job as it is', async () => {
		const offer = createOffer();
		await offerJob( offer );
		await gateway.settle();
		expect( ( await remove( offer.uuid ) ).json() ).toMatchObject( { state: 'succeeded' } );
	} );

	it( 'knows nothing of a job it has never seen', async () => {
		const response = await remove( randomUUID() );
		expect( [ response.statusCode, response.json().code ] ).toEqual( [ 404, 'unknown_job' ] );
	} );
} );

describe( 'every route', () => {
	it( 'wants a token before it looks at anything', async () => {
		for ( const [ method, url ] of [ [ 'POST', '/v1/jobs' ], [ 'GET', '/v1/jobs?ids=x' ], [ 'GET', '/v1/jobs/x' ], [ 'DELETE', '/v1/jobs/x' ] ] as const ) {
			const response = await gateway.app.inject( { method, url, ...( method === 'POST' ? { payload: '{' } : {} ) } );
			expect( [ response.statusCode, response.json().code ] ).toEqual( [ 401, 'unauthenticated' ] );
		}
	} );

	it( 'refuses a token that was used', async () => {
		const jti = 'abcdefghijklmnopqrstuv';
		await get( `/v1/jobs/${ randomUUID() }`, { token: { claims: { jti } } } );
		const response = await get( `/v1/jobs/${ randomUUID() }`, { token: { claims: { jti } } } );
		expect( [ response.statusCode, response.json().code ] ).toEqual( [ 401, 'token_replayed' ] );
	} );

	it( 'tells a site with a wrong clock the right time', async () => {
		const iat = gateway.clock.now() / 1000 - 600;
		const response = await get( `/v1/jobs/${ randomUUID() }`, { token: { claims: { iat, exp: iat + 60 } } } );
		expect( response.statusCode ).toBe( 401 );
		expect( problem.parse( response.json() ) ).toMatchObject( { code: 'clock_skew', server_time: gateway.clock.now() / 1000, retryable: true } );
		expect( response.headers.date ).toBe( 'Sun, 01 Mar 2026 09:30:00 GMT' );
	} );

	it( 'tells a copy of the site that it is not the registered one', async () => {
		const response = await get( `/v1/jobs/${ randomUUID() }`, { token: { claims: { home: 'https://staging.test' } } } );
		expect( [ response.statusCode, response.json().code ] ).toEqual( [ 409, 'site_moved' ] );
	} );

	it( 'carries the request id of the site, or one of its own', async () => {
		const id = randomUUID();
		const response = await get( '/v1/jobs/1', { headers: { 'x-request-id': id } } );
		expect( [ response.headers[ 'x-request-id' ], response.json().instance ] ).toEqual( [ id, id ] );
		const other = await get( '/v1/jobs/1', { headers: { 'x-request-id': 'x\u0041; drop' } } );
		expect( other.headers[ 'x-request-id' ] ).toMatch( /^[0-9a-f-]{36}$/ );
	} );

	it( 'answers an address that does not exist with a code that is not ours', async () => {
		const response = await gateway.app.inject( { method: 'GET', url: '/v1/nothing' } );
		expect( [ response.statusCode, response.json().code ] ).toEqual( [ 404, 'not_found' ] );
	} );

	it( 'writes no key, prompt or text into the log', async () => {
		const offer = createOffer();
		await offerJob( offer );
		await gateway.settle();
		await offerJob( { ...offer, task: 'x' } );
		const log = gateway.logLines().join( '\n' );
		expect( log ).toContain( offer.request_id );
		expect( log ).not.toMatch( /Fjord|Bearer|eyJ|product descriptions/ );
	} );
} );

describe( 'health', () => {
	it( 'is told without a token', async () => {
		expect( ( await gateway.app.inject( '/healthz' ) ).json() ).toEqual( { status: 'ok' } );
		expect( ( await gateway.app.inject( '/readyz' ) ).json() ).toEqual( { status: 'ready' } );
		gateway.beginClosing();
		expect( ( await gateway.app.inject( '/readyz' ) ).statusCode ).toBe( 503 );
		expect( ( await gateway.app.inject( '/healthz' ) ).statusCode ).toBe( 200 );
	} );
} );
