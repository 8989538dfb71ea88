import { QueryClientProvider } from '@tanstack/react-query';
import domReady from '@wordpress/dom-ready';
import { registerPlugin } from '@wordpress/plugins';
import { getBootstrap } from '../api/bootstrap';
import { queryClient } from '../api/query-client';
import { DocumentPanel } from './document-panel';
import './editor.scss';

// Only then is it known which editor this is: the widgets editor has no `wp.editor`.
domReady( () => {
	const { state, can, post_types } = getBootstrap();
	if ( ! window.wp?.editor?.PluginDocumentSettingPanel || state === 'ai_disabled' || ! can.generate ) {
		return;
	}
	registerPlugin( 'draftkeeper', {
		render: () => (
			<QueryClientProvider client={ queryClient }>
				<DocumentPanel postTypes={ post_types } />
			</QueryClientProvider>
		),
	} );
} );
