import type { Redis } from 'ioredis';
import type { Clock } from '../clock.ts';
import { RedisNotDurable } from './redis-durability.ts';

/** How soon to ask again whether what was wrong has been put right. */
const ASK_AGAIN_MS = 2_000;
/** Whoever asks more often gets the answer from before. */
const FRESH_MS = 1_000;
/** Longest that anybody waits for the answer. */
const PATIENCE_MS = 5_000;

type TrustDeps = {
	redis: Redis;
	clock: Clock;
	/** Throws a `RedisNotDurable` where the server could lose what it confirms, and something else where it cannot be asked. */
	check: () => Promise< void >;
	onChange: ( problem: RedisNotDurable | null ) => void;
};

/**
 * Whether the server keeps what it confirms. It may have come back with other settings, or another one may answer at its address: so nobody
 * knows after a lost connection until it was asked. Begins in trust: it was asked at the start.
 */
export class RedisTrust {
	readonly #deps: TrustDeps;
	#problem: RedisNotDurable | null = null;
	#isKnown = true;
	#askedAt = 0;
	#asking: Promise< void > | null = null;
	#cancelTimer: () => void = () => {};

	constructor( deps: TrustDeps ) {
		this.#deps = deps;
		deps.redis.on( 'close', () => {
			this.#isKnown = false;
		} );
		deps.redis.on( 'ready', () => void this.#ask() );
	}

	/** Rejects with what is wrong. Costs nothing while all is well. */
	async assertDurable(): Promise< void > {
		if ( ! this.#isKnown ) {
			await this.#within( this.#ask() );
		}
		if ( this.#problem !== null ) {
			throw this.#problem;
		}
		if ( ! this.#isKnown ) {
			throw new Error( 'Command timed out' );
		}
	}

	/** The same after asking the server, which may have been changed while it ran. */
	async check(): Promise< void > {
		if ( this.#deps.clock.steady() - this.#askedAt > FRESH_MS ) {
			await this.#within( this.#ask() );
		}
		await this.assertDurable();
	}

	close(): void {
		this.#cancelTimer();
	}

	#ask(): Promise< void > {
		this.#asking ??= this.#run().finally( () => {
			this.#asking = null;
		} );
		return this.#asking;
	}

	async #run(): Promise< void > {
		const before = this.#problem;
		try {
			await this.#deps.check();
			[ this.#problem, this.#isKnown ] = [ null, true ];
		} catch ( error ) {
			// One that cannot be asked is as before, until it can.
			[ this.#problem, this.#isKnown ] = error instanceof RedisNotDurable ? [ error, true ] : [ before, false ];
		}
		this.#askedAt = this.#deps.clock.steady();
		if ( this.#problem?.message !== before?.message ) {
			this.#deps.onChange( this.#problem );
		}
		this.#cancelTimer();
		if ( this.#problem !== null ) {
			this.#cancelTimer = this.#deps.clock.setTimer( () => void this.#ask(), ASK_AGAIN_MS );
		}
	}

	async #within( work: Promise< void > ): Promise< void > {
		let cancel = () => {};
		await Promise.race( [ work, new Promise< void >( ( resolve ) => {
			cancel = this.#deps.clock.setTimer( resolve, PATIENCE_MS );
		} ) ] );
		cancel();
	}
}
