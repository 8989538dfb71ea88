import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { ManualClock } from '../../test/manual-clock.ts';
import { createTestSite } from '../../test/test-site.ts';
import type { TenantDeliveries } from '../deliveries/delivery-store.ts';
import type { TenantJobs } from '../jobs/job-store.ts';
import type { Site } from '../sites/site.ts';
import { PrometheusMeter } from './prometheus-meter.ts';
import type { Stock } from './stock-figures.ts';

const MINUTE_MS = 60_000;

const nothing = { requests: 0, tokens: 0, micros: 0 };

function siteNamed( tenant: string, budgets: Site[ 'budgets' ] = {} ): Site {
	const [ site_id = '', blog_id ] = tenant.split( ':' );
	return { ...createTestSite( { budgets } ).site, tenant, site_id, blog_id: Number( blog_id ) };
}

function createMeter( {
	jobs = [], deliveries = [], sites = [ 'shop:1', 'shop:2', 'shop:9', 'blog:1' ].map( ( tenant ) => siteNamed( tenant ) ), ...stock
}: Partial< Omit< Stock, 'jobs' | 'deliveries' | 'sites' > > & { jobs?: TenantJobs[]; deliveries?: TenantDeliveries[]; sites?: Site[] } = {} ) {
	return new PrometheusMeter( {
		clock: new ManualClock(),
		configProblems: () => [],
		budgets: { read: async () => ( { used: nothing, reserved: nothing } ) },
		sites: new Map( sites.map( ( site ) => [ site.tenant, site ] ) ),
		jobs: { stats: async () => jobs },
		deliveries: { stats: async () => deliveries },
		...stock,
	} );
}

/** The values of a metric, by its labels as they are written. */
async function valuesOf( meter: PrometheusMeter, name: string ): Promise< Record< string, number > > {
	const lines = ( await meter.figures() ).split( '\n' ).map( ( line ) => /^(\w+)(?:\{(.*)\})? (\S+)$/.exec( line ) );
	return Object.fromEntries( lines.flatMap( ( match ) => ( match?.[ 1 ] === name ? [ [ match[ 2 ] ?? '', Number( match[ 3 ] ) ] ] : [] ) ) );
}

it( 'adds up what all blogs of a site have waiting, and tells how long the oldest has', async () => {
	const clock = new ManualClock();
	const meter = createMeter( {
		jobs: [
			{ tenant: 'shop:1', waiting: 3, running: 1, waiting_since: clock.now() - MINUTE_MS },
			{ tenant: 'shop:2', waiting: 4, running: 0, waiting_since: clock.now() - 2 * MINUTE_MS },
			{ tenant: 'blog:1', waiting: 0, running: 2, waiting_since: null },
		],
		deliveries: [ { tenant: 'shop:1', undelivered: 5, dead: 1, undelivered_since: clock.now() - MINUTE_MS } ],
		clock,
	} );
	expect( await valuesOf( meter, 'draftkeeper_queue_depth' ) ).toEqual( {
		'site="shop",state="waiting"': 7, 'site="shop",state="running"': 1, 'site="blog",state="waiting"': 0, 'site="blog",state="running"': 2,
	} );
	expect( await valuesOf( meter, 'draftkeeper_oldest_job_age_seconds' ) ).toEqual( { '': 120 } );
	expect( await valuesOf( meter, 'draftkeeper_deliveries_waiting' ) ).toEqual( { 'site="shop",state="undelivered"': 5, 'site="shop",state="dead"': 1 } );
	expect( await valuesOf( meter, 'draftkeeper_oldest_delivery_age_seconds' ) ).toEqual( { '': 60 } );
} );

it( 'says that the store cannot be read, and goes on with the other figures', async () => {
	const meter = createMeter( { sites: [ siteNamed( 'shop:1', { day: { tokens: 10 } } ) ], budgets: { read: () => Promise.reject( new Error( 'gone' ) ) } } );
	meter.deliveryTried( 'retry' );
	expect( await valuesOf( meter, 'draftkeeper_store_up' ) ).toEqual( { '': 0 } );
	expect( await valuesOf( meter, 'draftkeeper_deliveries_total' ) ).toEqual( { 'outcome="retry"': 1 } );
} );

