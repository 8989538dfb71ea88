import { usageChoices, usageList, type AttemptStatus, type UsageChoices, type UsageList, type usageOrderings } from '@draftkeeper/contract';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { addQueryArgs } from '@wordpress/url';
import { request } from './client';

export type UsageOrdering = ( typeof usageOrderings )[ number ];

/** What narrows the log down: the same for the table, its totals and the CSV. */
export interface UsageFilter {
	user_id: number[];
	status: AttemptStatus[];
	model: string | null;
	/** Days of the site, both included. */
	from: string | null;
	to: string | null;
}

export interface UsagePage extends UsageFilter {
	per_page: number;
	orderby: UsageOrdering;
	order: 'asc' | 'desc';
}

export function filterArguments( filter: UsageFilter ): Record< string, string > {
	return {
		...( filter.user_id.length > 0 ? { user_id: filter.user_id.join( ',' ) } : {} ),
		...( filter.status.length > 0 ? { status: filter.status.join( ',' ) } : {} ),
		...( filter.model ? { model: filter.model } : {} ),
		...( filter.from ? { from: filter.from } : {} ),
		...( filter.to ? { to: filter.to } : {} ),
	};
}

/** One page of the log; the first one comes with the totals of the whole filter. */
export const usageQuery = ( asked: UsagePage, cursor: string | null ) => queryOptions( {
	queryKey: [ 'usage', 'list', asked, cursor ] as const,
	queryFn: async ( { signal } ): Promise< UsageList > => ( await request( {
		path: addQueryArgs( '/usage', { ...filterArguments( asked ), per_page: asked.per_page, orderby: asked.orderby, order: asked.order, ...( cursor === null ? {} : { cursor } ) } ),
		schema: usageList,
		signal,
	} ) ).data,
	placeholderData: keepPreviousData,
} );

/** Everyone and every model that the log can be filtered by. */
export const usageChoicesQuery = () => queryOptions( {
	queryKey: [ 'usage', 'choices' ] as const,
	queryFn: async ( { signal } ): Promise< UsageChoices > => ( await request( { path: '/usage/choices', schema: usageChoices, signal } ) ).data,
	staleTime: 5 * 60_000,
} );

/** Address of the CSV of exactly what `filter` shows, all pages of it. */
export function exportUrl( base: string, filter: UsageFilter ): string {
	return addQueryArgs( base, filterArguments( filter ) );
}
