import type { JobKey } from '../jobs/job-store.ts';
import type { Meter } from '../observability/meter.ts';
import { OpenStream, type OpenStreamDeps, type StreamRequest } from './open-stream.ts';
import { streamName } from './stream-store.ts';

const MAX_OPEN = 4_000;
/** Tabs that may watch one job at a time: a short token can be used as often as one likes. */
const MAX_OPEN_PER_JOB = 10;

export type OpenStreamsDeps = OpenStreamDeps & { meter?: Meter };

/** Every stream that this process serves. */
export class OpenStreams {
	readonly #deps: OpenStreamsDeps;
	readonly #open = new Set< OpenStream >();
	readonly #perJob = new Map< string, number >();

	constructor( deps: OpenStreamsDeps ) {
		this.#deps = deps;
	}

	get size(): number {
		return this.#open.size;
	}

	hasRoomFor( job: JobKey ): boolean {
		return this.size < MAX_OPEN && ( this.#perJob.get( streamName( job ) ) ?? 0 ) < MAX_OPEN_PER_JOB;
	}

	serve( request: StreamRequest ): void {
		if ( request.response.destroyed ) {
			return;
		}
		const { job } = request.grant;
		const stream = new OpenStream( this.#deps, request, ( why ) => {
			this.#open.delete( stream );
			this.#count( job, -1 );
			this.#deps.meter?.streamEnded( why );
		} );
		this.#open.add( stream );
		this.#count( job, 1 );
		this.#deps.meter?.streamOpened();
	}

	/** Ends all of them; browsers come back to whichever process is there then. */
	close(): void {
		for ( const stream of [ ...this.#open ] ) {
			stream.close();
		}
	}

	#count( job: JobKey, by: 1 | -1 ): void {
		const name = streamName( job );
		const open = ( this.#perJob.get( name ) ?? 0 ) + by;
		if ( open > 0 ) {
			this.#perJob.set( name, open );
		} else {
			this.#perJob.delete( name );
		}
	}
}
