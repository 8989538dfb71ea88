import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

export type WireRequest = { url: string; headers: Record< string, string >; body: string };

/** Hears an answer as it arrives; what it throws ends the exchange. */
export type AnswerListener = {
	begin: ( status: number, headers: IncomingHttpHeaders ) => void;
	/** Holds the server up while its promise is pending. */
	take: ( bytes: Buffer ) => void | Promise< void >;
};

const hungUp = new Error( 'Nobody waits for the answer any more.' );

/** Posts a request and hands on what comes. Resolves at the end of the answer; throws the signal's reason, or what broke the connection. */
export function exchange( dispatcher: Dispatcher, { url, headers, body }: WireRequest, signal: AbortSignal, listener: AnswerListener ): Promise< void > {
	const { origin, pathname, search } = new URL( url );
	return new Promise( ( resolve, reject ) => {
		let controller: Dispatcher.DispatchController | null = null;
		let isOver = false;
		const end = ( settle: () => void ) => {
			if ( ! isOver ) {
				isOver = true;
				signal.removeEventListener( 'abort', onAbort );
				settle();
			}
		};
		const stop = ( reason: unknown ) => end( () => {
			controller?.abort( hungUp );
			reject( reason );
		} );
		const onAbort = () => stop( signal.reason );
		const guarded = ( run: () => void ) => {
			try {
				if ( ! isOver ) {
					run();
				}
			} catch ( error ) {
				stop( error );
			}
		};
		signal.addEventListener( 'abort', onAbort );
		dispatcher.dispatch( { origin, path: pathname + search, method: 'POST', headers, body }, {
			onRequestStart( started ) {
				controller = started;
				if ( isOver ) {
					started.abort( hungUp );
				}
			},
			onResponseStart: ( _controller, status, answered ) => guarded( () => listener.begin( status, answered ) ),
			onResponseData: ( held, bytes ) => guarded( () => {
				const busy = listener.take( bytes );
				if ( busy !== undefined ) {
					held.pause();
					busy.then( () => held.resume(), stop );
				}
			} ),
			onResponseEnd: () => end( resolve ),
			onResponseError: ( _controller, error ) => stop( error ),
		} );
	} );
}
