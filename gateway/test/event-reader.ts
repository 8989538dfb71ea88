import { createParser, type EventSourceMessage } from 'eventsource-parser';

export type EventReader = {
	response: Response;
	/** Everything that has come, in order. */
	events: EventSourceMessage[];
	comments: string[];
	retry: () => number | null;
	/** Resolves when `isEnough` holds; rejects when the stream ends without it. */
	until: ( isEnough: ( events: EventSourceMessage[] ) => boolean ) => Promise< void >;
	/** Resolves when the server has ended the stream. */
	ended: Promise< void >;
	leave: () => void;
};

type Look = () => void;

/** Reads a stream as a browser does. */
export async function readEvents( url: string, headers: Record< string, string > ): Promise< EventReader > {
	const controller = new AbortController();
	const response = await fetch( url, { headers, signal: controller.signal } );
	const events: EventSourceMessage[] = [];
	const comments: string[] = [];
	let retry: number | null = null;
	let isOver = false;
	const waiting = new Set< Look >();
	const tell = () => {
		for ( const look of [ ...waiting ] ) {
			look();
		}
	};
	const parser = createParser( {
		onEvent: ( event ) => void events.push( event ),
		onComment: ( comment ) => void comments.push( comment ),
		onRetry: ( milliseconds ) => ( retry = milliseconds ),
	} );
	const read = async () => {
		const decoder = new TextDecoder();
		try {
			for await ( const chunk of response.body ?? [] ) {
				parser.feed( decoder.decode( chunk as Uint8Array, { stream: true } ) );
				tell();
			}
		} catch {
			// Left, or cut off: what has come counts.
		}
		isOver = true;
		tell();
	};
	const ended = read();
	return {
		response,
		events,
		comments,
		retry: () => retry,
		ended,
		leave: () => controller.abort(),
		until: ( isEnough ) => new Promise( ( resolve, reject ) => {
			const look = () => {
				if ( isEnough( events ) ) {
					waiting.delete( look );
					resolve();
				} else if ( isOver ) {
					waiting.delete( look );
					reject( new Error( `The stream ended after ${ JSON.stringify( events ) }` ) );
				}
			};
			waiting.add( look );
			look();
		} ),
	};
}

export const textOf = ( events: readonly EventSourceMessage[] ): string =>
	events.map( ( { event, data } ) => ( event === 'text' ? ( JSON.parse( data ) as { text: string } ).text : '' ) ).join( '' );
