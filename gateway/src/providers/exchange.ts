import type { IncomingHttpHeaders } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { Dispatcher } from 'undici';
import type { CallWatch } from './call-watch.ts';

export type WireRequest = { url: string; headers: Record< string, string >; body: string };

/** Hears an answer as it arrives; what it throws ends the exchange. */
export type AnswerListener = {
	begin: ( status: number, headers: IncomingHttpHeaders ) => void;
	/** Holds the server up while its promise is pending. */
	take: ( bytes: Buffer ) => void | Promise< void >;
};

/** A provider is asked at one address or two. */
const places = new LRUCache< string, { origin: string; path: string } >( { max: 100 } );

const hungUp = new Error( 'Nobody waits for the answer any more.' );

/** Posts a request and hands on what comes. Resolves at the end of the answer; throws why the call was ended, or what broke the connection. */
export function exchange( dispatcher: Dispatcher, { url, headers, body }: WireRequest, watch: Pick< CallWatch, 'onEnd' >, listener: AnswerListener ): Promise< void > {
	const { origin, path } = placeOf( url );
	return new Promise( ( resolve, reject ) => {
		let controller: Dispatcher.DispatchController | null = null;
		let isOver = false;
		const end = ( settle: () => void ) => {
			if ( ! isOver ) {
				isOver = true;
				settle();
			}
		};
		const stop = ( reason: unknown ) => end( () => {
			controller?.abort( hungUp );
			reject( reason );
		} );
		const guarded = ( run: () => void ) => {
			try {
				if ( ! isOver ) {
					run();
				}
			} catch ( error ) {
				stop( error );
			}
		};
		watch.onEnd = stop;
		if ( isOver ) {
			return;
		}
		dispatcher.dispatch( { origin, path, method: 'POST', headers, body }, {
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

function placeOf( url: string ): { origin: string; path: string } {
	let place = places.get( url );
	if ( place === undefined ) {
		const { origin, pathname, search } = new URL( url );
		place = { origin, path: pathname + search };
		places.set( url, place );
	}
	return place;
}
