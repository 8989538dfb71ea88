import type { View } from '@wordpress/dataviews';
import { useEffect, useState } from '@wordpress/element';
import { addressFromView, pageFromView, viewFromAddress } from './usage-view';

/** The view, kept in the address: it can be bookmarked, sent, and reached by Back. */
export function useUsageView(): [ View, ( view: View ) => void ] {
	const [ view, setView ] = useState( () => viewFromAddress( window.location.search ) );

	useEffect( () => {
		const onPopState = () => setView( ( current ) => ( { ...current, ...viewFromAddress( window.location.search ), fields: current.fields ?? [] } ) );
		window.addEventListener( 'popstate', onPopState );
		return () => window.removeEventListener( 'popstate', onPopState );
	}, [] );

	function changeView( next: View ) {
		const isSamePage = next.page === view.page;
		const { page: _page, ...asked } = pageFromView( next );
		const { page: _previous, ...askedBefore } = pageFromView( view );
		// Another filter or order starts at its first page.
		const changed = isSamePage && JSON.stringify( asked ) !== JSON.stringify( askedBefore ) ? { ...next, page: 1 } : next;
		const address = addressFromView( window.location.search, changed );
		if ( address !== window.location.search ) {
			window.history.pushState( null, '', address );
		}
		setView( changed );
	}

	return [ view, changeView ];
}
