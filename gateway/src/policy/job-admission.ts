import type { Offer } from '@draftkeeper/contract';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { JobKey, JobRequest } from '../jobs/job-store.ts';
import type { Models } from '../providers/models.ts';
import type { Site } from '../sites/site.ts';
import { countersOf, type Budgets } from './budgets/budgets.ts';
import { mostOf } from './budgets/price-of.ts';
import { assertInputFits, ceilingsOf, clampOutput } from './ceilings.ts';
import { assertEnabled } from './kill-switch.ts';
import { limitsOf, type Headers, type Limits } from './limits/limits.ts';
import { countMessages } from '../tokenizer/count-tokens.ts';

export type JobAdmissionDeps = { limits: Limits; budgets: Budgets; models: Models; clock: Clock };

export type AdmittedJob = {
	model: string;
	/** What will be asked: the offer within the site's ceilings. */
	request: JobRequest;
	headers: Headers;
	/** Gives back what was reserved, where the job was not stored after all. */
	withdraw: () => Promise< void >;
};

/** What a site's offer has to pass before its job is stored. */
export class JobAdmission {
	readonly #deps: JobAdmissionDeps;

	constructor( deps: JobAdmissionDeps ) {
		this.#deps = deps;
	}

	/** Throws a `GatewayError` that says which rule of the site refuses the job; what it costs is reserved afterwards. */
	async admit( site: Site, user: string, { uuid, messages, temperature, max_output_tokens, ...offer }: Omit< Offer, 'contract_version' > ): Promise< AdmittedJob > {
		const { limits, budgets, models, clock } = this.#deps;
		assertEnabled( site );
		const id = offer.model ?? site.default_model;
		const model = models.get( id );
		if ( ! site.models.includes( id ) || model === undefined ) {
			throw new GatewayError( 'model_not_allowed', 'The site may not use this model.' );
		}
		const ceilings = ceilingsOf( site, model );
		const isCached = site.cache !== undefined && temperature <= site.cache.max_temperature;
		const request: JobRequest = {
			messages, temperature, max_output_tokens: clampOutput( ceilings, max_output_tokens ),
			...( isCached ? { cache: { scope: user, bypass: offer.cache === 'bypass' } } : {} ),
		};
		const counters = countersOf( site, null, clock.now() );
		const tokens = counters.length === 0 && ceilings.max_input_tokens === null ? 0 : await countMessages( messages );
		assertInputFits( ceilings, tokens );
		const headers = await limits.take( limitsOf( site, null ) );
		const key = { tenant: site.tenant, id: uuid };
		await budgets.reserve( { ...key, kind: 'job', counters, ...mostOf( model, tokens, request.max_output_tokens ) } );
		return { model: id, request, headers, withdraw: () => budgets.release( key ) };
	}

	/** The job has ended without a call: nothing of what was reserved will be used. */
	async ended( { tenant, uuid }: JobKey ): Promise< void > {
		await this.#deps.budgets.release( { tenant, id: uuid } );
	}
}
