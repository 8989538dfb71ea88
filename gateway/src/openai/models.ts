import type { ModelList } from '@draftkeeper/contract';
import { GatewayError } from '../errors.ts';
import type { ApiKey } from '../keys/api-key.ts';
import type { Model, Models } from '../providers/models.ts';
import type { Site } from '../sites/site.ts';

/** Who asks: a site, and the key that it has given to a program; null where the site itself has signed. */
export type Caller = { site: Site; key: ApiKey | null };

/** What the caller may use, in the order of the site's list. */
export function listModels( models: Models, caller: Caller, created: number ): ModelList {
	const data = caller.site.models.flatMap( ( id ) => {
		const model = models.get( id );
		if ( model === undefined || ! isOpenTo( caller, id ) ) {
			return [];
		}
		const [ { provider_name, prices, prices_as_of } ] = model.route;
		return [ {
			id,
			object: 'model' as const,
			created,
			owned_by: provider_name,
			draftkeeper: {
				default: id === caller.site.default_model,
				input_micros_per_million_tokens: prices?.input_micros_per_million_tokens ?? null,
				output_micros_per_million_tokens: prices?.output_micros_per_million_tokens ?? null,
				prices_as_of,
			},
		} ];
	} );
	return { object: 'list', data };
}

/** The model of this name. One that the caller may not use is not there for it. */
export function findModel( models: Models, caller: Caller, id: string ): Model {
	const model = models.get( id );
	if ( model === undefined || ! isOpenTo( caller, id ) ) {
		throw new GatewayError( 'model_not_allowed', 'There is no model of this name for you; GET /v1/models lists those there are.' );
	}
	return model;
}

function isOpenTo( { site, key }: Caller, id: string ): boolean {
	return site.models.includes( id ) && ( key === null || key.models === null || key.models.includes( id ) );
}
