import { setTimeout as wait } from 'node:timers/promises';
import type { Stack } from '../stack/stack.ts';

const EVERY_MS = 5_000;

/** Runs the sweep at an even pace, as a system's cron does, also while servers are dead. */
export class Cron {
	runs = 0;
	failures = 0;
	readonly #stopping = new AbortController();
	readonly #done: Promise< void >;

	constructor( stack: Stack ) {
		this.#done = this.#run( stack );
	}

	async stop(): Promise< void > {
		this.#stopping.abort();
		await this.#done;
	}

	async #run( stack: Stack ): Promise< void > {
		const { signal } = this.#stopping;
		while ( ! signal.aborted ) {
			try {
				await stack.sweep();
			} catch {
				this.failures++;
			}
			this.runs++;
			await wait( EVERY_MS, undefined, { signal } ).catch( () => {} );
		}
	}
}
