import type { View } from '@wordpress/dataviews';
import { useEffect, useState } from '@wordpress/element';
import { keepColumns, keptColumns } from './kept-columns';

interface AddressView {
	/** The name under which its columns are kept. */
	table: string;
	viewFromAddress: ( search: string ) => View;
	addressFromView: ( search: string, view: View ) => string;
}

/**
 * The view, kept in the address: it can be bookmarked, sent, and reached by Back. Pages are not in it: see usePages(). Columns are kept in
 * the browser.
 */
export function useAddressView( { table, viewFromAddress, addressFromView }: AddressView ): [ View, ( view: View ) => void ] {
	const [ view, setView ] = useState( () => ( { ...viewFromAddress( window.location.search ), ...keptColumns( table ) } as View ) );

	useEffect( () => {
		const onPopState = () => setView( ( current ) => ( { ...current, ...viewFromAddress( window.location.search ), ...keptColumns( table ) } as View ) );
		window.addEventListener( 'popstate', onPopState );
		return () => window.removeEventListener( 'popstate', onPopState );
	}, [ table, viewFromAddress ] );

	function changeView( next: View ) {
		const address = addressFromView( window.location.search, next );
		if ( address !== window.location.search ) {
			window.history.pushState( null, '', address );
		}
		// Only what somebody has chosen: the columns of a later version must be seen by everybody else.
		if ( next.fields !== view.fields || next.layout !== view.layout ) {
			keepColumns( table, next );
		}
		setView( next );
	}

	return [ view, changeView ];
}
