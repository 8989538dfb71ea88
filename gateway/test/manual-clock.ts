import type { Clock } from '../src/clock.ts';

type Timer = { at: number; run: () => void };

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
	#now: number;
	/** What the system's clock is ahead of what has passed. */
	#setBy = 0;
	readonly #timers = new Set< Timer >();

	constructor( now = Date.parse( '2026-03-01T09:30:00Z' ) ) {
		this.#now = now;
	}

	now(): number {
		return this.#now + this.#setBy;
	}

	steady(): number {
		return this.#now;
	}

	/** Sets it, as somebody does by hand or a time server: no time passes, and timers fire when they would have. */
	setBy( milliseconds: number ): void {
		this.#setBy += milliseconds;
	}

	setTimer( run: () => void, delayMs: number ): () => void {
		const timer = { at: this.#now + delayMs, run };
		this.#timers.add( timer );
		return () => this.#timers.delete( timer );
	}

	/** How many timers are set. */
	get timers(): number {
		return this.#timers.size;
	}

	/** Moves on and runs what falls due on the way, letting promises settle after each. */
	async advance( milliseconds: number ): Promise< void > {
		await settled();
		const end = this.#now + milliseconds;
		for ( ;; ) {
			const [ next ] = [ ...this.#timers ].filter( ( { at } ) => at <= end ).sort( ( a, b ) => a.at - b.at );
			if ( next === undefined ) {
				break;
			}
			this.#timers.delete( next );
			this.#now = Math.max( this.#now, next.at );
			next.run();
			await settled();
		}
		this.#now = end;
		await settled();
	}
}

/** A write of a store takes a turn of the event loop; some steps of a job make several. */
const TURNS = 20;

/** Lets everything run that waits for nothing but promises and writes. */
export async function settled(): Promise< void > {
	for ( let turn = 0; turn < TURNS; turn++ ) {
		await new Promise( ( resolve ) => setImmediate( resolve ) );
	}
}
