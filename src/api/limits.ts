import { limitsAnswer, limitUsers, myLimits, type LimitSettings, type LimitsAnswer, type MyLimits, type Person } from '@draftkeeper/contract';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { addQueryArgs } from '@wordpress/url';
import { request } from './client';

const MINE_STALE_MS = 30_000;
/** The clocks of the server and of this computer differ a little. */
const AFTER_OPENING_MS = 2_000;
const LONGEST_WAIT_MS = 10 * 60_000;

/** Everything an administrator has set, with what is used of it. */
export const limitsQuery = () => queryOptions( {
	queryKey: [ 'limits' ] as const,
	queryFn: async ( { signal } ): Promise< LimitsAnswer > => ( await request( { path: '/limits', schema: limitsAnswer, signal } ) ).data,
	// A form lies over it.
	refetchOnWindowFocus: false,
} );

/** Stores limits and budgets. Throws `setting_locked`, or `invalid_body` with the path of what is wrong. */
export async function saveLimits( body: LimitSettings ): Promise< LimitsAnswer > {
	return ( await request( { method: 'PUT', path: '/limits', schema: limitsAnswer, body } ) ).data;
}

/** People whom a budget can be made for, by a part of their name. */
export const limitUsersQuery = ( search: string ) => queryOptions( {
	queryKey: [ 'limits', 'users', search ] as const,
	queryFn: async ( { signal } ): Promise< Person[] > =>
		( await request( { path: addQueryArgs( '/limits/users', search ? { search } : {} ), schema: limitUsers, signal } ) ).data.items,
	placeholderData: keepPreviousData,
	staleTime: 60_000,
} );

/** What the current user may still ask for. */
export const myLimitsQuery = () => queryOptions( {
	queryKey: [ 'limits', 'mine' ] as const,
	queryFn: async ( { signal } ): Promise< MyLimits > => ( await request( { path: '/limits/mine', schema: myLimits, signal } ) ).data,
	staleTime: MINE_STALE_MS,
	// Whoever is stopped and waits sees it when it opens.
	refetchInterval: ( { state } ) => waitMs( state.data, Date.now() ),
} );

/** Time until a stop may be over; false where nothing stops. */
export function waitMs( limits: MyLimits | undefined, now: number ): number | false {
	const opens = [ limits?.job_limit?.opens_at ?? null, ...( limits?.budgets ?? [] ).filter( ( { level } ) => level === 'exhausted' ).map( ( { opens_at } ) => opens_at ) ]
		.filter( ( time ) => time !== null ).sort()[ 0 ];
	return opens === undefined ? false : Math.min( LONGEST_WAIT_MS, Math.max( 0, Date.parse( opens ) - now ) + AFTER_OPENING_MS );
}
