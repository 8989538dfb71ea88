import type { Clock } from '../clock.ts';
import type { ClaimedJob, NextStep } from '../jobs/job-store.ts';
import type { Sites } from '../sites/site.ts';
import { heldUntil } from './kill-switch.ts';

/** What stands between a job that was taken and the call of its provider. */
export interface JobPolicy {
	/** What happens instead of a call; null where the call may be made. */
	before: ( job: ClaimedJob ) => Promise< NextStep | null >;
}

/** Lets everything pass. */
export const noJobPolicy: JobPolicy = { before: async () => null };

/** The rules of the site that a job belongs to, as its file has them when the call is about to be made. */
export class SiteJobPolicy implements JobPolicy {
	readonly #deps: { sites: Sites; clock: Clock };

	constructor( deps: { sites: Sites; clock: Clock } ) {
		this.#deps = deps;
	}

	async before( { tenant }: ClaimedJob ): Promise< NextStep | null > {
		const at = heldUntil( this.#deps.sites, tenant, this.#deps.clock.now() );
		return at === null ? null : { then: 'retry', at, maybe_billed: false };
	}
}
