import type { View } from '@wordpress/dataviews';
import { useEffect, useState } from '@wordpress/element';

interface AddressView {
	viewFromAddress: ( search: string ) => View;
	addressFromView: ( search: string, view: View ) => string;
	/** What is asked of the server, without the page of it. */
	askedBy: ( view: View ) => unknown;
}

/** The view, kept in the address: it can be bookmarked, sent, and reached by Back. */
export function useAddressView( { viewFromAddress, addressFromView, askedBy }: AddressView ): [ View, ( view: View ) => void ] {
	const [ view, setView ] = useState( () => viewFromAddress( window.location.search ) );

	useEffect( () => {
		const onPopState = () => setView( ( current ) => ( { ...current, ...viewFromAddress( window.location.search ), fields: current.fields ?? [] } ) );
		window.addEventListener( 'popstate', onPopState );
		return () => window.removeEventListener( 'popstate', onPopState );
	}, [ viewFromAddress ] );

	function changeView( next: View ) {
		const isSamePage = next.page === view.page;
		// Another filter or order starts at its first page.
		const changed = isSamePage && JSON.stringify( askedBy( next ) ) !== JSON.stringify( askedBy( view ) ) ? { ...next, page: 1 } : next;
		const address = addressFromView( window.location.search, changed );
		if ( address !== window.location.search ) {
			window.history.pushState( null, '', address );
		}
		setView( changed );
	}

	return [ view, changeView ];
}
