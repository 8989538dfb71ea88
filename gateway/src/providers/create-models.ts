import type { Clock } from '../clock.ts';
import type { GatewayFile } from '../gateway-file.ts';
import type { Logger } from '../observability/logger.ts';
import { genAiProvider, type ServerAddress } from '../observability/gen-ai.ts';
import { type Meter, silentMeter } from '../observability/meter.ts';
import { Breaker } from './breaker.ts';
import { Bulkhead } from './bulkhead.ts';
import { createAdapter } from './create-adapter.ts';
import { Gate } from './gate.ts';
import type { Model, Models, Target } from './models.ts';
import { pricesFor } from './prices.ts';
import type { ProviderConfig, TargetConfig } from './provider-config.ts';
import { openNetwork } from './network.ts';
import { UpstreamProvider } from './upstream-provider.ts';

const DEFAULT_PORTS: Record< string, number > = { 'https:': 443, 'http:': 80 };

export type CreateModelsDeps = { clock: Clock; logger: Logger; meter?: Meter };

/** Builds the configured providers and hands each model its route. */
export function createModels( file: Pick< GatewayFile, 'models' | 'providers' | 'worker_concurrency' >, deps: CreateModelsDeps ): Models {
	const providers = new Map( file.providers.map( ( config ) => [ config.name, openProvider( config, file, deps ) ] ) );
	return new Map( file.models.map( ( { id, route, max_input_tokens, max_output_tokens } ): [ string, Model ] => {
		const [ first, ...others ] = route.map( ( target ) => {
			const open = providers.get( target.provider );
			if ( open === undefined ) {
				throw new Error( `Model ${ id } names no provider: ${ target.provider }` );
			}
			return open( target );
		} );
		if ( first === undefined ) {
			throw new Error( `Model ${ id } has no route.` );
		}
		for ( const { provider_name, upstream_model } of [ first, ...others ].filter( ( { prices } ) => prices === null ) ) {
			deps.logger.warn( { model: id, provider: provider_name, upstream_model }, 'the price of this model is not known: its calls are filed without a cost' );
		}
		return [ id, { id, route: [ first, ...others ], max_input_tokens, max_output_tokens } ];
	} ) );
}

/** Models at one provider share its connections and its places; each has a breaker of its own. */
function openProvider( config: ProviderConfig, file: Pick< GatewayFile, 'providers' | 'worker_concurrency' >, { clock, logger, meter = silentMeter }: CreateModelsDeps ) {
	const bulkhead = new Bulkhead( { job: config.max_jobs ?? defaultMaxJobs( file ), request: config.max_requests } );
	const adapter = createAdapter( config, clock );
	const provider = new UpstreamProvider( { adapter, clock, network: openNetwork(), timeouts: config } );
	const named = { provider_name: config.name, gen_ai_provider: genAiProvider( config ), server: serverAt( adapter.base_url ) };
	const gates = new Map< string, Gate >();
	const openGate = ( upstream_model: string ) => new Gate( {
		clock,
		bulkhead,
		breaker: new Breaker( {
			clock,
			failures: config.breaker_failures,
			cool_down_ms: config.breaker_cool_down_ms,
			onChange( state ) {
				logger.warn( { provider: config.name, upstream_model, breaker: state }, 'the way to a provider has changed' );
				meter.breakerChanged( { provider: config.name, model: upstream_model, state } );
			},
		} ),
		onCall: ( call ) => meter.providerCallEnded( { target: { ...named, upstream_model }, ...call } ),
	} );
	return ( target: TargetConfig ): Target => {
		const { upstream_model } = target;
		const gate = gates.get( upstream_model ) ?? openGate( upstream_model );
		gates.set( upstream_model, gate );
		return { ...named, upstream_model, ...pricesFor( config.kind, target ), provider, gate };
	};
}

function serverAt( base_url: string | null ): ServerAddress | null {
	if ( base_url === null ) {
		return null;
	}
	const { hostname, port, protocol } = new URL( base_url );
	return { address: hostname, port: port === '' ? DEFAULT_PORTS[ protocol ] ?? 0 : Number( port ) };
}

/** Where there are several providers, none may take all that the worker can do. */
function defaultMaxJobs( { providers, worker_concurrency }: Pick< GatewayFile, 'providers' | 'worker_concurrency' > ): number {
	return providers.length > 1 ? Math.max( 1, Math.floor( worker_concurrency * 0.75 ) ) : worker_concurrency;
}
