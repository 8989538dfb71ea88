import type { Clock } from '../../clock.ts';
import { stateOf, type Limit, type LimitStore, type Taken } from './limit-store.ts';

/** Between looks for windows that nobody uses any more. */
const SWEEP_PERIOD_MS = 60_000;

type Window = { times: number[]; forget_at: number };

/** For one process, by a clock that is not set. What it has counted ends with it: after a restart windows begin empty. */
export class MemoryLimitStore implements LimitStore {
	readonly #windows = new Map< string, Window >();
	readonly #clock: Pick< Clock, 'now' >;
	#nextSweepAt = 0;

	constructor( clock: Pick< Clock, 'now' > ) {
		this.#clock = clock;
	}

	take( limits: readonly Limit[] ): Taken {
		const now = this.#clock.now();
		this.#sweep( now );
		const open = limits.map( ( limit ) => ( { limit, ...this.#window( limit, now ) } ) );
		const allowed = open.every( ( { limit, times } ) => times.length < limit.requests );
		if ( allowed ) {
			open.forEach( ( { times, at } ) => times.push( at ) );
		}
		return {
			allowed,
			states: open.map( ( { limit, times, at } ) => stateOf( limit, { count: times.length, oldest: times[ 0 ] ?? null, now: at } ) ),
			retry_after_ms: allowed ? 0 : Math.max( 1, ...open.map( opensIn ) ),
		};
	}

	/** The window without what has left it, and the time: never before the last request in it. */
	#window( { key, window_ms, name }: Limit, now: number ): { times: number[]; at: number } {
		const id = `${ key } ${ name }`;
		const window = this.#windows.get( id ) ?? { times: [], forget_at: 0 };
		this.#windows.set( id, window );
		const at = Math.max( now, window.times.at( -1 ) ?? now );
		window.forget_at = at + window_ms;
		const first = window.times.findIndex( ( time ) => time > at - window_ms );
		window.times.splice( 0, first === -1 ? window.times.length : first );
		return { times: window.times, at };
	}

	#sweep( now: number ): void {
		if ( now < this.#nextSweepAt ) {
			return;
		}
		this.#nextSweepAt = now + SWEEP_PERIOD_MS;
		for ( const [ id, { forget_at } ] of this.#windows ) {
			if ( forget_at <= now ) {
				this.#windows.delete( id );
			}
		}
	}
}

/** When enough has left the window for one more; negative where there is room. */
function opensIn( { limit, times, at }: { limit: Limit; times: readonly number[]; at: number } ): number {
	return ( times.at( -limit.requests ) ?? -Infinity ) + limit.window_ms - at;
}
