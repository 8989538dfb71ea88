import type { Person, UsageList, UsageRow } from '@draftkeeper/contract';
import { DataViews } from '@wordpress/dataviews/wp';
import type { View } from '@wordpress/dataviews';
import { useMemo } from '@wordpress/element';
import type { ReactNode } from 'react';
import { TableParts } from '../shell/table-parts';
import { usageFields } from './usage-fields';
import { PAGE_SIZES } from './usage-view';

/** Its own chunk: DataViews is larger than everything else of this screen together. */
export function UsageTable( { view, onChangeView, list, users, isLoading, empty }: {
	view: View;
	onChangeView: ( view: View ) => void;
	list: UsageList | null;
	users: Person[];
	isLoading: boolean;
	empty: ReactNode;
} ) {
	const fields = useMemo( () => usageFields( users ), [ users ] );
	return (
		<DataViews< UsageRow >
			view={ view }
			onChangeView={ onChangeView }
			fields={ fields }
			data={ list?.items ?? [] }
			getItemId={ ( row ) => String( row.id ) }
			paginationInfo={ { totalItems: list?.total_items ?? 0, totalPages: list?.total_pages ?? 0 } }
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
