/** To make one takes longer than all the rest of an offer. As many as there are time zones among the sites. */
const formats = new Map< string, Intl.DateTimeFormat >();

/** The day and the month of a time, in a time zone: `2026-03-01` and `2026-03`. */
export function periodsOf( now: number, timeZone: string ): { day: string; month: string } {
	const format = formats.get( timeZone )
		?? new Intl.DateTimeFormat( 'en-US', { timeZone, calendar: 'iso8601', year: 'numeric', month: '2-digit', day: '2-digit' } );
	formats.set( timeZone, format );
	const parts = format.formatToParts( now );
	const part = ( type: string ) => parts.find( ( found ) => found.type === type )?.value ?? '';
	const month = `${ part( 'year' ) }-${ part( 'month' ) }`;
	return { day: `${ month }-${ part( 'day' ) }`, month };
}
