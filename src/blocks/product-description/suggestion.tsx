import type { Mark } from '@draftkeeper/contract';
import { useEffect, useRef, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { sanitizeDraft } from '../../ui/sanitize-draft';
import { markUnknown } from './mark-unknown';

/**
 * The suggestion, editable in place. The editor around it listens to keys and to the clipboard natively, so these
 * are stopped natively too: React's handlers would come too late.
 */
export function Suggestion( { html, marks, labelledBy, onChange, onLeave }: {
	/** As it is first shown. What is typed goes out through `onChange` and does not come back in. */
	html: string;
	marks: Mark[];
	labelledBy: string;
	onChange: ( html: string ) => void;
	onLeave: () => void;
} ) {
	const ref = useRef< HTMLDivElement >( null );
	const leave = useRef( onLeave );
	leave.current = onLeave;

	useEffect( () => {
		const field = ref.current;
		if ( ! field ) {
			return undefined;
		}
		const onKeyDown = ( event: KeyboardEvent ) => {
			const isMod = event.metaKey || event.ctrlKey;
			if ( event.key === 'Escape' && ! event.isComposing ) {
				event.stopPropagation();
				leave.current();
			} else if ( ! ( isMod && ( event.key === 'Enter' || event.key.toLowerCase() === 's' ) ) && event.key !== 'Tab' ) {
				event.stopPropagation();
			}
		};
		const onPaste = ( event: ClipboardEvent ) => {
			event.preventDefault();
			event.stopPropagation();
			// The only way to insert that keeps the field's own undo.
			field.ownerDocument.execCommand( 'insertText', false, event.clipboardData?.getData( 'text/plain' ) ?? '' );
		};
		const stop = ( event: Event ) => event.stopPropagation();
		field.addEventListener( 'keydown', onKeyDown );
		field.addEventListener( 'paste', onPaste );
		for ( const type of [ 'copy', 'cut', 'dragstart', 'drop' ] ) {
			field.addEventListener( type, stop );
		}
		return () => {
			field.removeEventListener( 'keydown', onKeyDown );
			field.removeEventListener( 'paste', onPaste );
			for ( const type of [ 'copy', 'cut', 'dragstart', 'drop' ] ) {
				field.removeEventListener( type, stop );
			}
		};
	}, [] );

	// Drawn once: what is typed is in the document already, and drawing it again would move the caret.
	const [ drawn ] = useState( () => markUnknown( sanitizeDraft( html ), marks, markTitle() ) );

	return (
		<div
			ref={ ref }
			className="draftkeeper-text is-editable"
			role="textbox"
			tabIndex={ 0 }
			aria-multiline="true"
			aria-labelledby={ labelledBy }
			contentEditable
			suppressContentEditableWarning
			// Sanitized where it is drawn, above.
			dangerouslySetInnerHTML={ { __html: drawn } }
			onInput={ ( event ) => {
				fadeChangedMarks( event.currentTarget, marks );
				onChange( sanitizeDraft( event.currentTarget.innerHTML ) );
			} }
			// Away from the caret the text may be marked anew.
			onBlur={ ( event ) => {
				event.currentTarget.innerHTML = markUnknown( sanitizeDraft( event.currentTarget.innerHTML ), marks, markTitle() );
			} }
		/>
	);
}

function markTitle(): string {
	return __( 'Not in the product facts', 'draftkeeper' );
}

/** Text that is typed at a mark becomes part of it. Only a class changes: new nodes would move the caret. */
function fadeChangedMarks( field: HTMLElement, marks: Mark[] ): void {
	for ( const mark of field.querySelectorAll( 'mark' ) ) {
		mark.classList.toggle( 'is-changed', ! marks.some( ( { text } ) => text === mark.textContent ) );
	}
}
