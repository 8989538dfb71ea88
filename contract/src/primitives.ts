import * as z from 'zod/mini';

/** Version of the shapes that the gateway and WordPress exchange. The gateway serves this one and the one before. */
export const CONTRACT_VERSION = 1;

function countCodePoints( value: string ): number {
	let count = 0;
	for ( const _ of value ) {
		count++;
	}
	return count;
}

/**
 * A string of `min` to `max` Unicode code points.
 * zod's own length checks count UTF-16 units, JSON Schema and PHP's `mb_strlen` count code points.
 */
export function text( min: number, max: number ) {
	return z
		.string()
		.check( z.refine( ( value ) => {
			const length = countCodePoints( value );
			return length >= min && length <= max;
		}, `Must have ${ min } to ${ max } characters.` ) )
		.register( z.globalRegistry, min > 0 ? { minLength: min, maxLength: max } : { maxLength: max } );
}

/** A string that matches `pattern` whole. The pattern must mean the same in ECMAScript and PCRE. */
export function pattern( expression: RegExp ) {
	return z.string().check( z.regex( expression ) );
}

export const uuid = pattern( /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/ );

/**
 * Names one request from the browser to the provider and back: 128 bits in the form of a UUID. Without its dashes it is the trace-id of
 * W3C's Trace Context, and may have come from there, so it need not have a UUID's version.
 */
export const requestId = pattern( /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/ );

/** A UTC time with a resolution of one second: `2026-02-28T09:30:00Z`. */
export const utcTime = pattern( /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/ );

/** A calendar day of the site: `2026-02-28`. */
export const day = pattern( /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/ );

/** A whole number that is not negative: ids, counts, milliseconds, tokens, millionths of a US dollar. */
export const count = z.int().check( z.gte( 0 ) );

/** A whole number greater than zero. */
export const positive = z.int().check( z.gte( 1 ) );

export const slug = pattern( /^[a-z0-9][a-z0-9_.:/-]{0,99}$/i );
