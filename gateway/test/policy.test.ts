import { gatewayJob, problem, type Offer } from '@draftkeeper/contract';
import type { InjectOptions } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentMeter } from '../src/observability/meter.ts';
import { ProviderError } from '../src/providers/text-provider.ts';
import type { Site } from '../src/sites/site.ts';
import { createOffer, createTestSite, signToken, type TestSite } from './test-site.ts';
import { createTestGateway, type TestGateway } from './test-gateway.ts';

const shop = createTestSite();
const blog = createTestSite( { site_id: 'blog', home: 'https://blog.test' } );
let gateway: TestGateway;
let refusals: { tenant: string | null; code: string }[];

beforeEach( () => {
	refusals = [];
	gateway = createTestGateway( [ shop.site, blog.site ], { meter: { ...silentMeter, refused: ( refusal ) => void refusals.push( refusal ) } } );
} );

afterEach( () => gateway.close() );

async function call( method: 'GET' | 'POST' | 'DELETE', path: string, body = '', site: TestSite = shop, sub = 'anna' ) {
	const signed = await signToken( site, { method, url: `http://gateway.test${ path }`, body, now: gateway.clock.now() }, { claims: { sub } } );
	const request: InjectOptions = { method, url: path, headers: { authorization: `Bearer ${ signed }`, 'content-type': 'application/json' } };
	return gateway.app.inject( body === '' ? request : { ...request, payload: body } );
}

const offerJob = ( offer: Offer, site = shop, sub?: string ) => call( 'POST', '/v1/jobs', JSON.stringify( offer ), site, sub );
const jobOf = async ( { uuid }: Offer, site = shop ) => gatewayJob.parse( ( await call( 'GET', `/v1/jobs/${ uuid }`, '', site ) ).json() );

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

describe( 'limits', () => {
	it( 'send a site away that asks too often, and tell it when to come again', async () => {
		change( { limits: [ { requests: 2, seconds: 60 } ] } );
		const first = await offerJob( createOffer() );
		expect( first.headers ).toMatchObject( { 'ratelimit-policy': '"site-60s";q=2;w=60', ratelimit: '"site-60s";r=1;t=60' } );
		await gateway.clock.advance( 10_000 );
		await offerJob( createOffer() );
		const refused = await offerJob( createOffer() );
		expect( refused.statusCode ).toBe( 429 );
		expect( refused.headers ).toMatchObject( { 'retry-after': '50', ratelimit: '"site-60s";r=0;t=50' } );
		expect( problem.parse( refused.json() ) ).toMatchObject( { code: 'rate_limited', retryable: true, retry_after_ms: 50_000 } );
		expect( refusals ).toEqual( [ { tenant: 'shop:1', code: 'rate_limited' } ] );
		expect( gateway.logLines().some( ( line ) => line.includes( '"code":"rate_limited"' ) ) ).toBe( true );
		await gateway.clock.advance( 50_000 );
		expect( ( await offerJob( createOffer() ) ).statusCode ).toBe( 202 );
	} );

	it( 'do not count what is offered again', async () => {
		change( { limits: [ { requests: 1, seconds: 60 } ] } );
		const offer = createOffer();
		expect( ( await offerJob( offer ) ).statusCode ).toBe( 202 );
		expect( ( await offerJob( offer ) ).statusCode ).toBe( 202 );
	} );

	it( 'let everything pass while nobody can count, and say so in the log', async () => {
		change( { limits: [ { requests: 1, seconds: 60 } ] } );
		gateway.limits.take = () => Promise.reject( new Error( 'away' ) );
		for ( let number = 0; number < 3; number++ ) {
			expect( ( await offerJob( createOffer() ) ).statusCode ).toBe( 202 );
		}
		expect( gateway.logLines().filter( ( line ) => line.includes( 'requests pass uncounted' ) ) ).toHaveLength( 1 );
	} );
} );

const nothing = { requests: 0, tokens: 0, micros: 0 };
const ofMonth = () => gateway.budgets.read( 'shop:1', '2026-03' );