it( 'counts tokens and money by site, and calls whose cost nobody knows', async () => {
	const meter = createMeter();
	const made = { operation: 'chat' as const, target: { gen_ai_provider: 'gcp.gemini', upstream_model: 'small-2026' } };
	const call = { tenant: 'shop:1', provider: 'openai', model: 'small', call: made };
	meter.used( { ...call, tokens_in: 100, tokens_out: 20, cost_micros: 70 } );
	meter.used( { ...call, tenant: 'shop:9', tokens_in: 10, tokens_out: 2, cost_micros: 7 } );
	meter.used( { ...call, tokens_in: null, tokens_out: null, cost_micros: null } );
	meter.used( { ...call, call: null, tokens_in: 0, tokens_out: 0, cost_micros: 0 } );
	const labels = 'site="shop",provider="openai",model="small"';
	expect( await valuesOf( meter, 'draftkeeper_tokens_total' ) ).toEqual( { [ `${ labels },direction="in"` ]: 110, [ `${ labels },direction="out"` ]: 22 } );
	const asOthersCallIt = 'gen_ai_operation_name="chat",gen_ai_provider_name="gcp.gemini",gen_ai_request_model="small-2026",gen_ai_token_type=';
	expect( await valuesOf( meter, 'gen_ai_client_token_usage_sum' ) ).toEqual( { [ `${ asOthersCallIt }"input"` ]: 110, [ `${ asOthersCallIt }"output"` ]: 22 } );
	expect( await valuesOf( meter, 'gen_ai_client_token_usage_count' ) ).toEqual( { [ `${ asOthersCallIt }"input"` ]: 2, [ `${ asOthersCallIt }"output"` ]: 2 } );
	expect( await valuesOf( meter, 'draftkeeper_cost_micros_total' ) ).toEqual( { [ labels ]: 77 } );
	expect( await valuesOf( meter, 'draftkeeper_calls_without_cost_total' ) ).toEqual( { [ labels ]: 1 } );
} );

it( 'measures provider calls by how they ended, and when they began to answer', async () => {
	const meter = createMeter();
	const target = { gen_ai_provider: 'openai', upstream_model: 'small' };
	meter.providerCallEnded( { target, operation: 'embeddings', error: null, seconds: 3, first_token_seconds: 0.5 } );
	meter.providerCallEnded( { target, operation: 'embeddings', error: 'provider_busy', seconds: 0.1, first_token_seconds: null } );
	const call = 'gen_ai_operation_name="embeddings",gen_ai_provider_name="openai",gen_ai_request_model="small"';
	expect( await valuesOf( meter, 'gen_ai_client_operation_duration_seconds_count' ) ).toEqual( {
		[ `${ call },error_type=""` ]: 1, [ `${ call },error_type="provider_busy"` ]: 1,
	} );
	expect( await valuesOf( meter, 'gen_ai_client_operation_time_to_first_chunk_seconds_sum' ) ).toEqual( { [ call ]: 0.5 } );
} );

it( 'shows breakers as a number, requests by route, and the cache by outcome', async () => {
	const meter = createMeter();
	meter.breakerChanged( { provider: 'openai', model: 'small', state: 'open' } );
	meter.requestAnswered( { method: 'GET', route: '/v1/jobs/:uuid', status: 200, seconds: 0.01 } );
	meter.cacheAsked( 'hit' );
	expect( await valuesOf( meter, 'draftkeeper_breaker_state' ) ).toEqual( { 'provider="openai",model="small"': 2 } );
	expect( await valuesOf( meter, 'draftkeeper_http_requests_total' ) ).toEqual( { 'method="GET",route="/v1/jobs/:uuid",status="200"': 1 } );
	expect( await valuesOf( meter, 'draftkeeper_cache_requests_total' ) ).toEqual( { 'outcome="hit"': 1 } );
} );

