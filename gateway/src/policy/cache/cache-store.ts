/**
 * Keeps answers for a while. Losing one costs a call, never an answer; a store that is away is one that holds nothing.
 * `cache-store.conformance.ts` defines what each engine must do.
 */
export interface CacheStore {
	get: ( key: CacheKey ) => Promise< string | null >;
	set: ( key: CacheKey, value: string, ttl_ms: number ) => Promise< void >;
}

/** The tenant stands beside the hash, although the hash is made of it too: what is kept is bounded by tenant. */
export type CacheKey = { tenant: string; hash: string };

/** Answers of one tenant that are kept at most. */
export const MAX_ENTRIES = 2_000;
