import { createHash } from 'node:crypto';
import type { Logger } from '../../observability/logger.ts';
import type { Meter } from '../../observability/meter.ts';
import type { TokenUsage } from '../../providers/text-provider.ts';
import type { CacheKey, CacheStore } from './cache-store.ts';

export type ResponseCacheDeps = { store: CacheStore; logger: Logger; meter?: Meter | undefined };

/** Tokens of an answer that was there already: nobody has to pay them. */
export const FREE: TokenUsage = { tokens_in: 0, tokens_out: 0, cached_tokens_in: 0 };

export type Cacheable< T > = {
	tenant: string;
	/** Whose answers these are: the pseudonym of a user, the id of a key. */
	scope: string;
	/** Everything that the answer depends on. */
	request: unknown;
	ttl_ms: number;
	/** Only a new answer is wanted; it then takes the place of the one that is kept. */
	isBypassed: boolean;
	signal: AbortSignal;
	/** Whether an answer is worth keeping. */
	isKept: ( answer: T ) => boolean;
};

type Flight = { answer: Promise< unknown >; isAbandoned: () => boolean };

/**
 * Answers the same question once: from what is kept, or from the call that is being made for it. Never across tenants, and within one
 * never across scopes. Calls of several processes are not joined, what they bring is.
 */
export class ResponseCache {
	readonly #deps: ResponseCacheDeps;
	readonly #flights = new Map< string, Flight >();

	constructor( deps: ResponseCacheDeps ) {
		this.#deps = deps;
	}

	/** Throws what `call` throws, or the reason of the signal. */
	async answer< T >( asked: Cacheable< T >, call: () => Promise< T > ): Promise< { answer: T; cached: boolean } > {
		const key = keyOf( asked );
		if ( asked.isBypassed ) {
			this.#deps.meter?.cacheAsked( 'bypass' );
			return { answer: await this.#call( asked, key, call ), cached: false };
		}
		const id = `${ key.tenant } ${ key.hash }`;
		for ( ;; ) {
			const flight = this.#flights.get( id );
			if ( flight === undefined ) {
				return this.#lead( asked, key, id, call );
			}
			try {
				const answer = ( await unlessAborted( flight.answer, asked.signal ) ) as T;
				this.#deps.meter?.cacheAsked( 'shared' );
				return { answer, cached: true };
			} catch ( error ) {
				// Whoever made the call does not want it any more; somebody else has to.
				if ( asked.signal.aborted || ! flight.isAbandoned() ) {
					throw error;
				}
			}
		}
	}

	/** Looks into the store and makes the call, as one flight: whoever comes meanwhile waits for both. */
	async #lead< T >( asked: Cacheable< T >, key: CacheKey, id: string, call: () => Promise< T > ): Promise< { answer: T; cached: boolean } > {
		let cached = true;
		const answer = ( async () => {
			const kept = await this.#read< T >( key );
			this.#deps.meter?.cacheAsked( kept === null ? 'miss' : 'hit' );
			if ( kept !== null ) {
				return kept;
			}
			cached = false;
			return this.#call( asked, key, call );
		} )();
		this.#flights.set( id, { answer, isAbandoned: () => asked.signal.aborted } );
		try {
			return { answer: await answer, cached };
		} finally {
			this.#flights.delete( id );
		}
	}

	async #call< T >( { isKept, ttl_ms }: Cacheable< T >, key: CacheKey, call: () => Promise< T > ): Promise< T > {
		const answer = await call();
		if ( isKept( answer ) ) {
			await this.#deps.store.set( key, JSON.stringify( answer ), ttl_ms ).catch( ( error: unknown ) => this.#complain( error ) );
		}
		return answer;
	}

	async #read< T >( key: CacheKey ): Promise< T | null > {
		try {
			const kept = await this.#deps.store.get( key );
			return kept === null ? null : ( JSON.parse( kept ) as T );
		} catch ( error ) {
			this.#complain( error );
			return null;
		}
	}

	#complain( error: unknown ): void {
		this.#deps.logger.warn( { err: error }, 'the cache cannot be used; calls are made as if it held nothing' );
	}
}

function keyOf( { tenant, scope, request }: Pick< Cacheable< unknown >, 'tenant' | 'scope' | 'request' > ): CacheKey {
	return { tenant, hash: createHash( 'sha256' ).update( JSON.stringify( [ 1, tenant, scope, request ] ) ).digest( 'base64url' ) };
}

async function unlessAborted< T >( promise: Promise< T >, signal: AbortSignal ): Promise< T > {
	let stop = () => {};
	const aborted = new Promise< never >( ( _resolve, reject ) => {
		stop = () => reject( signal.reason );
		signal.addEventListener( 'abort', stop );
	} );
	try {
		signal.throwIfAborted();
		return await Promise.race( [ promise, aborted ] );
	} finally {
		signal.removeEventListener( 'abort', stop );
	}
}
