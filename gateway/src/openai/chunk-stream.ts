import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Between two signs of life, so that no proxy takes a thinking model for a dead connection. */
export const BEAT_MS = 15_000;

/**
 * A response as OpenAI streams it. It begins with the first event, so that a call which fails before that is answered with its error,
 * and never with a 200. What is sent in one turn of the event loop goes out in one piece.
 */
export class ChunkStream {
	readonly #response: ServerResponse;
	readonly #headers: () => OutgoingHttpHeaders;
	#waiting = '';
	#hasBegun = false;

	constructor( response: ServerResponse, headers: () => OutgoingHttpHeaders ) {
		this.#response = response;
		this.#headers = headers;
	}

	get hasBegun(): boolean {
		return this.#hasBegun;
	}

	/** A reader who is slow holds the model up: the promise, where there is one, resolves when there is room again. */
	send( events: readonly object[] ): void | Promise< void > {
		this.#hasBegun = true;
		if ( this.#waiting === '' ) {
			setImmediate( () => this.#write() );
		}
		for ( const event of events ) {
			this.#waiting += `data: ${ JSON.stringify( event ) }\n\n`;
		}
		return this.#response.writableNeedDrain ? this.#room() : undefined;
	}

	beat(): void {
		if ( this.#response.headersSent && this.#waiting === '' && ! this.#response.writableNeedDrain && ! this.#response.destroyed ) {
			this.#response.write( ': still here\n\n' );
		}
	}

	done(): void {
		this.#end( 'data: [DONE]\n\n' );
	}

	/** Without `[DONE]`: what came before is not the whole answer. */
	fail( error: object ): void {
		this.#end( `data: ${ JSON.stringify( error ) }\n\n` );
	}

	#write(): void {
		if ( this.#waiting !== '' && ! this.#response.destroyed ) {
			this.#writeHead();
			this.#response.write( this.#waiting );
		}
		this.#waiting = '';
	}

	#end( last: string ): void {
		if ( ! this.#response.destroyed ) {
			this.#writeHead();
			this.#response.end( this.#waiting + last );
		}
		this.#waiting = '';
	}

	#writeHead(): void {
		if ( ! this.#response.headersSent ) {
			this.#response.writeHead( 200, {
				...this.#headers(),
				'content-type': 'text/event-stream; charset=utf-8',
				'cache-control': 'no-cache, no-transform',
				// nginx would keep the events until there are 8 kB of them.
				'x-accel-buffering': 'no',
			} );
		}
	}

	#room(): Promise< void > {
		return new Promise( ( resolve ) => {
			const go = () => {
				this.#response.off( 'drain', go ).off( 'close', go );
				resolve();
			};
			this.#response.on( 'drain', go ).on( 'close', go );
		} );
	}
}
