import type { Clock } from './clock.ts';

/** Longest sleep: after it the loop looks around even if nothing woke it. */
const MAX_SLEEP_MS = 60_000;
/** Pause after an error, a full disk for example. */
const ERROR_PAUSE_MS = 1_000;

type DueLoopOptions = {
	clock: Clock;
	/** Starts whatever is due; resolves with the time of the next thing to do, null when only `wake` can bring some. */
	runDue: () => Promise< number | null >;
	onError: ( error: unknown ) => void;
};

/** Runs due work and sleeps until the next is due or someone calls `wake`. Never polls. */
export class DueLoop {
	readonly #options: DueLoopOptions;
	#cancelTimer: () => void = () => {};
	#running: Promise< void > | null = null;
	#isWoken = false;
	#isStopped = false;

	constructor( options: DueLoopOptions ) {
		this.#options = options;
	}

	wake(): void {
		this.#isWoken = true;
		if ( this.#running === null && ! this.#isStopped ) {
			this.#running = this.#run().finally( () => {
				this.#running = null;
				if ( this.#isWoken ) {
					this.wake();
				}
			} );
		}
	}

	/** Starts nothing more and waits for the pass under way. */
	async stop(): Promise< void > {
		this.#isStopped = true;
		this.#cancelTimer();
		await this.#running;
	}

	async #run(): Promise< void > {
		this.#cancelTimer();
		let sleep = MAX_SLEEP_MS;
		while ( this.#isWoken && ! this.#isStopped ) {
			this.#isWoken = false;
			try {
				const next = await this.#options.runDue();
				sleep = next === null ? MAX_SLEEP_MS : Math.min( MAX_SLEEP_MS, Math.max( 0, next - this.#options.clock.now() ) );
			} catch ( error ) {
				this.#options.onError( error );
				sleep = ERROR_PAUSE_MS;
			}
		}
		if ( ! this.#isStopped ) {
			this.#cancelTimer = this.#options.clock.setTimer( () => this.wake(), sleep );
		}
	}
}
