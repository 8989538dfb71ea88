import { QueryClientProvider } from '@tanstack/react-query';
import type { Bootstrap } from '@draftkeeper/contract';
import { Notice } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { queryClient } from '../api/query-client';
import { UsageScreen } from './usage/usage-screen';

export function App( { bootstrap }: { bootstrap: Bootstrap } ) {
	if ( ! bootstrap.can.view_usage ) {
		return <Notice status="error" isDismissible={ false }>{ __( 'Your role may not see the usage of this site.', 'draftkeeper' ) }</Notice>;
	}
	return (
		<QueryClientProvider client={ queryClient }>
			<UsageScreen exportBase={ bootstrap.export_url } />
		</QueryClientProvider>
	);
}
