import { stream as streamSchema, type AskTicket, type Stream } from '@draftkeeper/contract';
import { request } from './client';
import { liveToken, readStream, type StreamHandlers } from './stream';

/** As long as the gateway asks to wait before a stream is taken up again. */
export const RETRY_MS = 1_000;
/** A stream that lasted so long was a good one: what ends it is no sign that streams do not work here. */
const GOOD_MS = 10_000;
/** After a stream that could not even be opened; where a policy or a proxy is in the way, it is so for every draft. */
const PAUSE_MS = 300_000;
/** Browsers open six connections to a server at a time by HTTP/1.1, and polls need some of them. */
const MAX_OPEN = 4;

let open = 0;
let pausedUntil = 0;
const usedTickets = new Set< string >();

export interface Watch {
	uuid: string;
	/** What came with the job, if anything did. */
	ticket: Stream | null;
	/** Where an earlier watch of this job stopped. */
	lastEventId: string | null;
	signal: AbortSignal;
}

/**
 * Tells what is written for a job, until it has ended ('done'), nobody watches any more, or it cannot be watched.
 * A stream that breaks off is taken up again with its token, then with one new ticket; after that, polls are enough.
 */
export async function watchJob( watch: Watch, handlers: StreamHandlers ): Promise< 'done' | 'stopped' | 'unavailable' > {
	if ( open >= MAX_OPEN || Date.now() < pausedUntil ) {
		return 'unavailable';
	}
	open++;
	try {
		return await watchPatiently( watch, handlers );
	} finally {
		open--;
	}
}

async function watchPatiently( watch: Watch, handlers: StreamHandlers ): Promise< 'done' | 'stopped' | 'unavailable' > {
	const { uuid, signal } = watch;
	let { lastEventId } = watch;
	let ticket = watch.ticket;
	let ticketsLeft = 1;
	let resumesLeft = 1;
	let wasOpen = false;
	let after: AskTicket[ 'after' ];

	for ( let isFirst = true; ; isFirst = false ) {
		let pass = isFirst || resumesLeft-- > 0 ? passFrom( uuid, ticket ) : null;
		ticket = null;
		if ( ! pass && ( isFirst || ticketsLeft-- > 0 ) ) {
			pass = await newPass( uuid, { after }, signal );
		}
		if ( signal.aborted || ! pass ) {
			break;
		}
		const beganAt = Date.now();
		const end = await readStream( { uuid, ...pass, lastEventId, signal }, {
			...handlers,
			onEventId( id ) {
				lastEventId = id;
				handlers.onEventId( id );
			},
		} );
		if ( end === 'done' ) {
			return 'done';
		}
		wasOpen ||= end === 'interrupted';
		if ( end !== 'interrupted' ) {
			resumesLeft = 0;
			after = end === 'refused' || wasOpen ? undefined : end;
		} else if ( Date.now() - beganAt >= GOOD_MS ) {
			ticketsLeft = 1;
			resumesLeft = 1;
		}
		if ( ! signal.aborted ) {
			await pause( RETRY_MS, signal );
		}
	}
	if ( signal.aborted ) {
		return 'stopped';
	}
	if ( ! wasOpen ) {
		pausedUntil = Date.now() + PAUSE_MS;
	}
	return 'unavailable';
}

interface Pass {
	url: string;
	credential: string;
}

/** The token of the last stream, or a ticket that nobody has used. */
function passFrom( uuid: string, ticket: Stream | null ): Pass | null {
	const live = liveToken( uuid );
	if ( live ) {
		return { url: live.url, credential: live.token };
	}
	if ( ! ticket || usedTickets.has( ticket.ticket ) ) {
		return null;
	}
	usedTickets.add( ticket.ticket );
	return { url: ticket.url, credential: ticket.ticket };
}

/** WordPress is asked again who may read, and told of what stands in the way. Null where it says no, or has nothing to watch. */
async function newPass( uuid: string, body: AskTicket, signal: AbortSignal ): Promise< Pass | null > {
	try {
		const { data: { url, ticket } } = await request( { method: 'POST', path: `/jobs/${ uuid }/ticket`, body, schema: streamSchema, signal } );
		usedTickets.add( ticket );
		return { url, credential: ticket };
	} catch {
		return null;
	}
}

function pause( milliseconds: number, signal: AbortSignal ): Promise< void > {
	return new Promise( ( resolve ) => {
		const timer = setTimeout( resolve, milliseconds );
		signal.addEventListener( 'abort', () => {
			clearTimeout( timer );
			resolve();
		}, { once: true } );
	} );
}

/** Lets a test begin like a new page. */
export function forgetStreams(): void {
	pausedUntil = 0;
	usedTickets.clear();
}
