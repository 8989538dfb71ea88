import { attemptStatuses, usageOrderings } from '@draftkeeper/contract';
import type { Filter, View } from '@wordpress/dataviews';
import * as z from 'zod/mini';
import type { UsageOrdering, UsagePage } from '../../api/usage';

export const PAGE_SIZES = [ 20, 50, 100 ];
const DEFAULT_PAGE_SIZE = 20;

export const defaultView: View = {
	type: 'table',
	page: 1,
	perPage: DEFAULT_PAGE_SIZE,
	sort: { field: 'created_at', direction: 'desc' },
	titleField: 'created_at',
	fields: [ 'user', 'post', 'status', 'cost_micros', 'tokens_in', 'tokens_out', 'model', 'request_id' ],
	filters: [],
	layout: { density: 'compact' },
};

const dayText = z.string().check( z.regex( /^\d{4}-\d{2}-\d{2}$/ ) );
const wholeNumber = z.coerce.number().check( z.int(), z.gte( 1 ) );
const commaList = ( value: string | undefined ): unknown[] => value ? value.split( ',' ) : [];

/** What stands in the address. Anything that does not fit is left out, never an error. */
const address = z.object( {
	user_id: z.catch( z.pipe( z.transform( commaList ), z.array( wholeNumber ) ), [] ),
	status: z.catch( z.pipe( z.transform( commaList ), z.array( z.enum( attemptStatuses ) ) ), [] ),
	from: z.catch( z.nullable( dayText ), null ),
	to: z.catch( z.nullable( dayText ), null ),
	paged: z.catch( wholeNumber, 1 ),
	per_page: z.catch( wholeNumber.check( z.refine( ( size ) => PAGE_SIZES.includes( size ) ) ), DEFAULT_PAGE_SIZE ),
	orderby: z.catch( z.enum( usageOrderings ), 'created_at' ),
	order: z.catch( z.enum( [ 'asc', 'desc' ] ), 'desc' ),
} );

/** The view that an address asks for. */
export function viewFromAddress( search: string ): View {
	const asked = address.parse( Object.fromEntries( new URLSearchParams( search ) ) );
	const filters: Filter[] = [];
	if ( asked.user_id.length > 0 ) {
		filters.push( { field: 'user', operator: 'isAny', value: asked.user_id } );
	}
	if ( asked.status.length > 0 ) {
		filters.push( { field: 'status', operator: 'isAny', value: asked.status } );
	}
	if ( asked.from && asked.to ) {
		filters.push( { field: 'day', operator: 'between', value: [ asked.from, asked.to ] } );
	} else if ( asked.from ) {
		filters.push( { field: 'day', operator: 'afterInc', value: asked.from } );
	} else if ( asked.to ) {
		filters.push( { field: 'day', operator: 'beforeInc', value: asked.to } );
	}
	return {
		...defaultView,
		page: asked.paged,
		perPage: asked.per_page,
		sort: { field: asked.orderby, direction: asked.order },
		filters,
	};
}

const wholeNumbers = z.catch( z.array( wholeNumber ), [] );
const statuses = z.catch( z.array( z.enum( attemptStatuses ) ), [] );
const dayPair = z.catch( z.nullable( z.tuple( [ dayText, dayText ] ) ), null );
const oneDay = z.catch( z.nullable( dayText ), null );

/** The request behind a view. A filter that is still being filled in narrows nothing down. */
export function pageFromView( view: View ): UsagePage {
	const value = ( field: string ) => view.filters?.find( ( filter ) => filter.field === field && filter.value !== undefined );
	return {
		user_id: wholeNumbers.parse( value( 'user' )?.value ?? [] ),
		status: statuses.parse( value( 'status' )?.value ?? [] ),
		...daysFromFilter( value( 'day' ) ),
		page: view.page ?? 1,
		per_page: view.perPage ?? DEFAULT_PAGE_SIZE,
		orderby: usageOrderings.find( ( name ): name is UsageOrdering => name === view.sort?.field ) ?? 'created_at',
		order: view.sort?.direction ?? 'desc',
	};
}

function daysFromFilter( filter: Filter | undefined ): { from: string | null; to: string | null } {
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

/** The address of a view: only what differs from the default. `search` keeps everything that is not ours. */
export function addressFromView( search: string, view: View ): string {
	const asked = pageFromView( view );
	const parameters = new URLSearchParams( search );
	const set = ( name: string, value: string | null ) => value ? parameters.set( name, value ) : parameters.delete( name );
	set( 'user_id', asked.user_id.join( ',' ) );
	set( 'status', asked.status.join( ',' ) );
	set( 'from', asked.from );
	set( 'to', asked.to );
	set( 'paged', asked.page > 1 ? String( asked.page ) : null );
	set( 'per_page', asked.per_page === DEFAULT_PAGE_SIZE ? null : String( asked.per_page ) );
	set( 'orderby', asked.orderby === 'created_at' ? null : asked.orderby );
	set( 'order', asked.order === 'desc' ? null : asked.order );
	return `?${ parameters }`;
}

/** Whether anything is left out: then "nothing found" means another thing than "nothing there". */
export function isFiltered( asked: UsagePage ): boolean {
	return asked.user_id.length > 0 || asked.status.length > 0 || asked.from !== null || asked.to !== null;
}
