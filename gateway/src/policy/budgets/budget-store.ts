/** What a budget counts: requests that were begun, tokens of both directions, millionths of a US dollar. */
export type Amount = { requests: number; tokens: number; micros: number };

/** One sum of a period, `shop:1` in `2026-03`. A bound that is left out does not bind. */
export type Counter = { scope: string; period: string; bounds: { readonly [ name in keyof Amount ]?: number | undefined } };

export type HoldKey = { tenant: string; id: string };

export type NewHold = HoldKey & {
	/**
	 * A job is asked about when a process has died; a call has died with its process, its id is new, and its end is told by the same process.
	 * What one process holds for its calls may be one hold of another id.
	 */
	kind: 'job' | 'call';
	/** What one call may cost at most. */
	tokens: number;
	micros: number;
	counters: readonly Counter[];
	now: number;
};

export type Hold = HoldKey & Pick< NewHold, 'kind' | 'tokens' | 'micros' > & { created_at: number };

export type Reserved =
	| { kind: 'reserved' }
	/** There is a hold of this id already, or was one that has been used; nothing more was reserved. */
	| { kind: 'known' }
	/** The first counter without room, and of what. */
	| { kind: 'exhausted'; counter: Counter; what: keyof Amount };

/**
 * Counts what is used and what is held. A hold and its counters change together or not at all, and what has resolved is on disk.
 * `budget-store.conformance.ts` defines what each engine must do.
 */
export interface BudgetStore {
	/** Holds the amount, and one request, where every counter has room for what is used, held and this. */
	reserve: ( hold: NewHold ) => Promise< Reserved >;

	/** Counts what an attempt has used, once, in the counters of its hold, also after the hold was released. */
	settle: ( key: HoldKey, attempt: number, used: { tokens: number; micros: number } ) => Promise< void >;

	/** Lets go what is held. A hold of which an attempt was settled has used its request, another one has not. */
	release: ( key: HoldKey, now: number ) => Promise< void >;

	/** Holds that are not released and were made before, the oldest first. */
	open: ( before: number, count: number ) => Promise< Hold[] >;

	read: ( scope: string, period: string ) => Promise< { used: Amount; reserved: Amount } >;

	/** Forgets holds that were released before, and counters that have not changed since. */
	purge: ( before: number ) => Promise< void >;
}

export const amountNames = [ 'requests', 'tokens', 'micros' ] as const satisfies ( keyof Amount )[];
