import type { Bootstrap, Job, UsageChoices } from '@draftkeeper/contract';
import { DataViews } from '@wordpress/dataviews/wp';
import type { View } from '@wordpress/dataviews';
import { useMemo } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import type { ReactNode } from 'react';
import { withDayFilter } from '../shell/day-filter';
import { TableParts } from '../shell/table-parts';
import { jobsActions } from './jobs-actions';
import { jobsFields } from './jobs-fields';
import { PAGE_SIZES } from './jobs-view';
import type { RunKind } from './run-dialog';

/** Its own chunk: DataViews is larger than everything else of this screen together. */
export function JobsTable( { view, onChangeView, jobs, selection, onChangeSelection, choices, isLoading, empty, bootstrap, onRun }: {
	view: View;
	onChangeView: ( view: View ) => void;
	jobs: Job[];
	selection: string[];
	onChangeSelection: ( uuids: string[] ) => void;
	choices: UsageChoices;
	isLoading: boolean;
	empty: ReactNode;
	bootstrap: Pick< Bootstrap, 'can' | 'user_id' >;
	onRun: ( kind: RunKind, jobs: Job[] ) => void;
} ) {
	const fields = useMemo( () => jobsFields( choices ), [ choices ] );
	const actions = useMemo( () => jobsActions( bootstrap, onRun ), [ bootstrap, onRun ] );
	return (
		<DataViews< Job >
			view={ withDayFilter( view ) }
			onChangeView={ onChangeView }
			fields={ fields }
			actions={ actions }
			data={ jobs }
			selection={ selection }
			onChangeSelection={ onChangeSelection }
			getItemId={ ( job: Job ) => job.uuid }
			// One page as far as the table knows: how many there are in all would have to be counted.
			paginationInfo={ { totalItems: jobs.length, totalPages: 1 } }
			defaultLayouts={ { table: {} } }
			config={ { perPageSizes: PAGE_SIZES } }
			isLoading={ isLoading }
			empty={ empty }
		>
			<TableParts searchLabel={ __( 'Search by page, job ID or request ID', 'draftkeeper' ) } />
		</DataViews>
	);
}
