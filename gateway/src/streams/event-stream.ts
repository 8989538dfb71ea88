import type { ServerResponse } from 'node:http';

type Frame = { event: string; data: object; id?: string };

/** How long a reader may take nothing before it is sent away; it may come back for the rest. */
const STALLED_MS = 30_000;

/** Time after which a browser comes back by itself, when it is asked to. */
const RETRY_MS = 1_000;

/**
 * One response in the format of server-sent events. What a slow reader has not taken yet is not written:
 * `write` answers false, and `onDrain` says when there is room. So no more than Node's own buffer waits for anybody.
 */
export class EventStream {
	readonly #response: ServerResponse;
	#stalledSince: number | null = null;

	/** `onClose` is called once, when the reader has gone or the response has ended. */
	constructor( response: ServerResponse, headers: Record< string, string >, { onDrain, onClose }: { onDrain: () => void; onClose: () => void } ) {
		this.#response = response;
		// The response's, not the request's: that one is silent once the request has been read.
		response.once( 'close', onClose );
		response.on( 'drain', () => {
			this.#stalledSince = null;
			onDrain();
		} );
		response.writeHead( 200, {
			...headers,
			'content-type': 'text/event-stream; charset=utf-8',
			'cache-control': 'no-cache, no-transform',
			// nginx would keep the events until there are 8 kB of them.
			'x-accel-buffering': 'no',
		} );
	}

	get isStalled(): boolean {
		return this.#stalledSince !== null;
	}

	write( { event, data, id }: Frame, now: number ): void {
		this.#send( `${ id === undefined ? '' : `id: ${ id }\n` }event: ${ event }\ndata: ${ JSON.stringify( data ) }\n\n`, now );
	}

	/** Keeps proxies from closing a silent connection; false where the reader was sent away, because it takes nothing. */
	beat( now: number ): boolean {
		if ( this.#stalledSince === null ) {
			this.#send( ': still here\n\n', now );
		} else if ( now - this.#stalledSince >= STALLED_MS ) {
			this.#response.destroy();
			return false;
		}
		return true;
	}

	end(): void {
		this.#response.end();
	}

	/** Ends, and asks to come back. */
	endForNow(): void {
		this.#response.end( `event: retry\nretry: ${ RETRY_MS }\ndata: {}\n\n` );
	}

	#send( text: string, now: number ): void {
		if ( ! this.#response.write( text ) ) {
			this.#stalledSince ??= now;
		}
	}
}
