import type { Clock } from '../clock.ts';
import type { Operation } from '../observability/gen-ai.ts';
import type { Breaker } from './breaker.ts';
import type { Bulkhead, Lane } from './bulkhead.ts';
import { ProviderError } from './text-provider.ts';

/** Codes that say that a provider is out of order, and count against it. */
const outOfOrder = new Set( [ 'provider_auth', 'provider_quota', 'provider_busy', 'provider_timeout', 'provider_unavailable', 'provider_bad_response' ] );

const FIRST_GUESS_MS = 2_000;
/** Weight of the latest call in the mean. */
const WEIGHT = 0.2;
/** Nobody is sent away for longer because of others that wait. */
const LONGEST_LINE_MS = 60_000;
const SHORTEST_GAP_MS = 5;
const MS = 1_000;

/** Leave to make one call; `end` must be called. */
export type Pass = {
	/** The provider has begun to answer: it works. */
	answers: () => void;
	/** Null: the call went well. Else: how it failed. */
	end: ( error: unknown ) => void;
	/** Nobody wanted the call any more, or it was never made: that says nothing about the provider. */
	abandon: ( wasMade: boolean ) => void;
};

/** How a call ended: null is well, `canceled` is unwanted. */
export type GateCall = { operation: Operation; error: string | null; seconds: number; first_token_seconds: number | null };

type GateOptions = { clock: Clock; breaker: Breaker; bulkhead: Bulkhead; onCall?: ( call: GateCall ) => void };

/** The way to one model at one provider. */
export class Gate {
	readonly #options: GateOptions;
	#meanMs = FIRST_GUESS_MS;
	#lineEndsAt = 0;

	constructor( options: GateOptions ) {
		this.#options = options;
	}

	get breaker(): Breaker {
		return this.#options.breaker;
	}

	isBroken(): boolean {
		return this.opensIn() > 0;
	}

	/** Milliseconds until a call may try whether the provider is back; 0 where it may at once. */
	opensIn(): number {
		return Math.max( 0, this.#options.breaker.readyAt() - this.#options.clock.steady() );
	}

	isFull( lane: Lane ): boolean {
		return this.#options.bulkhead.isFull( lane );
	}

	/** A time to come back, another one for each who asks: as many as can be served, and not all at once. */
	queueUp( lane: Lane ): number {
		const { clock, breaker, bulkhead } = this.#options;
		const gap = Math.max( SHORTEST_GAP_MS, 1_000 / bulkhead.ratePerSecond( lane, this.#meanMs ) );
		const opensAt = Math.max( clock.steady() + gap, breaker.readyAt() );
		this.#lineEndsAt = Math.min( Math.max( this.#lineEndsAt + gap, opensAt ), opensAt + LONGEST_LINE_MS );
		return Math.ceil( clock.now() + this.#lineEndsAt - clock.steady() );
	}

	/** Only where the gate is neither broken nor full. */
	enter( lane: Lane, operation: Operation = 'chat' ): Pass {
		const { clock, breaker, bulkhead, onCall } = this.#options;
		const leave = bulkhead.enter( lane );
		const call = breaker.begin();
		const startedAt = clock.steady();
		const secondsUntil = ( time: number ) => ( time - startedAt ) / MS;
		let firstAt: number | null = null;
		const tell = ( error: string | null ) => onCall?.( {
			operation, error, seconds: secondsUntil( clock.steady() ), first_token_seconds: firstAt === null ? null : secondsUntil( firstAt ),
		} );
		return {
			answers() {
				firstAt ??= clock.steady();
				call.answers();
			},
			end: ( error ) => {
				leave();
				tell( error === null ? null : codeOf( error ) );
				if ( error === null || ( error instanceof ProviderError && ! outOfOrder.has( error.code ) ) ) {
					// A minute until a time-out says nothing about how fast a line moves once the provider is back.
					this.#meanMs += WEIGHT * ( clock.steady() - startedAt - this.#meanMs );
					call.succeeded();
				} else {
					call.failed( error instanceof ProviderError ? error.retryAfterMs : null );
				}
			},
			abandon( wasMade ) {
				leave();
				if ( wasMade ) {
					tell( 'canceled' );
				}
				call.abandoned();
			},
		};
	}
}

const codeOf = ( error: unknown ): string => ( error instanceof ProviderError ? error.code : 'internal_error' );