it( 'shows how much of each budget is used and reserved, of several blogs the fullest', async () => {
	const budgets: Stock[ 'budgets' ] = {
		read: async ( scope, period ) => ( { used: { requests: 3, tokens: scope === 'shop:1' ? 40 : 80, micros: 5 }, reserved: { requests: 1, tokens: 10, micros: 0 }, period } ),
	};
	const meter = createMeter( {
		budgets,
		sites: [ siteNamed( 'shop:1', { day: { tokens: 100 }, month: { micros: 50 } } ), siteNamed( 'shop:2', { day: { tokens: 100, requests: 0 } } ), siteNamed( 'blog:1' ) ],
	} );
	expect( await valuesOf( meter, 'draftkeeper_budget_used_ratio' ) ).toEqual( {
		'site="shop",period="day",amount="tokens"': 0.9,
		'site="shop",period="month",amount="money"': 0.1,
		'site="shop",period="day",amount="requests"': 1,
	} );
} );

it( 'counts streams that are open, and why the others are over', async () => {
	const meter = createMeter();
	meter.streamOpened();
	meter.streamOpened();
	meter.streamEnded( 'slow' );
	expect( await valuesOf( meter, 'draftkeeper_open_streams' ) ).toEqual( { '': 1 } );
	expect( await valuesOf( meter, 'draftkeeper_streams_ended_total' ) ).toEqual( { 'outcome="slow"': 1 } );
} );

it( 'counts refusals and moderation by registered site, so that nobody else makes labels', async () => {
	const meter = createMeter();
	meter.refused( { tenant: 'shop:1', code: 'rate_limited' } );
	meter.refused( { tenant: 'shop:2', code: 'rate_limited' } );
	meter.refused( { tenant: null, code: 'unauthenticated' } );
	meter.refused( { tenant: 'removed:1', code: 'budget_exhausted' } );
	meter.moderated( { tenant: 'blog:1', outcome: 'failed' } );
	expect( await valuesOf( meter, 'draftkeeper_refusals_total' ) ).toEqual( {
		'site="shop",code="rate_limited"': 2, 'site="",code="unauthenticated"': 1, 'site="(gone)",code="budget_exhausted"': 1,
	} );
	expect( await valuesOf( meter, 'draftkeeper_moderation_total' ) ).toEqual( { 'site="blog",outcome="failed"': 1 } );
} );

it( 'tells that the file is wrong and the state before in force', async () => {
	expect( await valuesOf( createMeter( { configProblems: () => [ 'one', 'two' ] } ), 'draftkeeper_config_problems' ) ).toEqual( { '': 2 } );
} );

it( 'stands figure by figure in the page for operators, with its labels and its words', async () => {
	const page = readFileSync( new URL( '../../../docs/operations.md', import.meta.url ), 'utf8' );
	const listed = [ ...page.matchAll( /^\| `((?:draftkeeper|gen_ai)_\w+)` \| (.*?) \| (.*?) \|$/gm ) ].map( ( [ , name, labels = '', help ] ) => ( {
		name, help, labels: labels.split( ', ' ).map( ( label ) => label.replaceAll( '`', '' ) ).filter( ( label ) => label !== '' ),
	} ) );
	const metrics = ( await createMeter().registry.getMetricsAsArray() ) as unknown as { name: string; help: string; labelNames: string[] }[];
	const own = metrics.filter( ( { name } ) => ! /_(nodejs|process)_/.test( name ) ).map( ( { name, help, labelNames } ) => ( { name, help, labels: labelNames } ) );
	const byName = ( a: { name?: string | undefined }, b: { name?: string | undefined } ) => ( a.name ?? '' ).localeCompare( b.name ?? '' );
	expect( listed.sort( byName ) ).toEqual( own.sort( byName ) );
} );

type Rule = { alert: string; expr: string; labels: { severity: string }; annotations: { summary: string; description: string } };
type Rules = { groups: { name: string; rules: Rule[] }[] };

