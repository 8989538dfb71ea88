import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import type { JobKey } from '../jobs/job-store.ts';
import { STREAM_RETENTION_MS, streamName, type Followed, type Piece, type StreamStore } from './stream-store.ts';
import { WrittenText } from './written-text.ts';

/** All jobs together, in UTF-16 units: at most 64 MB. The job that was written to least lately goes first. */
const MAX_TOTAL_LENGTH = 32 * 1024 * 1024;
/** What a job takes beside its text. */
const ENTRY_LENGTH = 256;

const PURGE_PERIOD_MS = 60_000;

type Follower = () => void;

/** For a gateway of one process: what it writes is watched where it is written. */
export class MemoryStreamStore implements StreamStore {
	readonly #texts: LRUCache< string, WrittenText >;
	readonly #followers = new Map< string, Set< Follower > >();
	readonly #clock: Clock;
	#stopTimer: ( () => void ) | null = null;

	constructor( clock: Clock, maxTotalLength = MAX_TOTAL_LENGTH ) {
		this.#clock = clock;
		this.#texts = new LRUCache( {
			maxSize: maxTotalLength,
			sizeCalculation: ( { length } ) => length + ENTRY_LENGTH,
			ttl: STREAM_RETENTION_MS,
			ttlResolution: 0,
			perf: { now: () => clock.steady() },
		} );
	}

	publish( job: JobKey, piece: Piece ): void {
		// A gap means that the job was dropped for others; there is no point in showing its middle.
		this.#change( job, ( written ) => written.add( piece ) === 'added' );
	}

	end( job: JobKey ): void {
		this.#change( job, ( written ) => {
			written.isEnded = true;
			return true;
		} );
	}

	async follow( job: JobKey, onChange: () => void ): Promise< Followed > {
		const name = streamName( job );
		const followers = this.#followers.get( name ) ?? new Set();
		followers.add( onChange );
		this.#followers.set( name, followers );
		return {
			since: ( position, maxLength ) => this.#texts.peek( name )?.since( position, maxLength ) ?? null,
			isEnded: () => this.#texts.peek( name )?.isEnded ?? false,
			close: () => {
				followers.delete( onChange );
				if ( followers.size === 0 && this.#followers.get( name ) === followers ) {
					this.#followers.delete( name );
				}
			},
		};
	}

	/** Jobs whose text is held. */
	get size(): number {
		return this.#texts.size;
	}

	async close(): Promise< void > {
		this.#stopTimer?.();
		this.#texts.clear();
		this.#followers.clear();
	}

	#change( job: JobKey, change: ( written: WrittenText ) => boolean ): void {
		const name = streamName( job );
		const written = this.#texts.peek( name ) ?? new WrittenText();
		if ( ! change( written ) ) {
			return;
		}
		// The cache counts an object once: only a new entry gets its new size.
		this.#texts.delete( name );
		this.#texts.set( name, written );
		this.#purgeLater();
		for ( const onChange of [ ...this.#followers.get( name ) ?? [] ] ) {
			onChange();
		}
	}

	/** The cache lets go of what is old only when it is asked for it, and nobody may ask. */
	#purgeLater(): void {
		this.#stopTimer ??= this.#clock.setTimer( () => {
			this.#stopTimer = null;
			this.#texts.purgeStale();
			if ( this.#texts.size > 0 ) {
				this.#purgeLater();
			}
		}, PURGE_PERIOD_MS );
	}
}
