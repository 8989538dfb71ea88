import { DataViews } from '@wordpress/dataviews/wp';
import { translateTables } from './translate-tables';

translateTables();

/** The inside of DataViews as our tables have it. Only chunks that are loaded late may import this. */
export function TableParts( { searchLabel }: { searchLabel?: string } ) {
	return (
		<>
			<div className="draftkeeper-table__bar">
				{ searchLabel !== undefined && <DataViews.Search label={ searchLabel } /> }
				<DataViews.Filters />
				<DataViews.ViewConfig />
			</div>
			<DataViews.Layout />
			<DataViews.Footer />
		</>
	);
}
