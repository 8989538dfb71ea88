import type { LanguageModelV3 } from '@ai-sdk/provider';
import type { ChatRequests, Fetch } from '../adapter.ts';
import type { WireRequest } from '../exchange.ts';

/** In place of an answer: the request is all that was wanted. */
const asked = new Error( 'asked' );

/**
 * Lets the AI SDK say what to ask, and asks nothing: to read the answer takes it six web streams and a schema for each event, which is
 * most of what a call costs.
 */
export function chatRequests( open: ( fetch: Fetch ) => LanguageModelV3 ): ChatRequests {
	const requests = new WeakMap< AbortSignal, WireRequest >();
	const model = open( async ( url, { signal, headers, body } = {} ) => {
		requests.set( signal as AbortSignal, { url: url as string, headers: headers as Record< string, string >, body: body as string } );
		throw asked;
	} );
	return async ( given, isStream ) => {
		// Goes through the SDK untouched and says which request is whose; nothing is there to be aborted.
		const options = { ...given, abortSignal: {} as AbortSignal };
		try {
			await ( isStream ? model.doStream( options ) : model.doGenerate( options ) );
		} catch ( error ) {
			if ( error !== asked ) {
				throw error;
			}
		}
		const request = requests.get( options.abortSignal );
		if ( request === undefined ) {
			throw new Error( 'The AI SDK has asked nothing.' );
		}
		return request;
	};
}
