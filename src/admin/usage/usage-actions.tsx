import type { UsageRow } from '@draftkeeper/contract';
import type { Action } from '@wordpress/dataviews';
import { __ } from '@wordpress/i18n';
import { UsageDetails } from './usage-details';

export function usageActions(): Action< UsageRow >[] {
	return [ {
		id: 'details',
		label: __( 'Details', 'draftkeeper' ),
		modalHeader: __( 'Call', 'draftkeeper' ),
		RenderModal: ( { items } ) => <UsageDetails row={ items[ 0 ]! } />,
	} ];
}
