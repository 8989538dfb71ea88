import type { Clock } from '../clock.ts';

export type BreakerOptions = {
	clock: Clock;
	/** So many failures in a row close the way to the provider. */
	failures: number;
	/** For how long; then one call probes. */
	cool_down_ms: number;
	onChange?: ( state: BreakerState ) => void;
};

export type BreakerState = 'closed' | 'open' | 'half_open';

/** A provider that asks for more is tried again all the same. */
const MAX_RETRY_AFTER_MS = 300_000;
/** While a probe is under way, others look again after this. */
const PROBE_PAUSE_MS = 1_000;

/** One call that was let through. It ends once; what is said about it after that is not heard. */
export type BreakerCall = {
	/** The answer has begun. */
	answers: () => void;
	succeeded: () => void;
	failed: ( retryAfterMs: number | null ) => void;
	/** It says nothing about the provider. */
	abandoned: () => void;
};

/** Keeps calls away from a provider that fails again and again, and finds out with one call at a time whether it is back. */
export class Breaker {
	readonly #options: BreakerOptions;
	#failures = 0;
	/** Null: closed, all calls go through. */
	#openUntil: number | null = null;
	/** The one call that tries whether the provider is back. */
	#probe: object | null = null;

	constructor( options: BreakerOptions ) {
		this.#options = options;
	}

	get state(): BreakerState {
		if ( this.#openUntil === null ) {
			return 'closed';
		}
		return this.#probe !== null || this.#openUntil <= this.#options.clock.steady() ? 'half_open' : 'open';
	}

	/** When a call may begin, at the earliest; what is not in the future is now. */
	readyAt(): number {
		const now = this.#options.clock.steady();
		return this.#probe !== null ? Math.max( now + PROBE_PAUSE_MS, this.#openUntil ?? 0 ) : ( this.#openUntil ?? now );
	}

	/** Begins a call; only where `readyAt` is not in the future. */
	begin(): BreakerCall {
		const call = {};
		if ( this.#openUntil !== null ) {
			this.#probe = call;
			this.#options.onChange?.( 'half_open' );
		}
		let isOver = false;
		const end = ( run: ( isProbe: boolean ) => void ) => {
			if ( ! isOver ) {
				isOver = true;
				run( this.#probe === call );
			}
		};
		return {
			answers: () => {
				if ( this.#probe === call ) {
					this.#closeOnTrial();
				}
			},
			succeeded: () => end( ( isProbe ) => this.#succeed( isProbe ) ),
			failed: ( retryAfterMs ) => end( ( isProbe ) => this.#fail( isProbe, retryAfterMs ) ),
			abandoned: () => end( ( isProbe ) => {
				this.#probe = isProbe ? null : this.#probe;
			} ),
		};
	}

	/** Others may go again while the probe is still being answered; if that ends badly, the next failure is one too many. */
	#closeOnTrial(): void {
		this.#probe = null;
		this.#openUntil = null;
		this.#failures = this.#options.failures - 1;
		this.#options.onChange?.( 'closed' );
	}

	#succeed( isProbe: boolean ): void {
		if ( isProbe ) {
			this.#closeOnTrial();
		}
		// A call from before the outage that ends well says nothing about now.
		if ( this.#openUntil === null ) {
			this.#failures = 0;
		}
	}

	#fail( isProbe: boolean, retryAfterMs: number | null ): void {
		const { clock, failures, cool_down_ms, onChange } = this.#options;
		this.#failures += 1;
		if ( isProbe ) {
			this.#probe = null;
		} else if ( this.#openUntil !== null || this.#failures < failures ) {
			return;
		}
		this.#openUntil = clock.steady() + Math.max( cool_down_ms, Math.min( retryAfterMs ?? 0, MAX_RETRY_AFTER_MS ) );
		onChange?.( 'open' );
	}
}
