import { QueryClientProvider } from '@tanstack/react-query';
import type { Bootstrap } from '@draftkeeper/contract';
import { Notice } from '@wordpress/components';
import { lazy, Suspense } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import type { ComponentType } from 'react';
import { queryClient } from '../api/query-client';
import { Loading } from './shell/loading';

type ScreenProps = { bootstrap: Bootstrap };

interface Page {
	may: keyof Bootstrap[ 'can' ];
	Screen: ComponentType< ScreenProps >;
}

/** A chunk each, by the page's name in the menu. */
const pages: Record< string, Page > = {
	draftkeeper: {
		may: 'view_usage',
		Screen: lazy( () => import( /* webpackChunkName: "admin/usage-screen" */ './usage/usage-screen' ).then( ( { UsageScreen } ) => ( { default: UsageScreen } ) ) ),
	},
	'draftkeeper-jobs': {
		may: 'view_usage',
		Screen: lazy( () => import( /* webpackChunkName: "admin/jobs-screen" */ './jobs/jobs-screen' ).then( ( { JobsScreen } ) => ( { default: JobsScreen } ) ) ),
	},
	'draftkeeper-limits': {
		may: 'manage',
		Screen: lazy( () => import( /* webpackChunkName: "admin/limits-screen" */ './limits/limits-screen' ).then( ( { LimitsScreen } ) => ( { default: LimitsScreen } ) ) ),
	},
	'draftkeeper-mine': {
		may: 'generate',
		Screen: lazy( () => import( /* webpackChunkName: "admin/mine-screen" */ './mine/mine-screen' ).then( ( { MineScreen } ) => ( { default: MineScreen } ) ) ),
	},
	'draftkeeper-settings': {
		may: 'manage',
		Screen: lazy( () => import( /* webpackChunkName: "admin/settings-screen" */ './settings/settings-screen' ).then( ( { SettingsScreen } ) => ( { default: SettingsScreen } ) ) ),
	},
};

export function App( { page, bootstrap }: { page: string; bootstrap: Bootstrap } ) {
	const { may, Screen } = pages[ page ] ?? pages[ 'draftkeeper' ]!;
	if ( ! bootstrap.can[ may ] ) {
		return <Notice status="error" isDismissible={ false }>{ __( 'Your role may not use this page.', 'draftkeeper' ) }</Notice>;
	}
	return (
		<QueryClientProvider client={ queryClient }>
			<Suspense fallback={ <Loading text={ __( 'Loading…', 'draftkeeper' ) } /> }>
				<Screen bootstrap={ bootstrap } />
			</Suspense>
		</QueryClientProvider>
	);
}
