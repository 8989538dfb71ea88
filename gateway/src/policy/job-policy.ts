import type { Clock } from '../clock.ts';
import type { AttemptEnd, ClaimedJob, NextStep } from '../jobs/job-store.ts';
import type { Models } from '../providers/models.ts';
import type { Sites } from '../sites/site.ts';
import type { Budgets } from './budgets/budgets.ts';
import { mostOf, spentBy } from './budgets/price-of.ts';
import { heldUntil } from './kill-switch.ts';
import { countMessages } from './tokenizer.ts';

/** What stands between a job that was taken and the call of its provider. */
export interface JobPolicy {
	/** What happens instead of a call; null where the call may be made. */
	before: ( job: ClaimedJob ) => Promise< NextStep | null >;

	/** A call has ended and is filed; `hasEnded` where the job has too. Never throws. */
	after: ( job: ClaimedJob, attempt: { number: number; end: AttemptEnd }, hasEnded: boolean ) => Promise< void >;
}

/** Lets everything pass. */
export const noJobPolicy: JobPolicy = { before: async () => null, after: async () => {} };

export type SiteJobPolicyDeps = { sites: Sites; models: Models; budgets: Budgets; clock: Clock };

/** The rules of the site that a job belongs to, as its file has them when the call is about to be made. */
export class SiteJobPolicy implements JobPolicy {
	readonly #deps: SiteJobPolicyDeps;

	constructor( deps: SiteJobPolicyDeps ) {
		this.#deps = deps;
	}

	async before( { tenant }: ClaimedJob ): Promise< NextStep | null > {
		const at = heldUntil( this.#deps.sites, tenant, this.#deps.clock.now() );
		return at === null ? null : { then: 'retry', at, maybe_billed: false };
	}

	async after( job: ClaimedJob, { number, end }: { number: number; end: AttemptEnd }, hasEnded: boolean ): Promise< void > {
		const { budgets } = this.#deps;
		const key = { tenant: job.tenant, id: job.uuid };
		await budgets.settle( key, number, spentBy( end, await this.#most( job, end ) ) );
		if ( hasEnded ) {
			await budgets.release( key );
		}
	}

	/** Counted only where the provider did not tell. */
	async #most( { model: id, request }: ClaimedJob, { tokens_in, tokens_out }: AttemptEnd ) {
		const model = this.#deps.models.get( id );
		return model === undefined || ( tokens_in !== null && tokens_out !== null )
			? { tokens: 0, micros: 0 }
			: mostOf( model, await countMessages( request.messages ), request.max_output_tokens );
	}
}
