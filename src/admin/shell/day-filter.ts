import type { Filter, View } from '@wordpress/dataviews';
import * as z from 'zod/mini';

export const dayText = z.string().check( z.regex( /^\d{4}-\d{2}-\d{2}$/ ) );
const dayPair = z.catch( z.nullable( z.tuple( [ dayText, dayText ] ) ), null );
const oneDay = z.catch( z.nullable( dayText ), null );

export interface Days {
	/** Days of the site, both included. */
	from: string | null;
	to: string | null;
}

/** How a table's filter of days is set to show a range. */
export function dayFilters( { from, to }: Days ): Filter[] {
	if ( from && to ) {
		return [ { field: 'day', operator: 'between', value: [ from, to ] } ];
	}
	if ( from ) {
		return [ { field: 'day', operator: 'afterInc', value: from } ];
	}
	return to ? [ { field: 'day', operator: 'beforeInc', value: to } ] : [];
}

/** With a filter of days that has no value yet, where there is none: without one DataViews opens it empty, with nowhere to enter a day. */
export function withDayFilter( view: View ): View {
	const filters = view.filters ?? [];
	return filters.some( ( { field } ) => field === 'day' ) ? view : { ...view, filters: [ ...filters, { field: 'day', operator: 'between', value: undefined } ] };
}

/** The range that a table's filter of days asks for; half a range that is still being filled in is none. */
export function daysFromFilter( filter: Filter | undefined ): Days {
	const day = () => oneDay.parse( filter?.value ?? null );
	switch ( filter?.operator ) {
		case 'between': {
			const days = dayPair.parse( filter.value ?? null );
			// People pick the later day first, too.
			const [ from, to ] = days ? [ ...days ].sort() : [];
			return { from: from ?? null, to: to ?? null };
		}
		case 'on':
			return { from: day(), to: day() };
		case 'afterInc':
			return { from: day(), to: null };
		case 'beforeInc':
			return { from: null, to: day() };
		default:
			return { from: null, to: null };
	}
}
