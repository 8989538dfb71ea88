import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { JobKey } from '../jobs/job-store.ts';
import { GatewayError } from '../errors.ts';

/** What a short token opens, and from where. */
export type StreamGrant = { job: JobKey; origin: string; /** Milliseconds. */ expires_at: number };

const PREFIX = 'dks1_';
const LIFETIME_MS = 300_000;
/** A token that would last for longer was issued before the clock was set back. Servers' clocks may differ by this much. */
const LEEWAY_MS = 60_000;

const claims = z.tuple( [ z.string(), z.string(), z.string(), z.int() ] );

/**
 * Short tokens: HMAC, because a browser shows one at each look and a signature of WordPress's kind costs ten times as much.
 * They open the stream of one job and its status for one origin, and nothing else.
 */
export class StreamTokens {
	readonly #key: Buffer;

	/** `key`: the same in every process that serves the same browsers. */
	constructor( key: Buffer ) {
		this.#key = key;
	}

	issue( job: JobKey, origin: string, now: number ): { token: string; grant: StreamGrant } {
		const grant = { job: { tenant: job.tenant, uuid: job.uuid }, origin, expires_at: now + LIFETIME_MS };
		return { token: this.#write( grant ), grant };
	}

	/** Throws `invalid_token` or `token_expired`. */
	verify( token: string, now: number ): StreamGrant {
		const [ payload, mac, ...rest ] = token.slice( PREFIX.length ).split( '.' );
		if ( payload === undefined || mac === undefined || rest.length > 0 || ! isEqual( mac, this.#mac( payload ) ) ) {
			throw new GatewayError( 'invalid_token', 'The token was not issued by this gateway.' );
		}
		const [ tenant, uuid, origin, expires_at ] = claims.parse( JSON.parse( Buffer.from( payload, 'base64url' ).toString() ) );
		if ( expires_at <= now || expires_at > now + LIFETIME_MS + LEEWAY_MS ) {
			throw new GatewayError( 'token_expired', 'The token has expired; ask WordPress for a new ticket.', { isRetryable: true } );
		}
		return { job: { tenant, uuid }, origin, expires_at };
	}

	static isOne( token: string ): boolean {
		return token.startsWith( PREFIX );
	}

	#write( { job, origin, expires_at }: StreamGrant ): string {
		const payload = Buffer.from( JSON.stringify( [ job.tenant, job.uuid, origin, expires_at ] ) ).toString( 'base64url' );
		return `${ PREFIX }${ payload }.${ this.#mac( payload ) }`;
	}

	#mac( payload: string ): string {
		return createHmac( 'sha256', this.#key ).update( payload ).digest( 'base64url' );
	}
}

function isEqual( given: string, expected: string ): boolean {
	const [ left, right ] = [ Buffer.from( given ), Buffer.from( expected ) ];
	return left.length === right.length && timingSafeEqual( left, right );
}