describe( 'budgets', () => {
	it( 'admit 10 of 100 jobs that come at once where there is room for 10, and hold nothing at rest', async () => {
		change( { budgets: { day: { requests: 10 } } } );
		const answers = await Promise.all( Array.from( { length: 100 }, () => offerJob( createOffer() ) ) );
		const count = ( status: number ) => answers.filter( ( { statusCode } ) => statusCode === status ).length;
		expect( [ count( 202 ), count( 402 ) ] ).toEqual( [ 10, 90 ] );
		await gateway.clock.advance( 60_000 );
		expect( await ofMonth() ).toMatchObject( { reserved: nothing, used: { requests: 10 } } );
		expect( problem.parse( ( await offerJob( createOffer() ) ).json() ) ).toMatchObject( {
			code: 'budget_exhausted', retryable: false, detail: 'The site may use 10 requests in 2026-03-01, and all are used or under way.',
		} );
		expect( ( await offerJob( createOffer(), blog ) ).statusCode ).toBe( 202 );
	} );

	it( 'hold the most that a job may use, and count what its provider reports', async () => {
		change( { budgets: { month: { tokens: 10_000 } } } );
		gateway.stopWorker();
		const offer = createOffer( { max_output_tokens: 500 } );
		await offerJob( offer );
		const { reserved } = await ofMonth();
		expect( reserved.requests ).toBe( 1 );
		expect( reserved.tokens ).toBeGreaterThan( 600 );
		expect( reserved.tokens ).toBeLessThan( 1_200 );
		gateway.startWorker();
		await gateway.settle();
		const attempt = ( await jobOf( offer ) ).finished?.attempts[ 0 ];
		expect( await ofMonth() ).toEqual( {
			reserved: nothing, used: { requests: 1, tokens: ( attempt?.tokens_in ?? 0 ) + ( attempt?.tokens_out ?? 0 ), micros: attempt?.cost_micros ?? 0 },
		} );
	} );

	it( 'open again with the day of the site', async () => {
		change( { budgets: { day: { requests: 1 } }, time_zone: 'Pacific/Auckland' } );
		expect( ( await offerJob( createOffer() ) ).statusCode ).toBe( 202 );
		expect( ( await offerJob( createOffer() ) ).statusCode ).toBe( 402 );
		// 22:30 in Auckland until now.
		await gateway.clock.advance( 2 * 3_600_000 );
		expect( ( await offerJob( createOffer() ) ).statusCode ).toBe( 202 );
	} );

	it( 'give back what a job held that was canceled before it began', async () => {
		change( { budgets: { day: { requests: 1 } } } );
		gateway.stopWorker();
		const offer = createOffer();
		await offerJob( offer );
		await call( 'DELETE', `/v1/jobs/${ offer.uuid }` );
		expect( await ofMonth() ).toEqual( { reserved: nothing, used: nothing } );
	} );

	it( 'count a call that was called off for the most it could cost, where nothing was reported', async () => {
		change( { budgets: { month: { tokens: 10_000 } } } );
		const held = gateway.holdProvider();
		const offer = createOffer( { max_output_tokens: 500 } );
		await offerJob( offer );
		await held.begun;
		const { reserved } = await ofMonth();
		await call( 'DELETE', `/v1/jobs/${ offer.uuid }` );
		expect( await ofMonth() ).toEqual( { reserved: nothing, used: reserved } );
	} );

	it( 'are put right by the sweep after a crash, from the jobs as they are', async () => {
		change( { budgets: { month: { tokens: 100_000 } } } );
		const store = gateway.budgets;
		const [ release, settle ] = [ store.release.bind( store ), store.settle.bind( store ) ];
		// The process dies after the result is stored, and before the budget is settled.
		store.release = async () => {};
		store.settle = async () => {};
		const offer = createOffer();
		await offerJob( offer );
		await gateway.settle();
		Object.assign( store, { release, settle } );
		expect( ( await ofMonth() ).reserved.requests ).toBe( 1 );
		// Another one dies between the reservation and the commit.
		const lost = { tenant: 'shop:1', id: createOffer().uuid, kind: 'job' as const, tokens: 5, micros: 5 };
		await gateway.policy.budgets.reserve( { ...lost, counters: [ { scope: 'shop:1', period: '2026-03', bounds: {} } ] } );
		await gateway.clock.advance( 11_000 );
		await gateway.policy.budgetSweep.run();
		const attempt = ( await jobOf( offer ) ).finished?.attempts[ 0 ];
		expect( await ofMonth() ).toMatchObject( {
			reserved: { requests: 1, tokens: 5 }, used: { requests: 1, tokens: ( attempt?.tokens_in ?? 0 ) + ( attempt?.tokens_out ?? 0 ) },
		} );
		await gateway.clock.advance( 60_000 );
		await gateway.policy.budgetSweep.run();
		expect( ( await ofMonth() ).reserved ).toEqual( nothing );
	} );

	it( 'begin nothing while nobody can tell what is left', async () => {
		change( { budgets: { day: { requests: 1 } } } );
		gateway.budgets.reserve = () => Promise.reject( new Error( 'away' ) );
		const refused = await offerJob( createOffer() );
		expect( refused.statusCode ).toBe( 503 );
		expect( problem.parse( refused.json() ) ).toMatchObject( { code: 'budget_unavailable', retryable: true } );
	} );

	it( 'cost nothing where there are none', async () => {
		gateway.budgets.reserve = () => Promise.reject( new Error( 'never asked' ) );
		expect( ( await offerJob( createOffer() ) ).statusCode ).toBe( 202 );
	} );
} );

