import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { BreakerState } from '../providers/breaker.ts';
import type { Sites } from '../sites/site.ts';
import type { CallTarget, Operation } from './gen-ai.ts';
import type { Meter } from './meter.ts';
import { PREFIX, siteOf } from './site-label.ts';
import { StockFigures, type Stock } from './stock-figures.ts';
import { counter, histogram } from './tally.ts';

/** The buckets that OpenTelemetry's GenAI conventions name, in seconds. */
const CALL_SECONDS = [ 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92 ];
/** The same of tokens: powers of four. */
const CALL_TOKENS = Array.from( { length: 14 }, ( _, power ) => 4 ** power );
/** What the conventions want to be told of each call. */
const CALL = [ 'gen_ai_operation_name', 'gen_ai_provider_name', 'gen_ai_request_model' ] as const;
const labelsOf = ( operation: Operation, { gen_ai_provider, upstream_model }: CallTarget ) => [ operation, gen_ai_provider, upstream_model ] as const;
const REQUEST_SECONDS = [ 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 6, 10, 30 ];
const breakerNumbers: Record< BreakerState, number > = { closed: 0, half_open: 1, open: 2 };

/** Figures as Prometheus reads them: counts of this process, and what is kept by all together. */
export class PrometheusMeter implements Meter {
	readonly registry = new Registry();
	readonly #requests = this.#counter( 'http_requests_total', 'Requests answered.', [ 'method', 'route', 'status' ] );
	readonly #requestSeconds = this.#histogram( `${ PREFIX }http_request_duration_seconds`, 'Time until the answer was sent; of a stream, until it began.', [ 'route' ], REQUEST_SECONDS );
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
		this.#requests.of( method, route, status ).value++;
		this.#requestSeconds.of( route ).observe( seconds );
	};

	providerCallEnded: Meter[ 'providerCallEnded' ] = ( { target, operation, error, seconds, first_token_seconds } ) => {
		const call = labelsOf( operation, target );
		this.#callSeconds.of( ...call, error ?? '' ).observe( seconds );
		if ( first_token_seconds !== null ) {
			this.#firstTokenSeconds.of( ...call ).observe( first_token_seconds );
		}
	};

	used: Meter[ 'used' ] = ( { tenant, provider, model, tokens_in, tokens_out, cost_micros, call } ) => {
		const site = siteOf( tenant, this.#sites );
		this.#tokens.of( site, provider, model, 'in' ).value += tokens_in ?? 0;
		this.#tokens.of( site, provider, model, 'out' ).value += tokens_out ?? 0;
		for ( const [ type, tokens ] of [ [ 'input', tokens_in ], [ 'output', tokens_out ] ] as const ) {
			if ( call !== null && tokens !== null ) {
				this.#callTokens.of( ...labelsOf( call.operation, call.target ), type ).observe( tokens );
			}
		}
		if ( cost_micros === null ) {
			this.#unpriced.of( site, provider, model ).value++;
		} else {
			this.#cost.of( site, provider, model ).value += cost_micros;
		}
	};

	breakerChanged: Meter[ 'breakerChanged' ] = ( { provider, model, state } ) => this.#breaker.set( { provider, model }, breakerNumbers[ state ] );

	deliveryTried: Meter[ 'deliveryTried' ] = ( outcome ) => void this.#deliveries.of( outcome ).value++;

	cacheAsked: Meter[ 'cacheAsked' ] = ( outcome ) => void this.#cache.of( outcome ).value++;

	streamOpened: Meter[ 'streamOpened' ] = () => this.#openStreams.inc();

	streamEnded: Meter[ 'streamEnded' ] = ( outcome ) => {
		this.#openStreams.dec();
		this.#streams.of( outcome ).value++;
	};

	moderated: Meter[ 'moderated' ] = ( { tenant, outcome } ) => void this.#moderation.of( siteOf( tenant, this.#sites ), outcome ).value++;

	refused: Meter[ 'refused' ] = ( { tenant, code } ) => void this.#refusals.of( tenant === null ? '' : siteOf( tenant, this.#sites ), code ).value++;

	passedUncounted: Meter[ 'passedUncounted' ] = () => void this.#uncounted.of().value++;

	#counter( name: string, help: string, labelNames: string[] ) {
		return counter( PREFIX + name, help, labelNames ).registerIn( this.registry );
	}

	#gauge( name: string, help: string, labelNames: string[] ): Gauge {
		return new Gauge( { name: PREFIX + name, help, labelNames, registers: [ this.registry ] } );
	}

	#histogram( name: string, help: string, labelNames: string[], bounds: number[] ) {
		return histogram( name, help, labelNames, bounds ).registerIn( this.registry );
	}
}