it( 'has every figure that an alert asks for, with the labels it asks by', async () => {
	const { groups } = parse( readFileSync( new URL( '../../../deploy/prometheus/alerts.yaml', import.meta.url ), 'utf8' ) ) as Rules;
	const rules = groups.flatMap( ( group ) => group.rules );
	expect( rules.length ).toBeGreaterThan( 5 );
	const metrics = await createMeter().registry.getMetricsAsArray();
	const labelsByName = new Map( metrics.flatMap( ( metric ) => {
		const { name, labelNames } = metric as unknown as { name: string; labelNames: string[] };
		return [ '', '_bucket', '_sum', '_count' ].map( ( suffix ) => [ name + suffix, new Set( labelNames ) ] as const );
	} ) );
	for ( const { expr, labels, annotations } of rules ) {
		expect( [ 'page', 'ticket' ] ).toContain( labels.severity );
		expect( annotations.summary.length * annotations.description.length ).toBeGreaterThan( 0 );
		const asked = [ ...expr.matchAll( /\b((?:draftkeeper|gen_ai)_\w+)(?:\{(\w+)[^}]*\})?/g ) ];
		expect( asked.length ).toBeGreaterThan( 0 );
		for ( const [ , name = '', label ] of asked ) {
			expect( labelsByName.has( name ), name ).toBe( true );
			expect( label === undefined || labelsByName.get( name )?.has( label ), `${ name } by ${ label ?? '' }` ).toBe( true );
		}
	}
} );

it( 'has alerts that do not count who asks how the gateway is', () => {
	const { groups } = parse( readFileSync( new URL( '../../../deploy/prometheus/alerts.yaml', import.meta.url ), 'utf8' ) ) as Rules;
	const asked = groups.flatMap( ( { rules } ) => rules.flatMap( ( { expr } ) => [ ...expr.matchAll( /draftkeeper_http_request\w+\{([^}]*)\}/g ) ].map( ( [ , labels = '' ] ) => labels ) ) );
	expect( asked ).toHaveLength( 3 );
	for ( const labels of asked ) {
		const [ , routes = '' ] = /route!~"([^"]*)"/.exec( labels ) ?? [];
		expect( [ '/healthz', '/readyz', '/v1/jobs' ].map( ( route ) => new RegExp( `^(?:${ routes })$` ).test( route ) ) ).toEqual( [ true, true, false ] );
	}
} );

it( 'has an alert on slow answers that counts chats, streamed ones until they begin, and no stream of a job', async () => {
	const { groups } = parse( readFileSync( new URL( '../../../deploy/prometheus/alerts.yaml', import.meta.url ), 'utf8' ) ) as Rules;
	const { expr = '' } = groups.flatMap( ( { rules } ) => rules ).find( ( { alert } ) => alert === 'DraftkeeperSlowAnswers' ) ?? {};
	const [ , name = '', routes = '' ] = /(draftkeeper_\w+)_bucket\{route!~"([^"]*)"\}/.exec( expr ) ?? [];
	expect( [ '/v1/jobs/:uuid/events', '/v1/chat/completions', '/v1/chat' ].map( ( route ) => new RegExp( `^(?:${ routes })$` ).test( route ) ) ).toEqual( [ true, false, false ] );
	// What that is of a stream, see `test/answer-times.test.ts`.
	expect( await createMeter().registry.getSingleMetricAsString( name ) ).toContain( 'of a stream, until it began' );
} );

it( 'has no label that could tell a user or a job', async () => {
	const metrics = ( await createMeter().registry.getMetricsAsArray() ) as unknown as { name: string; labelNames: string[] }[];
	const labels = new Set( metrics.filter( ( { name } ) => ! /_(nodejs|process)_/.test( name ) ).flatMap( ( { labelNames } ) => labelNames ) );
	expect( [ ...labels ].sort() ).toEqual( [
		'amount', 'code', 'direction', 'error_type', 'gen_ai_operation_name', 'gen_ai_provider_name', 'gen_ai_request_model', 'gen_ai_token_type', 'method', 'model', 'outcome', 'period', 'provider', 'route', 'site', 'state', 'status',
	] );
} );
