import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Clock } from '../clock.ts';
import type { TenantDeliveries } from '../deliveries/delivery-store.ts';
import type { TenantJobs } from '../jobs/job-store.ts';
import type { BreakerState } from '../providers/breaker.ts';
import type { Meter } from './meter.ts';

/** What is looked up when somebody asks for the figures. */
export type Stock = {
	clock: Clock;
	/** Room on the disk that the store writes to. */
	freeBytes?: ( () => Promise< number > ) | undefined;
	jobs: { stats: () => Promise< TenantJobs[] > };
	deliveries: { stats: () => Promise< TenantDeliveries[] > };
};

const PREFIX = 'draftkeeper_';
/** The buckets that OpenTelemetry's GenAI conventions name, in seconds. */
const CALL_SECONDS = [ 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92 ];
const REQUEST_SECONDS = [ 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 6, 10, 30 ];
const MS = 1000;
const breakerNumbers: Record< BreakerState, number > = { closed: 0, half_open: 1, open: 2 };

/** Figures as Prometheus reads them. A site is one label, all blogs of its network together: networks have thousands. */
export class PrometheusMeter implements Meter {
	readonly registry = new Registry();
	readonly #requests = this.#counter( 'http_requests_total', 'Requests answered.', [ 'method', 'route', 'status' ] );
	readonly #requestSeconds = this.#histogram( `${ PREFIX }http_request_duration_seconds`, 'Time until the answer was sent.', [ 'route' ], REQUEST_SECONDS );
	readonly #callSeconds = this.#histogram(
		'gen_ai_client_operation_duration_seconds', 'Time of a provider call, by its end.', [ 'gen_ai_provider_name', 'gen_ai_request_model', 'error_type' ], CALL_SECONDS
	);
	readonly #firstTokenSeconds = this.#histogram(
		'gen_ai_client_operation_time_to_first_chunk_seconds', 'Time until a provider begins to answer.', [ 'gen_ai_provider_name', 'gen_ai_request_model' ], CALL_SECONDS
	);
	readonly #tokens = this.#counter( 'tokens_total', 'Tokens that providers have counted.', [ 'site', 'provider', 'model', 'direction' ] );
	readonly #cost = this.#counter( 'cost_micros_total', 'Cost of provider calls in millionths of a US dollar.', [ 'site', 'provider', 'model' ] );
	readonly #unpriced = this.#counter( 'calls_without_cost_total', 'Provider calls whose cost is not known.', [ 'site', 'provider', 'model' ] );
	readonly #breaker = this.#gauge( 'breaker_state', 'The breaker before a model: 0 closed (calls go through), 1 half open (one call tries), 2 open (none go).', [ 'provider', 'model' ] );
	readonly #deliveries = this.#counter( 'deliveries_total', 'Tries to bring a result to its site, by outcome.', [ 'outcome' ] );
	readonly #cache = this.#counter( 'cache_requests_total', 'Requests that an answer was looked up for in the cache.', [ 'outcome' ] );

	readonly #depth = this.#gauge( 'queue_depth', 'Jobs that have not ended.', [ 'site', 'state' ] );
	readonly #oldestJob = this.#gauge( 'oldest_job_age_seconds', 'How long the job that has waited longest could have run.' );
	readonly #undelivered = this.#gauge( 'deliveries_waiting', 'Results on their way to a site, or given up.', [ 'site', 'state' ] );
	readonly #oldestDelivery = this.#gauge( 'oldest_delivery_age_seconds', 'How long the result that has waited longest is on its way to its site.' );
	readonly #store = this.#gauge( 'store_up', '1 where jobs and deliveries can be read.' );
	readonly #freeBytes = this.#gauge( 'disk_free_bytes', 'Room on the disk that the store writes to.' );
	readonly #stock: Stock;

	constructor( stock: Stock ) {
		this.#stock = stock;
		collectDefaultMetrics( { register: this.registry, prefix: PREFIX } );
	}

	/** All figures as text. A store that cannot be read is a figure, too. */
	async figures(): Promise< string > {
		try {
			this.#take( await this.#stock.jobs.stats(), await this.#stock.deliveries.stats() );
			this.#store.set( 1 );
			this.#freeBytes.set( ( await this.#stock.freeBytes?.() ) ?? NaN );
		} catch {
			this.#store.set( 0 );
		}
		return this.registry.metrics();
	}

	requestAnswered: Meter[ 'requestAnswered' ] = ( { method, route, status, seconds } ) => {
		this.#requests.inc( { method, route, status } );
		this.#requestSeconds.observe( { route }, seconds );
	};

	providerCallEnded: Meter[ 'providerCallEnded' ] = ( { provider, model, error, seconds, first_token_seconds } ) => {
		const call = { gen_ai_provider_name: provider, gen_ai_request_model: model };
		this.#callSeconds.observe( { ...call, error_type: error ?? '' }, seconds );
		if ( first_token_seconds !== null ) {
			this.#firstTokenSeconds.observe( call, first_token_seconds );
		}
	};

	used: Meter[ 'used' ] = ( { tenant, provider, model, tokens_in, tokens_out, cost_micros } ) => {
		const labels = { site: siteOf( tenant ), provider, model };
		this.#tokens.inc( { ...labels, direction: 'in' }, tokens_in ?? 0 );
		this.#tokens.inc( { ...labels, direction: 'out' }, tokens_out ?? 0 );
		if ( cost_micros === null ) {
			this.#unpriced.inc( labels );
		} else {
			this.#cost.inc( labels, cost_micros );
		}
	};

	breakerChanged: Meter[ 'breakerChanged' ] = ( { provider, model, state } ) => this.#breaker.set( { provider, model }, breakerNumbers[ state ] );

	deliveryTried: Meter[ 'deliveryTried' ] = ( outcome ) => this.#deliveries.inc( { outcome } );

	cacheAsked: Meter[ 'cacheAsked' ] = ( outcome ) => this.#cache.inc( { outcome } );

	#take( jobs: readonly TenantJobs[], deliveries: readonly TenantDeliveries[] ): void {
		const { clock } = this.#stock;
		this.#depth.reset();
		for ( const { tenant, waiting, running } of jobs ) {
			this.#depth.inc( { site: siteOf( tenant ), state: 'waiting' }, waiting );
			this.#depth.inc( { site: siteOf( tenant ), state: 'running' }, running );
		}
		this.#oldestJob.set( ageOf( jobs.map( ( { waiting_since } ) => waiting_since ), clock ) );
		this.#undelivered.reset();
		for ( const { tenant, undelivered, dead } of deliveries ) {
			this.#undelivered.inc( { site: siteOf( tenant ), state: 'undelivered' }, undelivered );
			this.#undelivered.inc( { site: siteOf( tenant ), state: 'dead' }, dead );
		}
		this.#oldestDelivery.set( ageOf( deliveries.map( ( { undelivered_since } ) => undelivered_since ), clock ) );
	}

	#counter( name: string, help: string, labelNames: string[] ): Counter {
		return new Counter( { name: PREFIX + name, help, labelNames, registers: [ this.registry ] } );
	}

	#gauge( name: string, help: string, labelNames: string[] = [] ): Gauge {
		return new Gauge( { name: PREFIX + name, help, labelNames, registers: [ this.registry ] } );
	}

	#histogram( name: string, help: string, labelNames: string[], buckets: number[] ): Histogram {
		return new Histogram( { name, help, labelNames, buckets, registers: [ this.registry ] } );
	}
}

const siteOf = ( tenant: string ): string => tenant.split( ':', 1 )[ 0 ] ?? tenant;

function ageOf( times: readonly ( number | null )[], clock: Clock ): number {
	const since = Math.min( ...times.map( ( time ) => time ?? Infinity ) );
	return since === Infinity ? 0 : Math.max( 0, ( clock.now() - since ) / MS );
}
