const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Waits before each try, about 75 hours in all. */
const WAITS_MS = [
	0, 5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS, 14 * HOUR_MS, 20 * HOUR_MS, 24 * HOUR_MS,
];
const MAX_RETRY_AFTER_MS = 24 * HOUR_MS;
/** A wait is stretched by up to this share, so that a site that comes back is not met by everything at once. */
const JITTER = 0.2;

/** When to try again after `tries` tries; null when that was the last. `random`: 0 ≤ x < 1. */
export function nextTryAt( { tries, retryAfterMs, now, random }: { tries: number; retryAfterMs: number | null; now: number; random: number } ): number | null {
	const wait = WAITS_MS[ tries ];
	if ( wait === undefined ) {
		return null;
	}
	const asked = Math.min( retryAfterMs ?? 0, MAX_RETRY_AFTER_MS );
	return now + Math.max( asked, Math.round( wait * ( 1 + JITTER * random ) ) );
}
