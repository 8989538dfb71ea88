import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Between two signs of life, so that no proxy takes a thinking model for a dead connection. */
export const BEAT_MS = 15_000;

/**
 * A response as OpenAI streams it. It begins with the first event, so that a call which fails before that is answered with its error,
 * and never with a 200. A reader who is slow holds the model up: `send` resolves when there is room again.
 */
export class ChunkStream {
	readonly #response: ServerResponse;
	readonly #headers: () => OutgoingHttpHeaders;

	constructor( response: ServerResponse, headers: () => OutgoingHttpHeaders ) {
		this.#response = response;
		this.#headers = headers;
	}

	get hasBegun(): boolean {
		return this.#response.headersSent;
	}

	async send( events: readonly object[] ): Promise< void > {
		if ( this.#response.destroyed ) {
			return;
		}
		this.#begin();
		if ( ! this.#response.write( events.map( ( event ) => `data: ${ JSON.stringify( event ) }\n\n` ).join( '' ) ) ) {
			await this.#room();
		}
	}

	beat(): void {
		if ( this.hasBegun && ! this.#response.writableNeedDrain && ! this.#response.destroyed ) {
			this.#response.write( ': still here\n\n' );
		}
	}

	done(): void {
		this.#response.end( 'data: [DONE]\n\n' );
	}

	/** Without `[DONE]`: what came before is not the whole answer. */
	fail( error: object ): void {
		this.#response.end( `data: ${ JSON.stringify( error ) }\n\n` );
	}

	#begin(): void {
		if ( ! this.hasBegun ) {
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
