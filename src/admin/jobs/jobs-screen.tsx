import type { Bootstrap, Job, UsageChoices } from '@draftkeeper/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Snackbar } from '@wordpress/components';
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { ApiError } from '../../api/api-error';
import { jobsQuery } from '../../api/job-list';
import { isTerminal } from '../../api/jobs';
import { usageChoicesQuery } from '../../api/usage';
import { ErrorNotice } from '../../ui/error-notice';
import { Loading } from '../shell/loading';
import { withModels } from '../shell/model-choices';
import { Pager } from '../shell/pager';
import { ScreenHeader } from '../shell/screen-header';
import { useAddressView } from '../shell/use-address-view';
import { usePages } from '../shell/use-pages';
import { addressFromView, filterFromView, isFiltered, isModelName, viewFromAddress } from './jobs-view';
import { RunDialog, type RunKind } from './run-dialog';

const JobsTable = lazy( () =>
	import( /* webpackChunkName: "admin/jobs-table" */ './jobs-table' ).then( ( module ) => ( { default: module.JobsTable } ) ) );

/** Every job: where it stands, what it waits for, and what can be done about it. */
export function JobsScreen( { bootstrap }: { bootstrap: Pick< Bootstrap, 'can' | 'user_id' > } ) {
	const client = useQueryClient();
	const [ view, setView ] = useAddressView( { table: 'jobs', viewFromAddress, addressFromView } );
	const filter = filterFromView( view );
	const pages = usePages( filter );
	const jobs = useQuery( jobsQuery( filter, pages.cursor ) );
	const choices = useQuery( usageChoicesQuery() );
	const items = jobs.data?.items ?? [];
	const next = jobs.isPlaceholderData ? null : jobs.data?.next_cursor ?? null;
	const underWay = items.filter( ( job ) => ! isTerminal( job ) ).length;
	const [ run, setRun ] = useState< { kind: RunKind; jobs: Job[] } | null >( null );
	const [ done, setDone ] = useState( '' );
	const [ selection, setSelection ] = useState< string[] >( [] );
	const table = useRef< HTMLDivElement >( null );
	const refresh = useCallback( () => void client.invalidateQueries( { queryKey: [ 'jobs', 'list' ] } ), [ client ] );
	const begin = useCallback( ( kind: RunKind, chosen: Job[] ) => setRun( { kind, jobs: chosen } ), [] );
	function finish( text: string, remaining: Job[] ) {
		setDone( text );
		// What is done is not done again by the next press of a button.
		setSelection( remaining.map( ( { uuid } ) => uuid ) );
		refresh();
	}
	const wasOpen = useRef( false );
	useEffect( () => {
		// The button that the dialog would give the focus back to may have gone with the selection.
		const { ownerDocument } = table.current!;
		if ( wasOpen.current && run === null && ownerDocument.activeElement === ownerDocument.body ) {
			table.current!.focus( { preventScroll: true } );
		}
		wasOpen.current = run !== null;
	}, [ run ] );

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
			<p className="screen-reader-text" role="status">{ `${ done } ${ announcement( jobs.isPending, items.length, underWay ) }`.trim() }</p>
			{ done && <div className="draftkeeper-snackbar"><Snackbar spokenMessage="" onRemove={ () => setDone( '' ) }>{ done }</Snackbar></div> }
			<div ref={ table } className="draftkeeper-table" role="region" aria-label={ __( 'Jobs', 'draftkeeper' ) } tabIndex={ -1 } aria-busy={ jobs.isPlaceholderData }>
				<Suspense fallback={ <Loading text={ __( 'Loading jobs…', 'draftkeeper' ) } /> }>
					<JobsTable
						view={ view }
						onChangeView={ setView }
						jobs={ items }
						selection={ selection }
						onChangeSelection={ setSelection }
						choices={ withThoseOf( items, filter.model, choices.data ?? { users: [], models: [] } ) }
						isLoading={ jobs.isPending || jobs.isPlaceholderData }
						empty={ emptyText( jobs.isError, isFiltered( filter ), next !== null ) }
						bootstrap={ bootstrap }
						onRun={ begin }
					/>
				</Suspense>
				<Pager pages={ pages } next={ next } />
			</div>
			{ run && <RunDialog { ...run } onDone={ finish } close={ () => setRun( null ) } /> }
		</>
	);
}

/** The books know only who has had a call, and of which model: whoever waits for the first one is in the list. */
function withThoseOf( jobs: Job[], model: string | null, { users, models }: UsageChoices ): UsageChoices {
	const known = new Map( users.map( ( user ) => [ user.id, user ] ) );
	for ( const { user } of jobs ) {
		if ( user ) {
			known.set( user.id, user );
		}
	}
	return {
		users: [ ...known.values() ].sort( ( one, other ) => one.name.localeCompare( other.name ) ),
		models: withModels( models.filter( isModelName ), model, ...jobs.map( ( job ) => job.model ) ),
	};
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
		return <p>{ __( 'Nothing on this page. There may be more on the next one.', 'draftkeeper' ) }</p>;
	}
	return isNarrowed
		? <p>{ __( 'No job fits these filters.', 'draftkeeper' ) }</p>
		: <p>{ __( 'Nobody has asked for a draft yet. The first job appears here as soon as somebody does.', 'draftkeeper' ) }</p>;
}
