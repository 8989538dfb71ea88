import { useRefEffect } from '@wordpress/compose';

const STOPS = 'a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), [contenteditable="true"], [tabindex="0"]';

/**
 * Tab goes through the fields, links and buttons of a block in their order. The editor takes it out of the block wherever the next stop is
 * neither a field nor a button, so that nothing behind a link or the text of a suggestion could be reached. It listens natively, so it is
 * kept from hearing natively too.
 */
export function useTabStops() {
	return useRefEffect< HTMLElement >( ( block ) => {
		function onKeyDown( event: KeyboardEvent ) {
			if ( event.key !== 'Tab' || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey ) {
				return;
			}
			const target = event.target as HTMLElement;
			const stops = [ ...block.querySelectorAll< HTMLElement >( STOPS ) ].filter( ( stop ) => stop.tabIndex >= 0 && isInBlockItself( stop, block ) && ! stop.closest( '[hidden]' ) );
			const lies = event.shiftKey ? Node.DOCUMENT_POSITION_PRECEDING : Node.DOCUMENT_POSITION_FOLLOWING;
			const next = isInBlockItself( target, block ) && stops.find( ( stop ) => target.compareDocumentPosition( stop ) & lies ); // eslint-disable-line no-bitwise -- that is how positions are told
			if ( ! next ) {
				return;
			}
			event.stopPropagation();
			if ( target === block ) {
				// Past the text that is to be replaced, which has its own way in: by the arrow keys.
				event.preventDefault();
				next.focus();
			}
		}
		block.addEventListener( 'keydown', onKeyDown );
		return () => block.removeEventListener( 'keydown', onKeyDown );
	}, [] );
}

const isInBlockItself = ( element: Element, block: Element ): boolean => element.closest( '[data-block]' ) === block;
