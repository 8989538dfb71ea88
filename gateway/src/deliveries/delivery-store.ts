import type { FinishedJob } from '@draftkeeper/contract';

/** A result on its way to the site. `id` is the `webhook-id`, the same over all tries. */
export type DueDelivery = {
	id: string;
	tenant: string;
	/** Tries before this one. */
	tries: number;
	finished: FinishedJob;
};

export type DeliveryVerdict =
	| { then: 'acknowledged' }
	| { then: 'retry'; at: number; failure: string }
	/** There was no try: it does not count as one. */
	| { then: 'postpone'; at: number; failure: string }
	/** No further try; kept as a dead letter, the site may still pull the result. */
	| { then: 'dead'; failure: string };

/**
 * Keeps what has still to be delivered. Rows are made by the job store, in the transaction that ends the job.
 * `job-store.conformance.ts` covers it.
 */
export interface DeliveryStore {
	/** Leases the delivery that has been due for longest, of another tenant than those that are busy enough. */
	claimDelivery: ( claim: { now: number; lease_until: number; busy_tenants: readonly string[] } ) => Promise< DueDelivery | null >;

	settleDelivery: ( id: string, verdict: DeliveryVerdict, now: number ) => Promise< void >;

	/** When `claimDelivery` may next have something to do; null where nothing waits. */
	nextDeliveryDueAt: () => Promise< number | null >;
}
