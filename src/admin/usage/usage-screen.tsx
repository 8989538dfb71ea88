import { useQuery } from '@tanstack/react-query';
import type { Bootstrap } from '@draftkeeper/contract';
import { Button } from '@wordpress/components';
import { lazy, Suspense } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { download } from '@wordpress/icons';
import { ApiError } from '../../api/api-error';
import { exportUrl, usageQuery, usageUsersQuery } from '../../api/usage';
import { ErrorNotice } from '../../ui/error-notice';
import { Loading } from '../shell/loading';
import { ScreenHeader } from '../shell/screen-header';
import { useAddressView } from '../shell/use-address-view';
import { UsageTotals } from './usage-totals';
import { addressFromView, askedByView, isFiltered, pageFromView, viewFromAddress } from './usage-view';

const UsageTable = lazy( () =>
	import( /* webpackChunkName: "admin/usage-table" */ './usage-table' ).then( ( module ) => ( { default: module.UsageTable } ) ) );

/** Every call, who made it and what it cost; the CSV is the filtered view, whole. */
export function UsageScreen( { bootstrap }: { bootstrap: Pick< Bootstrap, 'export_url' > } ) {
	const exportBase = bootstrap.export_url;
	const [ view, setView ] = useAddressView( { viewFromAddress, addressFromView, askedBy: askedByView } );
	const page = pageFromView( view );
	const usage = useQuery( usageQuery( page ) );
	const users = useQuery( usageUsersQuery() );
	const list = usage.data ?? null;
	const filtered = isFiltered( page );

	return (
		<>
			<ScreenHeader
				title={ __( 'Usage', 'draftkeeper' ) }
				actions={ exportBase && (
					<Button __next40pxDefaultSize variant="secondary" icon={ download } href={ exportUrl( exportBase, page, page ) }>
						{ __( 'Export CSV', 'draftkeeper' ) }
					</Button>
				) }
			>
				{ __( 'Every call to an AI provider: who made it, for which page, and what it cost.', 'draftkeeper' ) }
			</ScreenHeader>
			{ usage.error instanceof ApiError && <ErrorNotice failure={ usage.error } onRetry={ () => usage.refetch() } /> }
			<UsageTotals totals={ list?.totals ?? null } isFiltered={ filtered } />
			<div className="draftkeeper-table" aria-busy={ usage.isFetching }>
				<Suspense fallback={ <Loading text={ __( 'Loading usage…', 'draftkeeper' ) } /> }>
					<UsageTable
						view={ view }
						onChangeView={ setView }
						list={ list }
						users={ users.data ?? [] }
						isLoading={ usage.isPending || usage.isPlaceholderData }
						empty={ emptyText( usage.isError, filtered ) }
					/>
				</Suspense>
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
