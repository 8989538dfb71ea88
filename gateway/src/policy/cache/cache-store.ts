/**
 * Keeps answers for a while, and who is at work on one. Losing either costs a call, never an answer; a store that is away is one that
 * holds nothing. `cache-store.conformance.ts` defines what each engine must do.
 */
export interface CacheStore {
	/** What is kept; else, of any number of claims at the same time, one gets to bring it, and has `lease_ms` for it. */
	claim: ( key: CacheKey, holder: string, lease_ms: number ) => Promise< Claim >;
	/** More time for a claim that `holder` still has. */
	renew: ( key: CacheKey, holder: string, lease_ms: number ) => Promise< void >;
	/** Keeps the answer, where there is one to keep, and frees the claim of `holder`, where it has one. */
	finish: ( key: CacheKey, holder: string, kept: Kept | null ) => Promise< void >;
}

export type Claim =
	| { kind: 'kept'; value: string }
	| { kind: 'claimed' }
	/** Somebody else is at work on it. */
	| { kind: 'busy' };

export type Kept = { value: string; ttl_ms: number };

/** The tenant stands beside the hash, although the hash is made of it too: what is kept is bounded by tenant. */
export type CacheKey = { tenant: string; hash: string };

/** Answers of one tenant that are kept at most. */
export const MAX_ENTRIES = 2_000;
