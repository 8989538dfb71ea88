import type { Clock } from '../clock.ts';
import { unreachable } from '../errors.ts';
import type { GatewayFile, ProviderConfig } from '../gateway-file.ts';
import type { Adapter } from './adapter.ts';
import { openAiCompatible } from './adapters/openai-compatible.ts';
import { sample } from './adapters/sample.ts';
import { defaultTimeouts } from './call-watch.ts';
import type { Model, Models } from './models.ts';
import { createProviderFetch } from './provider-fetch.ts';
import { UpstreamProvider } from './upstream-provider.ts';

/** Builds the configured providers and hands each model its own. */
export function createModels( { models, providers }: Pick< GatewayFile, 'models' | 'providers' >, clock: Clock ): Models {
	const byName = new Map( providers.map( ( provider ) => [
		provider.name,
		new UpstreamProvider( { adapter: createAdapter( provider, clock ), clock, fetch: createProviderFetch(), timeouts: defaultTimeouts } ),
	] ) );
	return new Map( models.map( ( { id, provider: name, upstream_model, ...prices } ): [ string, Model ] => {
		const provider = byName.get( name );
		if ( provider === undefined ) {
			throw new Error( `Model ${ id } names no provider: ${ name }` );
		}
		return [ id, { id, route: [ { provider_name: name, upstream_model, prices, provider } ] } ];
	} ) );
}

function createAdapter( provider: ProviderConfig, clock: Clock ): Adapter {
	switch ( provider.kind ) {
		case 'sample':
			return sample( { clock } );
		case 'openai-compatible':
			return openAiCompatible( provider );
		default:
			throw unreachable( provider );
	}
}
