const MICRO_DIGITS = 6;
const MICROS_PER_DOLLAR = 1_000_000;

/** The sign between whole dollars and the rest, in the language of this page. */
function decimalSign( language: string | undefined ): string {
	return new Intl.NumberFormat( language ).formatToParts( 1.5 ).find( ( { type } ) => type === 'decimal' )?.value ?? '.';
}

/**
 * Dollars as people type them as millionths, exactly: digits are moved, nothing is computed with fractions. Null where it is no amount, and
 * where it could be two: `1.500` is one and a half in English, and a thousand and a half in German.
 */
export function parseDollars( text: string, language = document.documentElement.lang || undefined ): number | null {
	const [ , whole, sign, rest = '' ] = /^\$?\s*(\d{1,7})(?:([.,\u066B])(\d{1,6}))?\s*\$?$/.exec( text.trim() ) ?? [];
	if ( whole === undefined || ( sign !== undefined && sign !== decimalSign( language ) && rest.length === 3 ) ) {
		return null;
	}
	return Number( whole ) * MICROS_PER_DOLLAR + Number( rest.padEnd( MICRO_DIGITS, '0' ) );
}

/** Millionths as dollars that `parseDollars` reads back as the same. */
export function dollarsFromMicros( micros: number, language = document.documentElement.lang || undefined ): string {
	const rest = String( micros % MICROS_PER_DOLLAR ).padStart( MICRO_DIGITS, '0' ).replace( /0+$/, '' );
	return `${ Math.floor( micros / MICROS_PER_DOLLAR ) }${ rest === '' ? '' : decimalSign( language ) + rest.padEnd( 2, '0' ) }`;
}
