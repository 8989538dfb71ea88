import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Bootstrap } from '@draftkeeper/contract';
import { Button } from '@wordpress/components';
import { lazy, Suspense, useMemo } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { download } from '@wordpress/icons';
import { ApiError } from '../../api/api-error';
import { exportUrl, usageChoicesQuery, usageQuery } from '../../api/usage';
import { ErrorNotice } from '../../ui/error-notice';
import { Loading } from '../shell/loading';
import { withModels } from '../shell/model-choices';
import { Pager } from '../shell/pager';
import { ScreenHeader } from '../shell/screen-header';
import { useAddressView } from '../shell/use-address-view';
import { usePages } from '../shell/use-pages';
import { UsageTotals } from './usage-totals';
import { addressFromView, isFiltered, pageFromView, viewFromAddress } from './usage-view';

const UsageTable = lazy( () =>
	import( /* webpackChunkName: "admin/usage-table" */ './usage-table' ).then( ( module ) => ( { default: module.UsageTable } ) ) );

/** Every call, who made it and what it cost; the CSV is the filtered view, whole. */
export function UsageScreen( { bootstrap }: { bootstrap: Pick< Bootstrap, 'export_url' > } ) {
	const client = useQueryClient();
	const exportBase = bootstrap.export_url;
	const [ view, setView ] = useAddressView( { table: 'usage', viewFromAddress, addressFromView } );
	const asked = pageFromView( view );
	const pages = usePages( asked );
	const usage = useQuery( usageQuery( asked, pages.cursor ) );
	// What all of it comes to is told with the first page.
	const first = useQuery( usageQuery( asked, null ) );
	const choices = useQuery( usageChoicesQuery() );
	const totals = first.data?.totals ?? null;
	const isSortable = totals?.sortable ?? true;
	const models = useMemo( () => withModels( choices.data?.models ?? [], asked.model ), [ choices.data, asked.model ] );
	const filtered = isFiltered( asked );

	return (
		<>
			<ScreenHeader
				title={ __( 'Usage', 'draftkeeper' ) }
				actions={ (
					<>
						<Button __next40pxDefaultSize variant="secondary" isBusy={ usage.isFetching } onClick={ () => void client.invalidateQueries( { queryKey: [ 'usage' ] } ) }>
							{ __( 'Refresh', 'draftkeeper' ) }
						</Button>
						{ exportBase && (
							<Button __next40pxDefaultSize variant="secondary" icon={ download } href={ exportUrl( exportBase, asked ) }>
								{ __( 'Export CSV', 'draftkeeper' ) }
							</Button>
						) }
					</>
				) }
			>
				{ __( 'Every call to an AI provider: who made it, for which page, and what it cost.', 'draftkeeper' ) }
			</ScreenHeader>
			{ usage.error instanceof ApiError && <ErrorNotice failure={ usage.error } onRetry={ () => usage.refetch() } /> }
			<UsageTotals totals={ totals } isFiltered={ filtered } />
			<div className="draftkeeper-table" aria-busy={ usage.isFetching }>
				<Suspense fallback={ <Loading text={ __( 'Loading usage…', 'draftkeeper' ) } /> }>
					<UsageTable
						view={ view }
						onChangeView={ setView }
						rows={ usage.data?.items ?? [] }
						users={ choices.data?.users ?? [] }
						models={ models }
						isSortable={ isSortable }
						isLoading={ usage.isPending || usage.isPlaceholderData }
						empty={ emptyText( usage.isError, filtered ) }
					/>
				</Suspense>
				<Pager pages={ pages } next={ usage.isPlaceholderData ? null : usage.data?.next_cursor ?? null }>
					{ ! isSortable && __( 'To sort by cost, tokens or time taken, narrow the filters down: these are too many calls.', 'draftkeeper' ) }
				</Pager>
			</div>
		</>
	);
}

function emptyText( isError: boolean, isNarrowed: boolean ) {
	if ( isError ) {
		return <p>{ __( 'The calls could not be loaded.', 'draftkeeper' ) }</p>;
	}
	return isNarrowed
		? <p>{ __( 'No call fits these filters.', 'draftkeeper' ) }</p>
		: <p>{ __( 'No call has been made yet. The first one appears here as soon as somebody generates a draft.', 'draftkeeper' ) }</p>;
}
