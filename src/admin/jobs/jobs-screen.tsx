import type { Bootstrap, Job, Person } from '@draftkeeper/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from '@wordpress/components';
import { lazy, Suspense, useCallback, useState } from '@wordpress/element';
import { __, _x, sprintf } from '@wordpress/i18n';
import { ApiError } from '../../api/api-error';
import { jobsQuery } from '../../api/job-list';
import { isTerminal } from '../../api/jobs';
import { usageUsersQuery } from '../../api/usage';
import { ErrorNotice } from '../../ui/error-notice';
import { Loading } from '../shell/loading';
import { ScreenHeader } from '../shell/screen-header';
import { useAddressView } from '../shell/use-address-view';
import { addressFromView, filterFromView, isFiltered, viewFromAddress } from './jobs-view';

const JobsTable = lazy( () =>
	import( /* webpackChunkName: "admin/jobs-table" */ './jobs-table' ).then( ( module ) => ( { default: module.JobsTable } ) ) );

/** Every job: where it stands, what it waits for, and what can be done about it. */
export function JobsScreen( { bootstrap }: { bootstrap: Pick< Bootstrap, 'can' | 'user_id' > } ) {
	const client = useQueryClient();
	const [ view, setView ] = useAddressView( { viewFromAddress, addressFromView, askedBy: filterFromView } );
	// Where each page after the first one begins, as far as the reader has come.
	const [ trail, setTrail ] = useState< string[] >( [] );
	const filter = filterFromView( view );
	const jobs = useQuery( jobsQuery( filter, trail.at( -1 ) ?? null ) );
	const users = useQuery( usageUsersQuery() );
	const items = jobs.data?.items ?? [];
	const next = jobs.isPlaceholderData ? null : jobs.data?.next_cursor ?? null;
	const underWay = items.filter( ( job ) => ! isTerminal( job ) ).length;
	const refresh = useCallback( () => void client.invalidateQueries( { queryKey: [ 'jobs', 'list' ] } ), [ client ] );

	function changeView( changed: typeof view ) {
		if ( JSON.stringify( filterFromView( changed ) ) !== JSON.stringify( filter ) ) {
			setTrail( [] );
		}
		setView( changed );
	}

	return (
		<>
			<ScreenHeader
				title={ __( 'Jobs', 'draftkeeper' ) }
				actions={ (
					<Button __next40pxDefaultSize variant="secondary" isBusy={ jobs.isFetching } onClick={ refresh }>
						{ __( 'Refresh', 'draftkeeper' ) }
					</Button>
				) }
			>
				{ __( 'Every draft that was asked for: where it stands, what it waits for, and what can be done about it.', 'draftkeeper' ) }
			</ScreenHeader>
			{ jobs.error instanceof ApiError && <ErrorNotice failure={ jobs.error } onRetry={ () => jobs.refetch() } /> }
			<p className="screen-reader-text" role="status">{ announcement( jobs.isPending, items.length, underWay ) }</p>
			<div className="draftkeeper-table" aria-busy={ jobs.isPlaceholderData }>
				<Suspense fallback={ <Loading text={ __( 'Loading jobs…', 'draftkeeper' ) } /> }>
					<JobsTable
						view={ view }
						onChangeView={ changeView }
						jobs={ items }
						users={ withUsersOf( items, users.data ?? [] ) }
						isLoading={ jobs.isPending || jobs.isPlaceholderData }
						empty={ emptyText( jobs.isError, isFiltered( filter ), next !== null ) }
						bootstrap={ bootstrap }
						onDone={ refresh }
					/>
				</Suspense>
				<div className="draftkeeper-pager">
					<Button
						__next40pxDefaultSize
						variant="tertiary"
						accessibleWhenDisabled
						disabled={ trail.length === 0 }
						onClick={ () => setTrail( trail.slice( 0, -1 ) ) }
					>
						{ __( 'Newer jobs', 'draftkeeper' ) }
					</Button>
					<span>{ pageText( trail.length + 1 ) }</span>
					<Button
						__next40pxDefaultSize
						variant="tertiary"
						accessibleWhenDisabled
						disabled={ next === null }
						onClick={ () => next && setTrail( [ ...trail, next ] ) }
					>
						{ __( 'Older jobs', 'draftkeeper' ) }
					</Button>
				</div>
			</div>
		</>
	);
}

function pageText( page: number ): string {
	/* translators: %d: how many pages down the list this is */
	return sprintf( _x( 'Page %d', 'of a list', 'draftkeeper' ), page );
}

/** The books know only who has had a call: whoever waits for the first one is in the list. */
function withUsersOf( jobs: Job[], users: Person[] ): Person[] {
	const known = new Map( users.map( ( user ) => [ user.id, user ] ) );
	for ( const { user } of jobs ) {
		if ( user ) {
			known.set( user.id, user );
		}
	}
	return [ ...known.values() ].sort( ( one, other ) => one.name.localeCompare( other.name ) );
}

function announcement( isPending: boolean, count: number, underWay: number ): string {
	if ( isPending ) {
		return __( 'Loading jobs…', 'draftkeeper' );
	}
	/* translators: 1: number of jobs on this page, 2: how many of them are under way */
	return sprintf( __( '%1$d jobs, %2$d of them under way.', 'draftkeeper' ), count, underWay );
}

function emptyText( isError: boolean, isNarrowed: boolean, hasMore: boolean ) {
	if ( isError ) {
		return <p>{ __( 'The jobs could not be loaded.', 'draftkeeper' ) }</p>;
	}
	if ( hasMore ) {
		return <p>{ __( 'Nothing on this page. There may be more among the older jobs.', 'draftkeeper' ) }</p>;
	}
	return isNarrowed
		? <p>{ __( 'No job fits these filters.', 'draftkeeper' ) }</p>
		: <p>{ __( 'Nobody has asked for a draft yet. The first job appears here as soon as somebody does.', 'draftkeeper' ) }</p>;
}
