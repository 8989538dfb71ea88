/** Reads a `Retry-After` header, seconds or an HTTP date, as milliseconds from `now`; null where there is none to understand. */
export function readRetryAfter( header: string | undefined, now: number ): number | null {
	if ( header === undefined || header.trim() === '' ) {
		return null;
	}
	if ( /^[0-9]{1,9}$/.test( header.trim() ) ) {
		return Number( header.trim() ) * 1000;
	}
	const date = Date.parse( header );
	return Number.isNaN( date ) ? null : Math.max( 0, date - now );
}
