import { MAX_ATTEMPTS } from './job-store.ts';

const BASE_DELAY_MS = 2_000;
const MAX_DELAY_MS = 60_000;
/** A provider that asks for a longer pause is out of service as far as an editor is concerned. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** Calls that a job may cost where its model has nowhere else to go; with a longer route, two at each place. */
const MIN_ATTEMPTS = 3;

/** How many provider calls a job may cost, repeats after a crash included. */
export function attemptsAllowed( routeLength: number ): number {
	return Math.min( MAX_ATTEMPTS, Math.max( MIN_ATTEMPTS, 2 * routeLength ) );
}

type FailedCall = {
	/** Number of the call that failed, from 1. */
	attempt: number;
	/** How many there may be. */
	allowed: number;
	isRetryable: boolean;
	retryAfterMs: number | null;
	now: number;
	expires_at: number;
	/** 0 ≤ x < 1. */
	random: number;
};

/** When to call again; null when the job has failed. */
export function nextAttemptAt( { attempt, allowed, isRetryable, retryAfterMs, now, expires_at, random }: FailedCall ): number | null {
	if ( ! isRetryable || attempt >= allowed || ( retryAfterMs ?? 0 ) > MAX_RETRY_AFTER_MS ) {
		return null;
	}
	const backoff = Math.min( MAX_DELAY_MS, BASE_DELAY_MS * 2 ** ( attempt - 1 ) );
	const at = now + Math.max( retryAfterMs ?? 0, Math.round( backoff * ( 0.5 + random ) ) );
	return at < expires_at ? at : null;
}
