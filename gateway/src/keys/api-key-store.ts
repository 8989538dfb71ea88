import type { ApiKey } from './api-key.ts';

/**
 * Keeps the keys of all sites. Every process looks a key up each time it is shown, so that what is revoked is refused at once.
 * `api-key-store.conformance.ts` defines what each engine must do.
 */
export interface ApiKeyStore {
	add: ( key: ApiKey ) => Promise< void >;
	/** Also a revoked or expired one. */
	find: ( id: string ) => Promise< ApiKey | null >;
	/** The newest last; null: of all sites. */
	list: ( tenant: string | null ) => Promise< ApiKey[] >;
	/** A key stays revoked from the first time on. Null where there is none of this id. */
	revoke: ( id: string, now: number ) => Promise< ApiKey | null >;
	markUsed: ( id: string, now: number ) => Promise< void >;
}
