import { usageList, usageUsers, type AttemptStatus, type Person, type UsageList, type usageOrderings } from '@draftkeeper/contract';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { addQueryArgs } from '@wordpress/url';
import { request } from './client';

export type UsageOrdering = ( typeof usageOrderings )[ number ];

/** What narrows the log down: the same for the table, its totals and the CSV. */
export interface UsageFilter {
	user_id: number[];
	status: AttemptStatus[];
	/** Days of the site, both included. */
	from: string | null;
	to: string | null;
}

export interface UsagePage extends UsageFilter {
	page: number;
	per_page: number;
	orderby: UsageOrdering;
	order: 'asc' | 'desc';
}

export function filterArguments( filter: UsageFilter ): Record< string, string > {
	return {
		...( filter.user_id.length > 0 ? { user_id: filter.user_id.join( ',' ) } : {} ),
		...( filter.status.length > 0 ? { status: filter.status.join( ',' ) } : {} ),
		...( filter.from ? { from: filter.from } : {} ),
		...( filter.to ? { to: filter.to } : {} ),
	};
}

/** One page of the log, with the totals of the whole filter. */
export const usageQuery = ( { page, per_page, orderby, order, ...filter }: UsagePage ) => queryOptions( {
	queryKey: [ 'usage', { ...filter, page, per_page, orderby, order } ] as const,
	queryFn: async ( { signal } ): Promise< UsageList > => ( await request( {
		path: addQueryArgs( '/usage', { ...filterArguments( filter ), page, per_page, orderby, order } ),
		schema: usageList,
		signal,
	} ) ).data,
	placeholderData: keepPreviousData,
} );

/** Everyone in the log. */
export const usageUsersQuery = () => queryOptions( {
	queryKey: [ 'usage', 'users' ] as const,
	queryFn: async ( { signal } ): Promise< Person[] > =>
		( await request( { path: '/usage/users', schema: usageUsers, signal } ) ).data.items,
	staleTime: 5 * 60_000,
} );

/** Address of the CSV of exactly what `filter` shows, all pages of it. */
export function exportUrl( base: string, filter: UsageFilter, order: Pick< UsagePage, 'orderby' | 'order' > ): string {
	return addQueryArgs( base, { ...filterArguments( filter ), orderby: order.orderby, order: order.order } );
}
