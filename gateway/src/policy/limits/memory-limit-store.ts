import type { Clock } from '../../clock.ts';
import { stateOf, type Limit, type LimitStore, type Taken } from './limit-store.ts';

/** Between looks for windows that nobody uses any more. */
const SWEEP_PERIOD_MS = 60_000;

/** Of `times` the first `left` have left the window. */
type Window = { times: number[]; left: number; forget_at: number };

/** Of those that have left so many are kept. */
const MAX_LEFT = 64;

type OpenWindow = { limit: Limit; window: Window; at: number };

const countOf = ( { window: { times, left } }: Pick< OpenWindow, 'window' > ): number => times.length - left;

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
		const open = limits.map( ( limit ): OpenWindow => ( { limit, ...this.#window( limit, now ) } ) );
		const allowed = open.every( ( window ) => countOf( window ) < window.limit.requests );
		if ( allowed ) {
			open.forEach( ( { window: { times }, at } ) => times.push( at ) );
		}
		return {
			allowed,
			states: open.map( ( { limit, window, at } ) =>
				stateOf( limit, { count: countOf( { window } ), oldest: window.times[ window.left ] ?? null, now: at } ) ),
			retry_after_ms: allowed ? 0 : Math.max( 1, ...open.map( opensIn ) ),
		};
	}

	/** The window, and the time: never before the last request in it. */
	#window( { key, window_ms, name }: Limit, now: number ): { window: Window; at: number } {
		const id = `${ key } ${ name }`;
		let window = this.#windows.get( id );
		if ( window === undefined ) {
			window = { times: [], left: 0, forget_at: 0 };
			this.#windows.set( id, window );
		}
		const { times } = window;
		const at = Math.max( now, times.at( -1 ) ?? now );
		window.forget_at = at + window_ms;
		while ( window.left < times.length && ( times[ window.left ] as number ) <= at - window_ms ) {
			window.left++;
		}
		// Seldom: it moves all the others.
		if ( window.left > MAX_LEFT && 2 * window.left > times.length ) {
			times.splice( 0, window.left );
			window.left = 0;
		}
		return { window, at };
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
function opensIn( { limit, window: { times, left }, at }: OpenWindow ): number {
	const index = times.length - limit.requests;
	return ( index < left ? -Infinity : times[ index ] as number ) + limit.window_ms - at;
}
