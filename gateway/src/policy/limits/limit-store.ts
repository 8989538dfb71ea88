/** So many requests in any span of time of this length, wherever it begins. */
export type Limit = {
	/** What is counted together: a tenant, a key of its API. */
	key: string;
	/** For the caller: `site-60s`. */
	name: string;
	requests: number;
	window_ms: number;
};

export type LimitState = Limit & {
	/** Requests that would pass now. */
	remaining: number;
	/** When the next request leaves the window and makes room; 0 where it is empty. */
	opens_in_ms: number;
};

export type Taken = {
	allowed: boolean;
	states: LimitState[];
	/** When a refused request may pass; 0 where it was allowed. */
	retry_after_ms: number;
};

/**
 * Counts requests in sliding windows. `limit-store.conformance.ts` defines what each engine must do.
 * Only what is allowed is counted, and by all limits or by none. One clock counts for all processes, and it never goes back for a window.
 */
export interface LimitStore {
	take: ( limits: readonly Limit[] ) => Taken | Promise< Taken >;
}

/** `times` are those in the window, the oldest first; the request itself, where it was allowed, is the last. */
export function stateOf( limit: Limit, { count, oldest, now }: { count: number; oldest: number | null; now: number } ): LimitState {
	const { key, name, requests, window_ms } = limit;
	return {
		key, name, requests, window_ms, remaining: Math.max( 0, requests - count ), opens_in_ms: oldest === null ? 0 : Math.max( 0, oldest + window_ms - now ),
	};
}
