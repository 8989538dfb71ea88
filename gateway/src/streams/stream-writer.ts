import type { Clock } from '../clock.ts';
import type { JobKey } from '../jobs/job-store.ts';
import { MAX_STREAM_LENGTH, type StreamStore } from './stream-store.ts';

/** A fast model sends hundreds of deltas a second; nobody reads more than twenty. */
const PAUSE_MS = 50;

/** Passes on what one call of a provider writes, joined to at most twenty pieces a second. */
export class StreamWriter {
	readonly #deps: { streams: StreamStore; clock: Clock };
	readonly #job: JobKey;
	readonly #attempt: number;
	#seq = 0;
	#length = 0;
	#waiting = '';
	#pauseUntil = 0;
	#stopTimer: ( () => void ) | null = null;

	constructor( deps: { streams: StreamStore; clock: Clock }, job: JobKey, attempt: number ) {
		this.#deps = deps;
		this.#job = { tenant: job.tenant, uuid: job.uuid };
		this.#attempt = attempt;
		deps.streams.publish( this.#job, { attempt, seq: 0, text: '' } );
	}

	write( delta: string ): void {
		if ( delta === '' || this.#length > MAX_STREAM_LENGTH ) {
			return;
		}
		this.#length += delta.length;
		this.#waiting += delta;
		if ( this.#stopTimer !== null ) {
			return;
		}
		const pause = this.#pauseUntil - this.#deps.clock.steady();
		if ( pause <= 0 ) {
			this.flush();
			return;
		}
		this.#stopTimer = this.#deps.clock.setTimer( () => this.flush(), pause );
	}

	/** Sends what waits. To be called when the call has ended, so that nothing is sent after it. */
	flush(): void {
		this.#stopTimer?.();
		this.#stopTimer = null;
		if ( this.#waiting === '' ) {
			return;
		}
		const text = this.#waiting;
		this.#waiting = '';
		this.#pauseUntil = this.#deps.clock.steady() + PAUSE_MS;
		this.#deps.streams.publish( this.#job, { attempt: this.#attempt, seq: ++this.#seq, text } );
	}
}
