import type { ServerResponse } from 'node:http';
import type { Problem, StreamReset, StreamStatus, StreamText, StreamToken } from '@draftkeeper/contract';
import type { Clock } from '../clock.ts';
import { isPutOff, type JobKey, type JobStore, type StoredJob } from '../jobs/job-store.ts';
import type { Logger } from '../observability/logger.ts';
import type { StreamEnd } from '../observability/meter.ts';
import { EventStream } from './event-stream.ts';
import type { Followed, Position, StreamStore } from './stream-store.ts';
import type { StreamGrant } from './stream-tokens.ts';

const BEAT_MS = 15_000;
/** WordPress answers the browser before it has offered the job, where the server lets it. */
const UNKNOWN_JOB_MS = 30_000;
/** Longest text of one event: about what Node keeps for a reader before it says stop. */
const MAX_EVENT_LENGTH = 8_192;

export type OpenStreamDeps = { streams: StreamStore; store: Pick< JobStore, 'find' >; clock: Clock; logger: Logger };

export type StreamRequest = {
	response: ServerResponse;
	headers: Record< string, string >;
	requestId: string;
	grant: StreamGrant;
	token: string;
	/** What the browser has, by `Last-Event-ID`. */
	position: Position | null;
};

/** Serves one browser until the job has ended, the token is over, or the browser has gone. */
export class OpenStream {
	readonly #deps: OpenStreamDeps;
	readonly #request: StreamRequest;
	readonly #onOver: ( why: StreamEnd ) => void;
	readonly #events: EventStream;
	readonly #openedAt: number;
	readonly #endsAt: number;
	#position: Position | null;
	#followed: Followed | null = null;
	#isDone = false;
	#isOver = false;
	#stopTimer: () => void;

	constructor( deps: OpenStreamDeps, request: StreamRequest, onOver: ( why: StreamEnd ) => void ) {
		this.#deps = deps;
		this.#request = request;
		this.#onOver = onOver;
		this.#position = request.position;
		this.#openedAt = deps.clock.steady();
		const left = request.grant.expires_at - deps.clock.now();
		this.#endsAt = this.#openedAt + left;
		this.#stopTimer = deps.clock.setTimer( () => void this.#beat(), BEAT_MS );
		this.#events = new EventStream( request.response, request.headers, { onDrain: () => this.#send(), onClose: () => this.#leave( 'left' ) } );
		this.#write( 'token', {
			token: request.token, expires_in: Math.max( 1, Math.floor( left / 1000 ) ),
		} satisfies StreamToken );
		void this.#follow();
	}

	/** Ends for now: the browser is asked to come back, and told nothing of the job. */
	close( why: StreamEnd = 'paused' ): void {
		if ( ! this.#isOver ) {
			this.#events.endForNow();
			this.#leave( why );
		}
	}

	async #follow(): Promise< void > {
		try {
			const followed = await this.#deps.streams.follow( this.#request.grant.job, () => this.#send() );
			if ( this.#isOver ) {
				followed.close();
				return;
			}
			this.#followed = followed;
			await this.#look();
		} catch ( error ) {
			this.#fail( error );
		}
	}

	async #beat(): Promise< void > {
		const { clock } = this.#deps;
		const now = clock.steady();
		const remaining = this.#endsAt - now;
		if ( remaining <= 0 ) {
			this.close();
			return;
		}
		if ( ! this.#events.beat( now ) ) {
			this.#leave( 'slow' );
			return;
		}
		this.#stopTimer = clock.setTimer( () => void this.#beat(), Math.min( BEAT_MS, remaining ) );
		// What ended a job elsewhere may not have told the stream.
		await this.#look().catch( ( error: unknown ) => this.#fail( error ) );
	}

	async #look(): Promise< void > {
		const { job } = this.#request.grant;
		const [ known ] = await this.#deps.store.find( job.tenant, [ job.uuid ] );
		this.#isDone = known !== undefined && stateOf( known ) === 'done';
		if ( known === undefined && this.#deps.clock.steady() - this.#openedAt >= UNKNOWN_JOB_MS ) {
			this.#end( 'error', unknownJob( this.#request.requestId ) );
		}
		this.#send();
	}

	#send(): void {
		while ( ! this.#isOver && ! this.#events.isStalled ) {
			const piece = this.#followed?.since( this.#position, MAX_EVENT_LENGTH ) ?? null;
			if ( piece === null ) {
				if ( this.#isDone || this.#followed?.isEnded() === true ) {
					this.#end( 'done', { state: 'done' } satisfies StreamStatus );
				}
				return;
			}
			this.#position = { attempt: piece.attempt, seq: piece.seq };
			if ( piece.isReset ) {
				this.#write( 'reset', { attempt: piece.attempt } satisfies StreamReset, { attempt: piece.attempt, seq: 0 } );
			}
			if ( piece.text !== '' ) {
				this.#write( 'text', { text: piece.text } satisfies StreamText, this.#position );
			}
		}
	}

	#write( event: string, data: object, position?: Position ): void {
		const { uuid } = this.#request.grant.job;
		const id = position === undefined ? {} : { id: `${ uuid }:${ position.attempt }:${ position.seq }` };
		this.#events.write( { event, data, ...id }, this.#deps.clock.steady() );
	}

	#end( event: 'done' | 'error', data: object ): void {
		if ( ! this.#isOver ) {
			this.#write( event, data );
			this.#events.end();
			this.#leave( event === 'done' ? 'done' : 'unknown_job' );
		}
	}

	#fail( error: unknown ): void {
		const { grant: { job }, requestId } = this.#request;
		this.#deps.logger.error( { request_id: requestId, tenant: job.tenant, job: job.uuid, err: error }, 'stream lost its job' );
		this.close( 'failed' );
	}

	#leave( why: StreamEnd ): void {
		if ( ! this.#isOver ) {
			this.#isOver = true;
			this.#stopTimer();
			this.#followed?.close();
			this.#onOver( why );
		}
	}
}

export function statusOf( job: StoredJob, now: number ): StreamStatus {
	return { state: stateOf( job ), ...( isPutOff( job, now ) ? { put_off: true } : {} ) };
}

function stateOf( { state }: StoredJob ): StreamStatus[ 'state' ] {
	return state === 'queued' || state === 'running' ? state : 'done';
}

/** Reads `Last-Event-ID`; null for none, and for one of another job. */
export function positionOf( id: string | undefined, { uuid }: JobKey ): Position | null {
	const [ , named, attempt, seq ] = /^([0-9a-f-]{36}):(\d{1,6}):(\d{1,9})$/.exec( id ?? '' ) ?? [];
	return named === uuid ? { attempt: Number( attempt ), seq: Number( seq ) } : null;
}

function unknownJob( instance: string ): Problem {
	return {
		type: 'urn:draftkeeper:problem:unknown_job', title: 'Not found', status: 404, code: 'unknown_job', retryable: false, instance,
		detail: 'The gateway has no such job of this site.',
	};
}
