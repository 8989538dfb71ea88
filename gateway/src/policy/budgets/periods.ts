type Periods = { day: string; month: string };

/** Every time zone begins its days at a quarter of an hour, so within one nothing changes. */
const SPAN_MS = 900_000;

/** Asking for a time zone's date costs as much as a tenth of a call, and every call has to know it. */
const latest = new Map< string, { span: number; periods: Periods } >();

/** The day and the month of a time, in a time zone: `2026-03-01` and `2026-03`. */
export function periodsOf( now: number, timeZone: string ): Periods {
	const span = Math.floor( now / SPAN_MS );
	const known = latest.get( timeZone );
	if ( known?.span === span ) {
		return known.periods;
	}
	const parts = new Intl.DateTimeFormat( 'en-US', { timeZone, calendar: 'iso8601', year: 'numeric', month: '2-digit', day: '2-digit' } ).formatToParts( now );
	const part = ( type: string ) => parts.find( ( found ) => found.type === type )?.value ?? '';
	const month = `${ part( 'year' ) }-${ part( 'month' ) }`;
	const periods = { day: `${ month }-${ part( 'day' ) }`, month };
	latest.set( timeZone, { span, periods } );
	return periods;
}
