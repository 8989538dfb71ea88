import { LONGEST_PAUSE_MS, MAX_ATTEMPTS } from './job-store.ts';

const BASE_DELAY_MS = 2_000;
/** The first repeat comes at once for the editor who waits, the last one after an outage of a minute. */
const GROWTH = 20;
const MAX_DELAY_MS = 60_000;

/** Calls that a job may cost where its model has nowhere else to go; with a longer route, two at each place. */
const MIN_ATTEMPTS = 3;

/** How many provider calls a job may cost, repeats after a crash included. */
export function attemptsAllowed( routeLength: number ): number {
	return Math.min( MAX_ATTEMPTS, Math.max( MIN_ATTEMPTS, 2 * routeLength ) );
}

type FailedCall = {
	/** Number of the call that failed, from 1. */
	attempt: number;
	routeLength: number;
	/** Where on the route it went. */
	index: number;
	/** The next place that may do it and is not out of order; null where there is none, or where it would be of no use. */
	otherIndex: number | null;
	isRetryable: boolean;
	retryAfterMs: number | null;
	now: number;
	expires_at: number;
	/** 0 ≤ x < 1. */
	random: number;
};

/**
 * When and where to call again; null when the job has failed. Elsewhere at once, until every place on the route
 * has had its turn; the same place, and the next round, after a pause.
 */
export function nextAttempt( call: FailedCall ): { at: number; route_index: number } | null {
	const { attempt, routeLength, index, otherIndex, isRetryable, retryAfterMs, now, expires_at, random } = call;
	if ( attempt >= attemptsAllowed( routeLength ) ) {
		return null;
	}
	if ( otherIndex !== null && attempt % routeLength !== 0 ) {
		return now < expires_at ? { at: now, route_index: otherIndex } : null;
	}
	const waitMs = otherIndex === null ? ( retryAfterMs ?? 0 ) : 0;
	// A provider that asks for a longer pause is out of service as far as an editor is concerned.
	if ( ( otherIndex === null && ! isRetryable ) || waitMs > LONGEST_PAUSE_MS ) {
		return null;
	}
	const backoff = Math.min( MAX_DELAY_MS, BASE_DELAY_MS * GROWTH ** ( Math.ceil( attempt / routeLength ) - 1 ) );
	const at = now + Math.max( waitMs, Math.round( backoff * ( 0.5 + random ) ) );
	return at < expires_at ? { at, route_index: otherIndex ?? index } : null;
}
