/** The day and the month of a time, in a time zone: `2026-03-01` and `2026-03`. */
export function periodsOf( now: number, timeZone: string ): { day: string; month: string } {
	const parts = new Intl.DateTimeFormat( 'en-US', { timeZone, calendar: 'iso8601', year: 'numeric', month: '2-digit', day: '2-digit' } ).formatToParts( now );
	const part = ( type: string ) => parts.find( ( found ) => found.type === type )?.value ?? '';
	const month = `${ part( 'year' ) }-${ part( 'month' ) }`;
	return { day: `${ month }-${ part( 'day' ) }`, month };
}
