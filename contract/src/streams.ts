import * as z from 'zod/mini';
import { count, pattern, positive, slug, text, utcTime, uuid } from './primitives.ts';

/** The claims of the ticket that WordPress signs for one browser and one job (JWT, ES256, `typ: draftkeeper-ticket+jwt`). */
export const ticketClaims = z.object( {
	/** Site id. */
	iss: slug,
	/** Blog id; the tenant is `iss:bid`. */
	bid: positive,
	/** `home_url()`; another one than the registered is answered 409 `site_moved`. */
	home: z.string(),
	/** The gateway's origin. */
	aud: z.string(),
	/** The only job that the ticket opens. */
	job: uuid,
	/** Where the browser stands, as it says in `Origin`. */
	origin: z.string(),
	iat: count,
	exp: count,
	jti: pattern( /^[A-Za-z0-9_-]{16,64}$/ ),
} );
export type TicketClaims = z.infer< typeof ticketClaims >;

/**
 * What opens the stream of a job once, within a minute: comes with a job that was created from a browser, and from
 * `POST /jobs/{uuid}/ticket`. The ticket goes into the `Authorization` header of a request to `url`.
 */
export const stream = z.strictObject( { url: text( 1, 2000 ), ticket: text( 1, 4000 ), expires_at: utcTime } );
export type Stream = z.infer< typeof stream >;

/** Why a page could not read a stream: nothing came in time, nobody answered the browser, somebody else than the gateway did. */
export const streamTroubles = [ 'kept_back', 'unreachable', 'not_a_stream' ] as const;
export type StreamTrouble = ( typeof streamTroubles )[ number ];

/** `POST /jobs/{uuid}/ticket`, whose body may also be missing. `after`: what became of the ticket before. */
export const askTicket = z.strictObject( { after: z.optional( z.enum( streamTroubles ) ) } );
export type AskTicket = z.infer< typeof askTicket >;

export const streamStates = [ 'queued', 'running', 'done' ] as const;

/** `GET /v1/jobs/{uuid}/status`, and the event `done`. What became of the job says WordPress alone. */
export const streamStatus = z.object( {
	state: z.enum( streamStates ),
	/** As in the gateway's answer to WordPress: queued for later. */
	put_off: z.optional( z.boolean() ),
} );
export type StreamStatus = z.infer< typeof streamStatus >;

/** The event `token`, first in every stream: opens the stream again and asks for the status, of this job only. */
export const streamToken = z.object( {
	token: text( 1, 2000 ),
	/** Seconds. A browser's clock is not to be trusted with a time of day. */
	expires_in: positive,
} );
export type StreamToken = z.infer< typeof streamToken >;

/** The event `text`: what the provider has written since the last one. The id of the event is `uuid:attempt:seq`. */
export const streamText = z.object( { text: z.string() } );
export type StreamText = z.infer< typeof streamText >;

/** The event `reset`: another call of the provider has begun, and what was shown is void. */
export const streamReset = z.object( { attempt: positive } );
export type StreamReset = z.infer< typeof streamReset >;