describe( 'ceilings', () => {
	it( 'cut answers short and refuse prompts that are too long', async () => {
		change( { max_output_tokens: 100, max_input_tokens: 1_000 } );
		const held = gateway.holdProvider();
		expect( ( await offerJob( createOffer( { max_output_tokens: 2_048 } ) ) ).statusCode ).toBe( 202 );
		await held.begun;
		expect( held.request().maxOutputTokens ).toBe( 100 );
		const refused = await offerJob( createOffer( { messages: [ { role: 'user', content: 'chair '.repeat( 1_200 ) } ] } ) );
		expect( refused.statusCode ).toBe( 422 );
		expect( problem.parse( refused.json() ).code ).toBe( 'prompt_too_long' );
	} );
} );

describe( 'moderation', () => {
	const rules = { patterns: [ '\\bbombs?\\b' ], model: 'omni-moderation-latest', on_error: 'block' as const };
	const about = ( content: string ) => createOffer( { messages: [ { role: 'system', content: 'No bombs.' }, { role: 'user', content } ] } );

	it( 'ends a job that may not be sent before anything is spent', async () => {
		change( { moderation: rules } );
		const offer = about( 'How to build a Bomb' );
		await offerJob( offer );
		await gateway.settle();
		expect( ( await jobOf( offer ) ).finished ).toMatchObject( {
			outcome: { status: 'failed', code: 'content_filtered', message: expect.stringContaining( 'rules for this site' ) }, attempts: [],
		} );
		const other = createOffer();
		await offerJob( other );
		await gateway.settle();
		expect( await jobOf( other ) ).toMatchObject( { state: 'succeeded' } );
	} );

	it( 'holds a job while nobody can tell, unless the site would rather go without', async () => {
		const url = 'http://127.0.0.1:1/v1/moderations';
		change( { moderation: { ...rules, patterns: [], url } } );
		const offer = createOffer();
		await offerJob( offer );
		await expect.poll( () => gateway.logLines().some( ( line ) => line.includes( 'could not be moderated' ) ) ).toBe( true );
		expect( await jobOf( offer ) ).toMatchObject( { state: 'queued' } );
		change( { moderation: { ...rules, patterns: [], url, on_error: 'allow' } } );
		await gateway.clock.advance( 30_000 );
		await expect.poll( async () => ( await jobOf( offer ) ).state ).toBe( 'succeeded' );
	} );
} );

describe( 'redaction', () => {
	it( 'takes what is private out of a job where the site wants that, and else leaves the plugin’s own to it', async () => {
		const offer = createOffer( { messages: [ { role: 'user', content: 'Mail jane@shop.example about EAN 4006381333931' } ] } );
		const held = gateway.holdProvider();
		await offerJob( offer );
		await held.begun;
		expect( held.request().messages[ 0 ]?.content ).toContain( 'jane@shop.example' );
		change( { redaction: 'all' } );
		const again = gateway.holdProvider();
		await offerJob( { ...offer, uuid: createOffer().uuid } );
		await again.begun;
		expect( again.request().messages[ 0 ]?.content ).toBe( 'Mail [email] about EAN 4006381333931' );
	} );
} );

