import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { BreakerState } from '../providers/breaker.ts';
import type { Sites } from '../sites/site.ts';
import type { CallTarget, Operation } from './gen-ai.ts';
import type { Meter } from './meter.ts';
import { PREFIX, siteOf } from './site-label.ts';
import { StockFigures, type Stock } from './stock-figures.ts';

/** The buckets that OpenTelemetry's GenAI conventions name, in seconds. */
const CALL_SECONDS = [ 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92 ];
/** The same of tokens: powers of four. */
const CALL_TOKENS = Array.from( { length: 14 }, ( _, power ) => 4 ** power );
/** What the conventions want to be told of each call. */
const CALL = [ 'gen_ai_operation_name', 'gen_ai_provider_name', 'gen_ai_request_model' ] as const;
const labelsOf = ( operation: Operation, { gen_ai_provider, upstream_model }: CallTarget ) => ( {
	gen_ai_operation_name: operation, gen_ai_provider_name: gen_ai_provider, gen_ai_request_model: upstream_model,
} );
const REQUEST_SECONDS = [ 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 6, 10, 30 ];
const breakerNumbers: Record< BreakerState, number > = { closed: 0, half_open: 1, open: 2 };

/** Figures as Prometheus reads them: counts of this process, and what is kept by all together. */
export class PrometheusMeter implements Meter {
	readonly registry = new Registry();
	readonly #requests = this.#counter( 'http_requests_total', 'Requests answered.', [ 'method', 'route', 'status' ] );
	readonly #requestSeconds = this.#histogram( `${ PREFIX }http_request_duration_seconds`, 'Time until the answer was sent.', [ 'route' ], REQUEST_SECONDS );
	readonly #callSeconds = this.#histogram(
		'gen_ai_client_operation_duration_seconds', 'Time of a provider call, by its end.', [ ...CALL, 'error_type' ], CALL_SECONDS
	);
	readonly #firstTokenSeconds = this.#histogram(
		'gen_ai_client_operation_time_to_first_chunk_seconds', 'Time until a provider begins to answer.', [ ...CALL ], CALL_SECONDS
	);
	readonly #callTokens = this.#histogram(
		'gen_ai_client_token_usage', 'Tokens of a provider call, as the provider has counted them.', [ ...CALL, 'gen_ai_token_type' ], CALL_TOKENS
	);
	readonly #tokens = this.#counter( 'tokens_total', 'Tokens that providers have counted.', [ 'site', 'provider', 'model', 'direction' ] );
	readonly #cost = this.#counter( 'cost_micros_total', 'Cost of provider calls in millionths of a US dollar.', [ 'site', 'provider', 'model' ] );
	readonly #unpriced = this.#counter( 'calls_without_cost_total', 'Provider calls whose cost is not known.', [ 'site', 'provider', 'model' ] );
	readonly #breaker = this.#gauge( 'breaker_state', 'The breaker before a model: 0 closed (calls go through), 1 half open (one call tries), 2 open (none go).', [ 'provider', 'model' ] );
	readonly #deliveries = this.#counter( 'deliveries_total', 'Tries to bring a result to its site, by outcome.', [ 'outcome' ] );
	readonly #cache = this.#counter( 'cache_requests_total', 'Requests that an answer was looked up for in the cache.', [ 'outcome' ] );

	readonly #openStreams = this.#gauge( 'open_streams', 'Browsers that are shown a text while it is written.', [] );
	readonly #streams = this.#counter( 'streams_ended_total', 'Streams that are over, by why; `slow` was sent away for taking nothing.', [ 'outcome' ] );
	readonly #moderation = this.#counter( 'moderation_total', 'Requests held against a site’s rules; `failed` where the endpoint could not tell.', [ 'site', 'outcome' ] );
	readonly #refusals = this.#counter( 'refusals_total', 'Requests that were refused, by code of the error; `site` is empty where it is not known who asks.', [ 'site', 'code' ] );
	readonly #uncounted = this.#counter( 'uncounted_requests_total', 'Requests that have passed because their limits could not be counted.', [] );
	readonly #sites: Sites;
	readonly #stock: StockFigures;

	constructor( stock: Stock ) {
		this.#sites = stock.sites;
		this.#stock = new StockFigures( stock, this.registry );
		collectDefaultMetrics( { register: this.registry, prefix: PREFIX } );
	}

	/** All figures as text. */
	async figures(): Promise< string > {
		await this.#stock.look();
		return this.registry.metrics();
	}

	requestAnswered: Meter[ 'requestAnswered' ] = ( { method, route, status, seconds } ) => {
		this.#requests.inc( { method, route, status } );
		this.#requestSeconds.observe( { route }, seconds );
	};

	providerCallEnded: Meter[ 'providerCallEnded' ] = ( { target, operation, error, seconds, first_token_seconds } ) => {
		const call = labelsOf( operation, target );
		this.#callSeconds.observe( { ...call, error_type: error ?? '' }, seconds );
		if ( first_token_seconds !== null ) {
			this.#firstTokenSeconds.observe( call, first_token_seconds );
		}
	};

	used: Meter[ 'used' ] = ( { tenant, provider, model, tokens_in, tokens_out, cost_micros, call } ) => {
		const labels = { site: siteOf( tenant, this.#sites ), provider, model };
		this.#tokens.inc( { ...labels, direction: 'in' }, tokens_in ?? 0 );
		this.#tokens.inc( { ...labels, direction: 'out' }, tokens_out ?? 0 );
		for ( const [ gen_ai_token_type, tokens ] of [ [ 'input', tokens_in ], [ 'output', tokens_out ] ] as const ) {
			if ( call !== null && tokens !== null ) {
				this.#callTokens.observe( { ...labelsOf( call.operation, call.target ), gen_ai_token_type }, tokens );
			}
		}
		if ( cost_micros === null ) {
			this.#unpriced.inc( labels );
		} else {
			this.#cost.inc( labels, cost_micros );
		}
	};

	breakerChanged: Meter[ 'breakerChanged' ] = ( { provider, model, state } ) => this.#breaker.set( { provider, model }, breakerNumbers[ state ] );

	deliveryTried: Meter[ 'deliveryTried' ] = ( outcome ) => this.#deliveries.inc( { outcome } );

	cacheAsked: Meter[ 'cacheAsked' ] = ( outcome ) => this.#cache.inc( { outcome } );

	streamOpened: Meter[ 'streamOpened' ] = () => this.#openStreams.inc();

	streamEnded: Meter[ 'streamEnded' ] = ( outcome ) => {
		this.#openStreams.dec();
		this.#streams.inc( { outcome } );
	};

	moderated: Meter[ 'moderated' ] = ( { tenant, outcome } ) => this.#moderation.inc( { site: siteOf( tenant, this.#sites ), outcome } );

	refused: Meter[ 'refused' ] = ( { tenant, code } ) => this.#refusals.inc( { site: tenant === null ? '' : siteOf( tenant, this.#sites ), code } );

	passedUncounted: Meter[ 'passedUncounted' ] = () => this.#uncounted.inc();

	#counter( name: string, help: string, labelNames: string[] ): Counter {
		return new Counter( { name: PREFIX + name, help, labelNames, registers: [ this.registry ] } );
	}

	#gauge( name: string, help: string, labelNames: string[] ): Gauge {
		return new Gauge( { name: PREFIX + name, help, labelNames, registers: [ this.registry ] } );
	}

	#histogram( name: string, help: string, labelNames: string[], buckets: number[] ): Histogram {
		return new Histogram( { name, help, labelNames, buckets, registers: [ this.registry ] } );
	}
}
