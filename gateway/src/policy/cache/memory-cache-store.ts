import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock.ts';
import { MAX_ENTRIES, type CacheKey, type CacheStore, type Claim, type Kept } from './cache-store.ts';

/** Characters of a tenant's answers together. */
const MAX_TENANT_SIZE = 4 * 1024 * 1024;
const MAX_TENANTS = 50;

/** For one process; what was used longest ago goes first. */
export class MemoryCacheStore implements CacheStore {
	readonly #clock: Pick< Clock, 'now' >;
	readonly #tenants: LRUCache< string, LRUCache< string, string > >;
	/** Every holder ends its own: the process is the only one. */
	readonly #claims = new Map< string, { holder: string; until: number } >();

	constructor( clock: Pick< Clock, 'now' > ) {
		this.#clock = clock;
		this.#tenants = new LRUCache( { max: MAX_TENANTS } );
	}

	async claim( key: CacheKey, holder: string, lease_ms: number ): Promise< Claim > {
		const value = this.#tenants.get( key.tenant )?.get( key.hash );
		if ( value !== undefined ) {
			return { kind: 'kept', value };
		}
		const now = this.#clock.now();
		if ( ( this.#claims.get( nameOf( key ) )?.until ?? now ) > now ) {
			return { kind: 'busy' };
		}
		this.#claims.set( nameOf( key ), { holder, until: now + lease_ms } );
		return { kind: 'claimed' };
	}

	async renew( key: CacheKey, holder: string, lease_ms: number ): Promise< void > {
		if ( this.#claims.get( nameOf( key ) )?.holder === holder ) {
			this.#claims.set( nameOf( key ), { holder, until: this.#clock.now() + lease_ms } );
		}
	}

	async finish( key: CacheKey, holder: string, kept: Kept | null ): Promise< void > {
		if ( this.#claims.get( nameOf( key ) )?.holder === holder ) {
			this.#claims.delete( nameOf( key ) );
		}
		if ( kept !== null ) {
			const answers = this.#tenants.get( key.tenant ) ?? this.#open();
			this.#tenants.set( key.tenant, answers );
			answers.set( key.hash, kept.value, { ttl: kept.ttl_ms } );
		}
	}

	#open(): LRUCache< string, string > {
		return new LRUCache( {
			max: MAX_ENTRIES, maxSize: MAX_TENANT_SIZE, sizeCalculation: ( value ) => Math.max( 1, value.length ),
			ttlResolution: 0, perf: { now: () => this.#clock.now() },
		} );
	}
}

function nameOf( { tenant, hash }: CacheKey ): string {
	return `${ tenant } ${ hash }`;
}