describe( 'the cache', () => {
	const cache = { seconds: 3_600, max_temperature: 1 };
	/** A new job with the same question. */
	const ask = async ( overrides: Partial< Offer > = {}, site = shop, sub?: string ) => {
		const offer = createOffer( overrides );
		await offerJob( offer, site, sub );
		await gateway.settle();
		const finished = ( await jobOf( offer, site ) ).finished;
		return finished?.attempts[ 0 ] ?? null;
	};

	it( 'answers the same question of the same person for nothing, in the books as such', async () => {
		change( { cache, budgets: { month: { tokens: 100_000 } } } );
		expect( await ask() ).toMatchObject( { cached: false, status: 'succeeded' } );
		const { used } = await ofMonth();
		expect( await ask() ).toMatchObject( { cached: true, status: 'succeeded', cost_micros: 0, tokens_in: 0, tokens_out: 0 } );
		expect( await ofMonth() ).toEqual( { reserved: nothing, used: { ...used, requests: used.requests + 1 } } );
		await gateway.clock.advance( 3_600_001 );
		expect( await ask() ).toMatchObject( { cached: false } );
	} );

	it( 'shares nothing between persons, sites or questions', async () => {
		gateway.sites.replace( new Map( [ shop, blog ].map( ( { site } ) => [ site.tenant, { ...site, cache } ] ) ) );
		await ask();
		expect( await ask( {}, shop, 'berta' ) ).toMatchObject( { cached: false } );
		expect( await ask( {}, blog ) ).toMatchObject( { cached: false } );
		expect( await ask( { max_output_tokens: 100 } ) ).toMatchObject( { cached: false } );
		expect( await ask( { model: 'other' } ) ).toMatchObject( { cached: false } );
		expect( await ask( { temperature: 0.8 } ) ).toMatchObject( { cached: false } );
	} );

	it( 'is gone around where a new text is wanted, where the site has none, and where chance is wanted', async () => {
		await ask();
		expect( await ask() ).toMatchObject( { cached: false } );
		change( { cache } );
		await ask();
		expect( await ask( { cache: 'bypass' } ) ).toMatchObject( { cached: false } );
		await ask( { temperature: 1.5 } );
		expect( await ask( { temperature: 1.5 } ) ).toMatchObject( { cached: false } );
	} );

	it( 'costs a job nothing to wait for the answer of another, canceled or let down while it waits', async () => {
		change( { cache, budgets: { month: { tokens: 100_000 } } } );
		const calls = gateway.writeByHand();
		const [ first, canceled, letDown ] = [ createOffer(), createOffer(), createOffer() ];
		for ( const offer of [ first, canceled, letDown ] ) {
			await offerJob( offer );
		}
		await gateway.settle();
		await call( 'DELETE', `/v1/jobs/${ canceled.uuid }` );
		await gateway.settle();
		expect( ( await jobOf( canceled ) ).finished?.attempts ).toMatchObject( [ { status: 'canceled', tokens_in: 0, tokens_out: 0, cost_micros: 0 } ] );
		expect( calls ).toHaveLength( 1 );
		calls[ 0 ]?.fail( new ProviderError( 'content_filtered', { isRetryable: false, mayBeBilled: true, usage: { tokens_in: 70, tokens_out: 5 } } ) );
		await gateway.settle();
		expect( ( await jobOf( first ) ).finished?.attempts ).toMatchObject( [ { status: 'failed', tokens_in: 70, tokens_out: 5 } ] );
		expect( ( await jobOf( letDown ) ).finished?.attempts ).toMatchObject( [ { status: 'failed', tokens_in: 0, tokens_out: 0, cost_micros: 0 } ] );
		await expect.poll( ofMonth ).toMatchObject( { reserved: nothing, used: { tokens: 75 } } );
	} );

	it( 'makes one call for two jobs, and another where the first is canceled', async () => {
		change( { cache } );
		const calls = gateway.writeByHand();
		const [ first, second ] = [ createOffer(), createOffer() ];
		await offerJob( first );
		await offerJob( second );
		await gateway.settle();
		expect( calls ).toHaveLength( 1 );
		await call( 'DELETE', `/v1/jobs/${ first.uuid }` );
		await gateway.settle();
		expect( calls ).toHaveLength( 2 );
		expect( await jobOf( first ) ).toMatchObject( { state: 'canceled' } );
		expect( await jobOf( second ) ).toMatchObject( { state: 'running' } );
	} );
} );
