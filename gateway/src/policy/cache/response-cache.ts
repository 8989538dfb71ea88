import { createHash, randomUUID } from 'node:crypto';
import { waitUnlessAborted, type Clock } from '../../clock.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Meter } from '../../observability/meter.ts';
import type { TokenUsage } from '../../providers/text-provider.ts';
import type { CacheKey, CacheStore, Claim, Kept } from './cache-store.ts';

export type ResponseCacheDeps = { store: CacheStore; clock: Clock; logger: Logger; meter?: Meter | undefined };

/** After this the claim of a process that has died is somebody else's. */
const LEASE_MS = 15_000;
const RENEW_AFTER_MS = 5_000;
/** Between two looks for what another process brings. */
const LOOK_AGAIN_MS = 100;
/** Whoever has waited so long for another process makes the call as well. */
const PATIENCE_MS = 60_000;

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
 * Answers the same question once: from what is kept, or from the call that is being made for it, in this process or another that has
 * the same store. Never across tenants, and within one never across scopes.
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
			return { answer: await this.#call( asked, key, randomUUID(), call ), cached: false };
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
		const holder = randomUUID();
		const answer = ( async () => {
			const kept = await this.#find( key, holder, asked.signal );
			if ( kept !== null ) {
				return JSON.parse( kept ) as T;
			}
			cached = false;
			return this.#call( asked, key, holder, call );
		} )();
		this.#flights.set( id, { answer, isAbandoned: () => asked.signal.aborted } );
		try {
			return { answer: await answer, cached };
		} finally {
			this.#flights.delete( id );
		}
	}

	/** What is kept, or what another process brings in a reasonable time; null where the call is to be made here. */
	async #find( key: CacheKey, holder: string, signal: AbortSignal ): Promise< string | null > {
		const { clock, meter } = this.#deps;
		const giveUpAt = clock.steady() + PATIENCE_MS;
		for ( let isFirst = true; ; isFirst = false ) {
			const claim = await this.#claim( key, holder );
			if ( claim.kind === 'kept' ) {
				meter?.cacheAsked( isFirst ? 'hit' : 'shared' );
				return claim.value;
			}
			if ( claim.kind === 'claimed' || clock.steady() >= giveUpAt ) {
				meter?.cacheAsked( 'miss' );
				return null;
			}
			await waitUnlessAborted( clock, LOOK_AGAIN_MS, signal );
		}
	}

	async #call< T >( { isKept, ttl_ms }: Cacheable< T >, key: CacheKey, holder: string, call: () => Promise< T > ): Promise< T > {
		const stopRenewing = this.#renew( key, holder );
		let kept: Kept | null = null;
		try {
			const answer = await call();
			kept = isKept( answer ) ? { value: JSON.stringify( answer ), ttl_ms } : null;
			return answer;
		} finally {
			stopRenewing();
			await this.#deps.store.finish( key, holder, kept ).catch( ( error: unknown ) => this.#complain( error ) );
		}
	}

	#claim( key: CacheKey, holder: string ): Promise< Claim > {
		return this.#deps.store.claim( key, holder, LEASE_MS ).catch( ( error: unknown ): Claim => {
			this.#complain( error );
			return { kind: 'claimed' };
		} );
	}

	/** Holds on to the claim for as long as the call takes. */
	#renew( key: CacheKey, holder: string ): () => void {
		const { clock, store } = this.#deps;
		let stopTimer = () => {};
		const renewLater = () => {
			stopTimer = clock.setTimer( () => {
				renewLater();
				store.renew( key, holder, LEASE_MS ).catch( ( error: unknown ) => this.#complain( error ) );
			}, RENEW_AFTER_MS );
		};
		renewLater();
		return () => stopTimer();
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
