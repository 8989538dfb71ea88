import type { Clock } from '../clock.ts';
import type { Config, ProviderConfig } from '../config.ts';
import { unreachable } from '../errors.ts';
import type { Model, Models } from './models.ts';
import { createProviderFetch, OpenAiCompatibleProvider } from './openai-compatible-provider.ts';
import { SampleProvider } from './sample/sample-provider.ts';
import type { TextProvider } from './text-provider.ts';

/** Builds the configured providers and hands each model its own. */
export function createModels( { models, providers }: Pick< Config, 'models' | 'providers' >, clock: Clock ): Models {
	const byName = new Map( providers.map( ( provider ) => [ provider.name, createProvider( provider, clock ) ] ) );
	return new Map( models.map( ( { provider: name, ...model } ): [ string, Model ] => {
		const provider = byName.get( name );
		if ( provider === undefined ) {
			throw new Error( `Model ${ model.id } names no provider: ${ name }` );
		}
		return [ model.id, { ...model, provider_name: name, provider } ];
	} ) );
}

function createProvider( provider: ProviderConfig, clock: Clock ): TextProvider {
	switch ( provider.kind ) {
		case 'sample':
			return new SampleProvider();
		case 'openai-compatible':
			return new OpenAiCompatibleProvider( { ...provider, clock, fetch: createProviderFetch() } );
		default:
			throw unreachable( provider );
	}
}
