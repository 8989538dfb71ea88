import { Button } from '@wordpress/components';
import { useCopyToClipboard } from '@wordpress/compose';
import { useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

/** An id that people pass on: shown whole or shortened, copied whole. */
export function CopyableId( { id, label, shownLength }: { id: string; label: string; shownLength?: number } ) {
	const [ isCopied, setIsCopied ] = useState( false );
	const ref = useCopyToClipboard< HTMLButtonElement >( id, () => setIsCopied( true ) );
	return (
		<span className="draftkeeper-id">
			<code title={ id }>{ shownLength ? id.slice( 0, shownLength ) : id }</code>
			<Button
				ref={ ref }
				size="small"
				variant="tertiary"
				aria-label={ isCopied ? undefined : label }
				onBlur={ () => setIsCopied( false ) }
			>
				<span aria-live="polite">{ isCopied ? __( 'Copied', 'draftkeeper' ) : __( 'Copy', 'draftkeeper' ) }</span>
			</Button>
		</span>
	);
}
