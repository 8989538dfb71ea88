import type { View } from '@wordpress/dataviews';
import { useEffect, useState } from '@wordpress/element';

interface AddressView {
	viewFromAddress: ( search: string ) => View;
	addressFromView: ( search: string, view: View ) => string;
}

/** The view, kept in the address: it can be bookmarked, sent, and reached by Back. Pages are not in it: see usePages(). */
export function useAddressView( { viewFromAddress, addressFromView }: AddressView ): [ View, ( view: View ) => void ] {
	const [ view, setView ] = useState( () => viewFromAddress( window.location.search ) );

	useEffect( () => {
		const onPopState = () => setView( ( current ) => ( { ...current, ...viewFromAddress( window.location.search ), fields: current.fields ?? [] } ) );
		window.addEventListener( 'popstate', onPopState );
		return () => window.removeEventListener( 'popstate', onPopState );
	}, [ viewFromAddress ] );

	function changeView( next: View ) {
		const address = addressFromView( window.location.search, next );
		if ( address !== window.location.search ) {
			window.history.pushState( null, '', address );
		}
		setView( next );
	}

	return [ view, changeView ];
}
