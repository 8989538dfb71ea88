import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock.ts';
import { MAX_ENTRIES, type CacheKey, type CacheStore } from './cache-store.ts';

/** Characters of a tenant's answers together. */
const MAX_TENANT_SIZE = 4 * 1024 * 1024;
const MAX_TENANTS = 50;

/** For one process; what was used longest ago goes first. */
export class MemoryCacheStore implements CacheStore {
	readonly #tenants: LRUCache< string, LRUCache< string, string > >;
	readonly #open: () => LRUCache< string, string >;

	constructor( clock: Pick< Clock, 'now' > ) {
		this.#tenants = new LRUCache( { max: MAX_TENANTS } );
		this.#open = () => new LRUCache( {
			max: MAX_ENTRIES, maxSize: MAX_TENANT_SIZE, sizeCalculation: ( value ) => Math.max( 1, value.length ),
			ttlResolution: 0, perf: { now: () => clock.now() },
		} );
	}

	async get( { tenant, hash }: CacheKey ): Promise< string | null > {
		return this.#tenants.get( tenant )?.get( hash ) ?? null;
	}

	async set( { tenant, hash }: CacheKey, value: string, ttl_ms: number ): Promise< void > {
		const answers = this.#tenants.get( tenant ) ?? this.#open();
		this.#tenants.set( tenant, answers );
		answers.set( hash, value, { ttl: ttl_ms } );
	}
}
