import type { FinishedJob } from '@draftkeeper/contract';
import type { SetBack } from '../jobs/job-store.ts';

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

/** A delivery that was given up; its result is kept until the job is forgotten. */
export type DeadLetter = {
	id: string;
	tenant: string;
	uuid: string;
	tries: number;
	last_failure: string;
	created_at: number;
	ended_at: number;
};

export type DeadLettersQuery = { tenant: string | null; limit: number };

/** What a tenant has not received; tenants that have everything are left out. */
export type TenantDeliveries = {
	tenant: string;
	undelivered: number;
	dead: number;
	/** When the oldest one under way was made; null where none is. */
	undelivered_since: number | null;
};

/**
 * Keeps what has still to be delivered. Rows are made by the job store, in the transaction that ends the job.
 * `delivery-store.conformance.ts` defines what each method must do; every engine passes it.
 */
export interface DeliveryStore {
	/** Leases the delivery that has been due for longest, of another tenant than those that are busy enough. */
	claimDelivery: ( claim: { now: number; lease_until: number; busy_tenants: readonly string[] } ) => Promise< DueDelivery | null >;

	/** Keeps the lease of a delivery that is still under way. */
	renewDelivery: ( id: string, lease_until: number ) => Promise< void >;

	/** The clock was set back: what was to be delivered at a time that is still to come is due by the end of a lease that begins now. */
	clockSetBack: ( time: SetBack ) => Promise< void >;

	settleDelivery: ( id: string, verdict: DeliveryVerdict, now: number ) => Promise< void >;

	/** When `claimDelivery` may next have something to do; null where nothing waits. */
	nextDeliveryDueAt: () => Promise< number | null >;

	/** The latest first. */
	deadLetters: ( query: DeadLettersQuery ) => Promise< DeadLetter[] >;

	/** Begins the tries of a dead letter anew, under its old id. False where there is no dead letter of this id. */
	replay: ( id: string, now: number ) => Promise< boolean >;

	stats: () => Promise< TenantDeliveries[] >;
}
