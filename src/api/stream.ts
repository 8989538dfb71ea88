import { streamStatus, streamText, streamToken, type StreamStatus, type StreamTrouble } from '@draftkeeper/contract';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import * as z from 'zod/mini';

/** A proxy that keeps events to itself shows nothing at all. The gateway's first event comes at once. */
export const FIRST_EVENT_MS = 5_000;
/** Two heartbeats and a bit. */
export const SILENCE_MS = 35_000;
const STATUS_TIMEOUT_MS = 3_000;

export type StreamEnd =
	| 'done'
	/** It was open, and ended or broke off: it may be taken up again where it stopped. */
	| 'interrupted'
	/** The gateway says no: the ticket is over, or it knows no such job. */
	| 'refused'
	/** It could not be read. */
	| StreamTrouble;

export interface StreamRequest {
	uuid: string;
	url: string;
	/** A ticket, or the short token of an earlier stream. */
	credential: string;
	/** Where an earlier stream of the same job stopped. */
	lastEventId: string | null;
	signal: AbortSignal;
}

export interface StreamHandlers {
	onText: ( text: string ) => void;
	/** What was written so far is void. */
	onReset: () => void;
	onEventId: ( id: string ) => void;
}

interface LiveToken {
	url: string;
	token: string;
	expiresAtMs: number;
}

/** By job: what opens its stream again and asks for its status. */
const tokens = new Map< string, LiveToken >();

export function liveToken( uuid: string ): LiveToken | null {
	const known = tokens.get( uuid );
	if ( known && known.expiresAtMs > Date.now() ) {
		return known;
	}
	tokens.delete( uuid );
	return null;
}

export function forgetToken( uuid: string ): void {
	tokens.delete( uuid );
}

/** Reads one stream of a job to its end. It is a preview: what is told here is nowhere kept, and failing is no error. */
export async function readStream( request: StreamRequest, handlers: StreamHandlers ): Promise< StreamEnd > {
	const { signal, url, credential, lastEventId } = request;
	const watchdog = startWatchdog( signal );
	let isOpen = false;
	let end: StreamEnd | null = null;
	let trouble: StreamEnd = 'unreachable';
	const parser = createParser( {
		onEvent( message ) {
			end ??= take( request, message, handlers );
			isOpen = true;
		},
	} );
	try {
		const response = await fetch( url, {
			headers: { Authorization: `Bearer ${ credential }`, Accept: 'text/event-stream', ...( lastEventId ? { 'Last-Event-ID': lastEventId } : {} ) },
			signal: watchdog.signal,
			cache: 'no-store',
			credentials: 'omit',
			referrerPolicy: 'no-referrer',
		} );
		trouble = whyNot( response ) ?? 'kept_back';
		const reader = textOf( response ).getReader();
		watchdog.signal.addEventListener( 'abort', () => void reader.cancel().catch( () => undefined ) );
		while ( ! end ) {
			const part = await reader.read();
			if ( part.done ) {
				break;
			}
			parser.feed( part.value );
			if ( isOpen ) {
				watchdog.restart();
			}
		}
	} catch {
		// Refused, out of reach, forbidden by CORS or a policy of the page, silent for too long, or left.
	} finally {
		watchdog.stop();
	}
	if ( end || isOpen ) {
		return end ?? 'interrupted';
	}
	return watchdog.isLate() ? 'kept_back' : trouble;
}

/** Asks the gateway how the job stands, where it has given a token for that. Null: only WordPress knows. */
export async function askStatus( uuid: string, signal: AbortSignal ): Promise< StreamStatus | null > {
	const live = liveToken( uuid );
	if ( ! live ) {
		return null;
	}
	try {
		const response = await fetch( live.url.replace( /\/events$/, '/status' ), {
			headers: { Authorization: `Bearer ${ live.token }` },
			signal: AbortSignal.any?.( [ signal, AbortSignal.timeout( STATUS_TIMEOUT_MS ) ] ) ?? signal,
			cache: 'no-store',
			credentials: 'omit',
			referrerPolicy: 'no-referrer',
		} );
		const status = z.safeParse( streamStatus, response.ok ? await response.json() : null );
		if ( status.success && status.data.state !== 'done' ) {
			return status.data;
		}
		tokens.delete( uuid );
		return status.success ? status.data : null;
	} catch {
		if ( ! signal.aborted ) {
			tokens.delete( uuid );
		}
		return null;
	}
}

/** Why this is no stream: a refusal of the gateway, or the page of something that stands before it. */
function whyNot( { ok, headers }: Response ): StreamEnd | null {
	const type = headers.get( 'Content-Type' ) ?? '';
	if ( ok && type.startsWith( 'text/event-stream' ) ) {
		return null;
	}
	return ! ok && type.startsWith( 'application/problem+json' ) ? 'refused' : 'not_a_stream';
}

/** Throws for what is no stream. */
function textOf( response: Response ): ReadableStream< string > {
	if ( whyNot( response ) || ! response.body ) {
		throw new Error( 'no stream' );
	}
	return response.body.pipeThrough( new TextDecoderStream() );
}

/** Says how the stream ends with this event; null where it goes on. Events of a later version are passed over. */
function take( { uuid, url }: StreamRequest, { event, data, id }: EventSourceMessage, { onText, onReset, onEventId }: StreamHandlers ): StreamEnd | null {
	switch ( event ) {
		case 'token': {
			const told = parse( streamToken, data );
			if ( ! told ) {
				return 'not_a_stream';
			}
			tokens.set( uuid, { url, token: told.token, expiresAtMs: Date.now() + ( told.expires_in * 1000 ) } );
			return null;
		}
		case 'text': {
			const told = parse( streamText, data );
			if ( ! told ) {
				return 'not_a_stream';
			}
			onText( told.text );
			break;
		}
		case 'reset':
			onReset();
			break;
		case 'done':
			tokens.delete( uuid );
			return 'done';
		case 'error':
			tokens.delete( uuid );
			return 'refused';
	}
	if ( id ) {
		onEventId( id );
	}
	return null;
}

function parse< Schema extends z.ZodMiniType >( schema: Schema, data: string ): z.output< Schema > | null {
	try {
		const parsed = z.safeParse( schema, JSON.parse( data ) );
		return parsed.success ? parsed.data : null;
	} catch {
		return null;
	}
}

/** Ends a stream that says nothing: neither a first event nor a heartbeat. */
function startWatchdog( signal: AbortSignal ) {
	const controller = new AbortController();
	const abort = () => controller.abort();
	let isLate = false;
	const giveUp = () => {
		isLate = true;
		abort();
	};
	let timer = setTimeout( giveUp, FIRST_EVENT_MS );
	if ( signal.aborted ) {
		abort();
	}
	signal.addEventListener( 'abort', abort );
	return {
		signal: controller.signal,
		isLate: () => isLate,
		restart() {
			clearTimeout( timer );
			timer = setTimeout( giveUp, SILENCE_MS );
		},
		stop() {
			clearTimeout( timer );
			signal.removeEventListener( 'abort', abort );
			abort();
		},
	};
}
