import type { UsageChoices, UsageRow } from '@draftkeeper/contract';
import { DataViews } from '@wordpress/dataviews/wp';
import type { View } from '@wordpress/dataviews';
import { useMemo } from '@wordpress/element';
import type { ReactNode } from 'react';
import { withDayFilter } from '../shell/day-filter';
import { TableParts } from '../shell/table-parts';
import { usageActions } from './usage-actions';
import { usageFields } from './usage-fields';
import { PAGE_SIZES } from './usage-view';

/** Its own chunk: DataViews is larger than everything else of this screen together. */
export function UsageTable( { view, onChangeView, rows, users, models, isSortable, isLoading, empty }: {
	view: View;
	onChangeView: ( view: View ) => void;
	rows: UsageRow[];
	isSortable: boolean;
	isLoading: boolean;
	empty: ReactNode;
} & UsageChoices ) {
	const fields = useMemo( () => usageFields( { users, models }, isSortable ), [ users, models, isSortable ] );
	const actions = useMemo( usageActions, [] );
	return (
		<DataViews< UsageRow >
			view={ withDayFilter( view ) }
			onChangeView={ onChangeView }
			fields={ fields }
			actions={ actions }
			data={ rows }
			getItemId={ ( row ) => String( row.id ) }
			// One page as far as the table knows: how many there are in all would have to be counted.
			paginationInfo={ { totalItems: rows.length, totalPages: 1 } }
			defaultLayouts={ { table: {} } }
			config={ { perPageSizes: PAGE_SIZES } }
			isLoading={ isLoading }
			search={ false }
			empty={ empty }
		>
			<TableParts />
		</DataViews>
	);
}
