import type { Fetch } from './adapter.ts';

const MAX_WHOLE_LENGTH = 2 * 1024 * 1024;

/**
 * Some servers answer a request for a stream with one JSON object: an error in spite of their 200, or the whole answer.
 * A call is known by its signal, so that all calls can share one `fetch`, and with it the models that were made around it.
 */
export class WholeAnswers {
	readonly #expectStreams = new WeakSet< AbortSignal >();
	readonly #answers = new WeakMap< AbortSignal, string >();
	readonly fetch: Fetch;

	constructor( fetch: Fetch ) {
		this.fetch = async ( input, init ) => {
			const signal = init?.signal ?? null;
			const kept = signal === null ? undefined : this.#answers.get( signal );
			if ( kept !== undefined ) {
				return new Response( kept, { headers: { 'content-type': 'application/json' } } );
			}
			const response = await fetch( input, init );
			if ( signal === null || ! this.#expectStreams.has( signal ) || ! response.ok || ! isWhole( response ) ) {
				return response;
			}
			this.#answers.set( signal, ( await response.text() ).slice( 0, MAX_WHOLE_LENGTH ) );
			return new Response( '', { headers: { 'content-type': 'text/event-stream' } } );
		};
	}

	/** The call with this signal asks for a stream. */
	expectStream( signal: AbortSignal ): void {
		this.#expectStreams.add( signal );
	}

	/** Whether the call got a whole answer instead; the next request with its signal gets that again. */
	has( signal: AbortSignal ): boolean {
		return this.#answers.has( signal );
	}
}

function isWhole( { headers }: Response ): boolean {
	return /^(application\/json|text\/html)/i.test( headers.get( 'content-type' ) ?? '' );
}
