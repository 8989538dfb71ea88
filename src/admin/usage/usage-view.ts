import { attemptStatuses, usageOrderings } from '@draftkeeper/contract';
import type { Filter, View } from '@wordpress/dataviews';
import * as z from 'zod/mini';
import type { UsageOrdering, UsagePage } from '../../api/usage';
import { dayFilters, daysFromFilter, dayText } from '../shell/day-filter';

export const PAGE_SIZES = [ 20, 50, 100 ];
const DEFAULT_PAGE_SIZE = 20;

export const defaultView: View = {
	type: 'table',
	page: 1,
	perPage: DEFAULT_PAGE_SIZE,
	sort: { field: 'created_at', direction: 'desc' },
	titleField: 'created_at',
	// As many as fit beside WordPress's menu; the rest is a click away, and in the details.
	fields: [ 'user', 'post', 'status', 'cost_micros', 'tokens_out', 'model' ],
	filters: [],
	layout: { density: 'compact' },
};

const wholeNumber = z.coerce.number().check( z.int(), z.gte( 1 ) );
const commaList = ( value: string | undefined ): unknown[] => value ? value.split( ',' ) : [];

const modelName = z.string().check( z.minLength( 1 ), z.maxLength( 100 ) );

/** What stands in the address. Anything that does not fit is left out, never an error. */
const address = z.object( {
	user_id: z.catch( z.pipe( z.transform( commaList ), z.array( wholeNumber ) ), [] ),
	status: z.catch( z.pipe( z.transform( commaList ), z.array( z.enum( attemptStatuses ) ) ), [] ),
	model: z.catch( z.nullable( modelName ), null ),
	from: z.catch( z.nullable( dayText ), null ),
	to: z.catch( z.nullable( dayText ), null ),
	per_page: z.catch( wholeNumber.check( z.refine( ( size ) => PAGE_SIZES.includes( size ) ) ), DEFAULT_PAGE_SIZE ),
	orderby: z.catch( z.enum( usageOrderings ), 'created_at' ),
	order: z.catch( z.enum( [ 'asc', 'desc' ] ), 'desc' ),
} );

/** The view that an address asks for. Pages are not in it: the next one begins where the last one on the screen ends. */
export function viewFromAddress( search: string ): View {
	const asked = address.parse( Object.fromEntries( new URLSearchParams( search ) ) );
	const filters: Filter[] = [];
	if ( asked.user_id.length > 0 ) {
		filters.push( { field: 'user', operator: 'isAny', value: asked.user_id } );
	}
	if ( asked.status.length > 0 ) {
		filters.push( { field: 'status', operator: 'isAny', value: asked.status } );
	}
	if ( asked.model !== null ) {
		filters.push( { field: 'model', operator: 'is', value: asked.model } );
	}
	filters.push( ...dayFilters( asked ) );
	return {
		...defaultView,
		perPage: asked.per_page,
		sort: { field: asked.orderby, direction: asked.order },
		filters,
	};
}

const wholeNumbers = z.catch( z.array( wholeNumber ), [] );
const statuses = z.catch( z.array( z.enum( attemptStatuses ) ), [] );

/** The request behind a view. A filter that is still being filled in narrows nothing down. */
export function pageFromView( view: View ): UsagePage {
	const value = ( field: string ) => view.filters?.find( ( filter ) => filter.field === field && filter.value !== undefined );
	return {
		user_id: wholeNumbers.parse( value( 'user' )?.value ?? [] ),
		status: statuses.parse( value( 'status' )?.value ?? [] ),
		model: address.shape.model.parse( value( 'model' )?.value ?? null ),
		...daysFromFilter( value( 'day' ) ),
		per_page: view.perPage ?? DEFAULT_PAGE_SIZE,
		orderby: usageOrderings.find( ( name ): name is UsageOrdering => name === view.sort?.field ) ?? 'created_at',
		order: view.sort?.direction ?? 'desc',
	};
}

/** The address of a view: only what differs from the default. `search` keeps everything that is not ours. */
export function addressFromView( search: string, view: View ): string {
	const asked = pageFromView( view );
	const parameters = new URLSearchParams( search );
	const set = ( name: string, value: string | null ) => value ? parameters.set( name, value ) : parameters.delete( name );
	set( 'user_id', asked.user_id.join( ',' ) );
	set( 'status', asked.status.join( ',' ) );
	set( 'model', asked.model );
	set( 'from', asked.from );
	set( 'to', asked.to );
	set( 'per_page', asked.per_page === DEFAULT_PAGE_SIZE ? null : String( asked.per_page ) );
	set( 'orderby', asked.orderby === 'created_at' ? null : asked.orderby );
	set( 'order', asked.order === 'desc' ? null : asked.order );
	return `?${ parameters }`;
}

/** Whether anything is left out: then "nothing found" means another thing than "nothing there". */
export function isFiltered( asked: UsagePage ): boolean {
	return asked.user_id.length > 0 || asked.status.length > 0 || asked.model !== null || asked.from !== null || asked.to !== null;
}
