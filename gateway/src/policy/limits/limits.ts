import type { Clock } from '../../clock.ts';
import { GatewayError } from '../../errors.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Meter } from '../../observability/meter.ts';
import type { Site } from '../../sites/site.ts';
import type { Limit, LimitState, LimitStore, Taken } from './limit-store.ts';

/** A store that does not answer in this time is taken to be away. */
const PATIENCE_MS = 500;
/** Between two lines in the log about a store that is away. */
const COMPLAINT_PERIOD_MS = 10_000;

export type Headers = Readonly< Record< string, string > >;

export type LimitsDeps = { store: LimitStore; clock: Clock; logger: Logger; meter?: Meter | undefined };

/** The limits of requests of a site and, where a request comes with one, of its API key. */
export function limitsOf( site: Site, key: { id: string; requests_per_minute: number | null } | null ): Limit[] {
	const own = site.limits.map( ( { requests, seconds } ): Limit => ( {
		key: site.tenant, name: `site-${ seconds }s`, requests, window_ms: seconds * 1000,
	} ) );
	return key === null || key.requests_per_minute === null
		? own
		: [ ...own, { key: `${ site.tenant } key ${ key.id }`, name: 'key-60s', requests: key.requests_per_minute, window_ms: 60_000 } ];
}

/** Protects against haste. Where it cannot count, requests pass uncounted, and the log says so. */
export class Limits {
	readonly #deps: LimitsDeps;
	#nextComplaintAt = 0;

	constructor( deps: LimitsDeps ) {
		this.#deps = deps;
	}

	/** Counts a request and answers the headers that tell what is left. Throws `rate_limited` with the time to come again. */
	async take( limits: readonly Limit[] ): Promise< Headers > {
		const taken = limits.length === 0 ? null : await this.#count( limits );
		if ( taken === null ) {
			return {};
		}
		const headers = headersOf( taken.states );
		if ( ! taken.allowed ) {
			throw new GatewayError( 'rate_limited', 'Too many requests in a short time.', { isRetryable: true, retryAfterMs: taken.retry_after_ms, headers } );
		}
		return headers;
	}

	async #count( limits: readonly Limit[] ): Promise< Taken | null > {
		const { store, clock } = this.#deps;
		let stopTimer = () => {};
		try {
			const taken = store.take( limits );
			if ( ! ( taken instanceof Promise ) ) {
				return taken;
			}
			const tooLate = new Promise< never >( ( _resolve, reject ) => {
				stopTimer = clock.setTimer( () => reject( new Error( 'time-out' ) ), PATIENCE_MS );
			} );
			return await Promise.race( [ taken, tooLate ] );
		} catch ( error ) {
			this.#complain( error );
			return null;
		} finally {
			stopTimer();
		}
	}

	#complain( error: unknown ): void {
		this.#deps.meter?.passedUncounted();
		const now = this.#deps.clock.steady();
		if ( now >= this.#nextComplaintAt ) {
			this.#nextComplaintAt = now + COMPLAINT_PERIOD_MS;
			this.#deps.logger.warn( { err: error }, 'limits cannot be counted; requests pass uncounted' );
		}
	}
}

/** As draft-ietf-httpapi-ratelimit-headers has them. */
function headersOf( states: readonly LimitState[] ): Headers {
	return {
		'ratelimit-policy': states.map( ( { name, requests, window_ms } ) => `"${ name }";q=${ requests };w=${ window_ms / 1000 }` ).join( ', ' ),
		ratelimit: states.map( ( { name, remaining, opens_in_ms } ) => `"${ name }";r=${ remaining };t=${ Math.ceil( opens_in_ms / 1000 ) }` ).join( ', ' ),
	};
}
