import { GatewayError } from '../errors.ts';
import type { Site, Sites } from '../sites/site.ts';

/** When to ask again what the operator has switched off. */
const OFF_RETRY_MS = 60_000;
/** A job that was taken before waits this long before it looks again. */
const HOLD_MS = 15_000;

/** Throws where the operator has switched the site off: nothing new is begun for it, what runs may end. */
export function assertEnabled( { disabled }: Site ): void {
	if ( disabled ) {
		throw new GatewayError( 'site_disabled', 'The operator of the gateway has switched it off for this site.', { isRetryable: true, retryAfterMs: OFF_RETRY_MS } );
	}
}

/** Until when a job that was taken earlier is held; null while its site is on. A site that is gone from the file is off. */
export function heldUntil( sites: Sites, tenant: string, now: number ): number | null {
	return sites.get( tenant )?.disabled === false ? null : now + HOLD_MS;
}
