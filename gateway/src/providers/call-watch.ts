import type { Clock } from '../clock.ts';
import { ProviderError } from './text-provider.ts';

export type CallTimeouts = {
	/** From the request to the first piece of the answer. */
	first_token_ms: number;
	/** Between two signs of life of a stream that has begun. */
	idle_ms: number;
	/** From the first byte sent to the last received. */
	overall_ms: number;
};

export const defaultTimeouts: CallTimeouts = { first_token_ms: 60_000, idle_ms: 30_000, overall_ms: 120_000 };

/** Ends a call that nobody wants any more, or that takes too long, with the caller's reason or a `ProviderError`. */
export class CallWatch {
	#ended: { reason: unknown } | null = null;
	#onEnd: ( reason: unknown ) => void = () => {};
	#controller: AbortController | null = null;
	readonly #clock: Clock;
	readonly #timeouts: CallTimeouts;
	readonly #caller: AbortSignal;
	readonly #onCallerAbort = () => this.#end( this.#caller.reason );
	readonly #stopOverall: () => void;
	#stopSilence: () => void = () => {};
	#heardAt = 0;

	constructor( clock: Clock, timeouts: CallTimeouts, caller: AbortSignal ) {
		this.#clock = clock;
		this.#timeouts = timeouts;
		this.#caller = caller;
		if ( caller.aborted ) {
			this.#onCallerAbort();
		}
		// By hand: in Node 20 `AbortSignal.any` keeps every signal that a long-lived one was ever joined with.
		caller.addEventListener( 'abort', this.#onCallerAbort );
		this.#stopOverall = clock.setTimer( () => this.#giveUp(), timeouts.overall_ms );
	}

	/** Why the call was ended; null while it is not. */
	get ended(): { reason: unknown } | null {
		return this.#ended;
	}

	/** Hears of the end, also of one that has come. There is one listener: who has the call in hand now. */
	set onEnd( listener: ( reason: unknown ) => void ) {
		this.#onEnd = listener;
		if ( this.#ended !== null ) {
			listener( this.#ended.reason );
		}
	}

	/** The same as a signal, for who wants one: making it costs as much as a timer and ten listeners. */
	get signal(): AbortSignal {
		if ( this.#controller === null ) {
			this.#controller = new AbortController();
			if ( this.#ended !== null ) {
				this.#controller.abort( this.#ended.reason );
			}
		}
		return this.#controller.signal;
	}

	/** The answer will come in pieces: from now on the first one is waited for. */
	expectStream(): void {
		this.#stopSilence = this.#clock.setTimer( () => this.#giveUp(), this.#timeouts.first_token_ms );
	}

	/** A piece of the answer is here. */
	heardContent(): void {
		if ( this.#heardAt === 0 ) {
			this.#stopSilence();
			this.#waitForLife( this.#timeouts.idle_ms );
		}
		this.#heardAt = this.#clock.steady();
	}

	/** Something is here: a ping, a count of tokens. */
	heardLife(): void {
		if ( this.#heardAt !== 0 ) {
			this.#heardAt = this.#clock.steady();
		}
	}

	stop(): void {
		this.#stopOverall();
		this.#stopSilence();
		this.#caller.removeEventListener( 'abort', this.#onCallerAbort );
	}

	/** One timer that looks back when it fires, instead of a new one for each piece. */
	#waitForLife( delayMs: number ): void {
		this.#stopSilence = this.#clock.setTimer( () => {
			const left = this.#heardAt + this.#timeouts.idle_ms - this.#clock.steady();
			if ( left <= 0 ) {
				this.#giveUp();
			} else {
				this.#waitForLife( left );
			}
		}, delayMs );
	}

	#giveUp(): void {
		this.#end( new ProviderError( 'provider_timeout', { isRetryable: true, mayBeBilled: true } ) );
	}

	#end( reason: unknown ): void {
		if ( this.#ended === null ) {
			this.#ended = { reason };
			this.#controller?.abort( reason );
			this.#onEnd( reason );
		}
	}
}
