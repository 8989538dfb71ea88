import type { ApiModel, ModelList } from '@draftkeeper/contract';
import { GatewayError } from '../errors.ts';
import type { ApiKey } from '../keys/api-key.ts';
import type { Model, Models } from '../providers/models.ts';
import type { CallOptions } from '../providers/provider.ts';
import type { Site } from '../sites/site.ts';
import { InvalidRequest } from './invalid-request.ts';

/** Who asks: a site, and the key that it has given to a program; null where the site itself has signed. */
export type Caller = { site: Site; key: ApiKey | null };

/** What the caller may use, in the order of the site's list. */
export function listModels( models: Models, caller: Caller, created: number ): ModelList {
	const data = caller.site.models.flatMap( ( id ) => {
		const model = models.get( id );
		return model === undefined || ! isOpenTo( caller, id ) ? [] : [ describeModel( model, caller, created ) ];
	} );
	return { object: 'list', data };
}

/** One of them: who runs it first, and what that costs. */
export function describeModel( { id, route: [ { provider_name, prices, prices_as_of } ] }: Model, { site }: Caller, created: number ): ApiModel {
	return {
		id,
		object: 'model',
		created,
		owned_by: provider_name,
		draftkeeper: {
			default: id === site.default_model,
			input_micros_per_million_tokens: prices?.input_micros_per_million_tokens ?? null,
			output_micros_per_million_tokens: prices?.output_micros_per_million_tokens ?? null,
			prices_as_of,
		},
	};
}

/** The model of this name. One that the caller may not use is not there for it. */
export function findModel( models: Models, caller: Caller, id: string ): Model {
	const model = models.get( id );
	if ( model === undefined || ! isOpenTo( caller, id ) ) {
		throw new GatewayError( 'model_not_allowed', 'There is no model of this name for you; GET /v1/models lists those there are.' );
	}
	return model;
}

/** The model with those places on its route that can do all that is asked. Throws `InvalidRequest` with the parameter where none can. */
export function ableModel( model: Model, options: CallOptions ): Model {
	if ( options.parameters === undefined ) {
		return model;
	}
	const places = model.route.map( ( target ) => ( { target, missing: target.provider.missing( target.upstream_model, options ) } ) );
	const [ first, ...others ] = places.flatMap( ( { target, missing } ) => ( missing === null ? [ target ] : [] ) );
	if ( first === undefined ) {
		const param = places[ 0 ]?.missing ?? null;
		const value = param === 'reasoning_effort' || param === 'verbosity' ? `'${ param }' with '${ options.parameters[ param ] }'` : `'${ param }'`;
		throw new InvalidRequest(
			`Unsupported parameter: ${ value }. The model '${ model.id }' has no such thing, and the gateway refuses what would have no effect: leave it out, or ask another model.`,
			param,
			'unsupported_parameter'
		);
	}
	return others.length + 1 === model.route.length ? model : { ...model, route: [ first, ...others ] };
}

function isOpenTo( { site, key }: Caller, id: string ): boolean {
	return site.models.includes( id ) && ( key === null || key.models === null || key.models.includes( id ) );
}
