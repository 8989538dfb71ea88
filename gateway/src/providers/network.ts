import { Agent, fetch as undiciFetch, type Dispatcher } from 'undici';
import type { Fetch } from './adapter.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** Of last resort: `CallWatch` ends calls long before. */
const SILENCE_TIMEOUT_MS = 600_000;
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

/** The network behind a provider: bounded in time and size, without redirects to another host. */
export type Network = {
	/** For the AI SDK. */
	fetch: Fetch;
	/** The same connections without what `fetch` puts around them, which is most of its cost. */
	dispatcher: Dispatcher;
};

export function openNetwork(): Network {
	const dispatcher = new Agent( {
		connect: { timeout: CONNECT_TIMEOUT_MS },
		headersTimeout: SILENCE_TIMEOUT_MS,
		bodyTimeout: SILENCE_TIMEOUT_MS,
		maxResponseSize: MAX_RESPONSE_BYTES,
	} );
	const bounded = ( url: string, init: Parameters< typeof undiciFetch >[ 1 ] ) =>
		undiciFetch( url, { ...init, dispatcher, redirect: 'error' } );
	// undici's types and the ones of Node's own fetch describe the same objects under different names.
	return { fetch: bounded as unknown as Fetch, dispatcher };
}
