import type { Redis } from 'ioredis';
import type { Clock } from '../clock.ts';

/** How often to ask what time it is. */
const PERIOD_MS = 5_000;

/**
 * The time of a Redis server: the only one that all who share it agree on, whatever the clocks of their machines say and whoever sets those.
 * Between two looks it goes on evenly.
 */
export class RedisClock implements Clock {
	readonly #redis: Pick< Redis, 'time' >;
	readonly #local: Clock;
	/** What it is ahead of the steady clock. */
	#ahead: number;
	#cancelTimer: () => void = () => {};
	#isClosed = false;

	constructor( redis: Pick< Redis, 'time' >, local: Clock ) {
		this.#redis = redis;
		this.#local = local;
		this.#ahead = local.now() - local.steady();
	}

	/** Asks, and goes on asking. Throws where the server does not answer. */
	async open(): Promise< this > {
		await this.#ask();
		this.#askLater();
		return this;
	}

	now(): number {
		return Math.floor( this.#local.steady() + this.#ahead );
	}

	steady(): number {
		return this.#local.steady();
	}

	setTimer( run: () => void, delayMs: number ): () => void {
		return this.#local.setTimer( run, delayMs );
	}

	close(): void {
		this.#isClosed = true;
		this.#cancelTimer();
	}

	/** The answer was made between question and receipt, nobody knows when: what was thought before stands where it may be right. */
	async #ask(): Promise< void > {
		const askedAt = this.#local.steady();
		const [ seconds, microseconds ] = await this.#redis.time();
		const toldAt = this.#local.steady();
		const told = Number( seconds ) * 1_000 + Number( microseconds ) / 1_000;
		// The steady clock tells whole milliseconds.
		this.#ahead = Math.min( Math.max( this.#ahead, told - toldAt - 1 ), told - askedAt + 1 );
	}

	#askLater(): void {
		this.#cancelTimer = this.#local.setTimer( () => {
			// A server that is away is told of elsewhere; time goes on.
			void this.#ask().catch( () => {} ).then( () => this.#isClosed || this.#askLater() );
		}, PERIOD_MS );
	}
}
