import type { Clock } from './clock.ts';

/** Less is no leap: time servers put clocks right in small steps. */
const LEAST_MS = 1_000;

/**
 * Notices that the clock was set forward, or stood still while the machine was paused. What other processes have to renew by then looks overdue
 * at once, and is not: for as long as a lease lasts, so much of the time that seems to have passed does not count.
 */
export class ClockLeaps {
	readonly #clock: Clock;
	readonly #leaseMs: number;
	/** What the clock is ahead of the steady one. */
	#ahead: number;
	#leap = { milliseconds: 0, over: 0 };

	constructor( clock: Clock, leaseMs: number ) {
		this.#clock = clock;
		this.#leaseMs = leaseMs;
		this.#ahead = clock.now() - clock.steady();
	}

	/** How much of the time that has passed does not count. */
	graceMs(): number {
		this.#look();
		return this.msLeft() > 0 ? this.#leap.milliseconds : 0;
	}

	/** How long that goes on. */
	msLeft(): number {
		return Math.max( 0, this.#leap.over - this.#clock.steady() );
	}

	#look(): void {
		const ahead = this.#clock.now() - this.#clock.steady();
		const leapt = ahead - this.#ahead;
		this.#ahead = ahead;
		if ( leapt > LEAST_MS ) {
			this.#leap = { milliseconds: leapt, over: this.#clock.steady() + this.#leaseMs };
		}
	}
}
