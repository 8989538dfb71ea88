const MICROS_PER_DOLLAR = 1_000_000;
const SMALLEST_SHOWN_MICROS = 100;

const language = () => document.documentElement.lang || undefined;

/** Millionths of a US dollar as money: `$0.0123`, `$12.30`; what is smaller than a hundredth of a cent as `<$0.0001`. */
export function formatMicros( micros: number ): string {
	if ( micros > 0 && micros < SMALLEST_SHOWN_MICROS ) {
		return `<${ formatDollars( SMALLEST_SHOWN_MICROS ) }`;
	}
	return formatDollars( micros );
}

function formatDollars( micros: number ): string {
	const isSmall = micros > 0 && micros < MICROS_PER_DOLLAR;
	return new Intl.NumberFormat( language(), {
		style: 'currency',
		currency: 'USD',
		currencyDisplay: 'narrowSymbol',
		minimumFractionDigits: 2,
		maximumFractionDigits: isSmall ? 4 : 2,
	} ).format( micros / MICROS_PER_DOLLAR );
}

export function formatCount( count: number ): string {
	return new Intl.NumberFormat( language() ).format( count );
}

/** Milliseconds as seconds: `1.4 s`. */
export function formatDuration( durationMs: number ): string {
	return new Intl.NumberFormat( language(), {
		style: 'unit',
		unit: 'second',
		unitDisplay: 'narrow',
		maximumFractionDigits: durationMs < 10_000 ? 1 : 0,
	} ).format( durationMs / 1000 );
}
