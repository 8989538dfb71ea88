import type { Clock } from '../clock.ts';
import type { Logger } from '../observability/logger.ts';
import type { ApiCall } from './call-log.ts';

const FLUSH_AFTER_MS = 200;
const FLUSH_AT_CALLS = 500;
/** While the store cannot be written to, the latest are kept. */
const MAX_WAITING = 10_000;

/** Gathers calls, so that many are written at once: a commit for each would cost more than all the rest of a request. */
export class CallBuffer {
	readonly #clock: Clock;
	readonly #logger: Logger;
	readonly #write: ( calls: readonly ApiCall[] ) => Promise< void >;
	#waiting: ApiCall[] = [];
	#stopTimer: ( () => void ) | null = null;
	#writing: Promise< void > = Promise.resolve();

	constructor( { clock, logger }: { clock: Clock; logger: Logger }, write: ( calls: readonly ApiCall[] ) => Promise< void > ) {
		this.#clock = clock;
		this.#logger = logger;
		this.#write = write;
	}

	add( call: ApiCall ): void {
		this.#waiting.push( call );
		if ( this.#waiting.length >= FLUSH_AT_CALLS ) {
			void this.flush();
		} else {
			this.#stopTimer ??= this.#clock.setTimer( () => void this.flush(), FLUSH_AFTER_MS );
		}
	}

	/** Resolves when everything that was added is written, or has failed to be and waits for the next time. */
	flush(): Promise< void > {
		this.#stopTimer?.();
		this.#stopTimer = null;
		this.#writing = this.#writing.then( () => this.#writeAll() );
		return this.#writing;
	}

	async #writeAll(): Promise< void > {
		const calls = this.#waiting;
		this.#waiting = [];
		if ( calls.length === 0 ) {
			return;
		}
		try {
			await this.#write( calls );
		} catch ( error ) {
			this.#logger.error( { err: error, calls: calls.length }, 'calls could not be written to the books' );
			this.#waiting = [ ...calls, ...this.#waiting ].slice( -MAX_WAITING );
			this.#stopTimer ??= this.#clock.setTimer( () => void this.flush(), FLUSH_AFTER_MS * 10 );
		}
	}
}
