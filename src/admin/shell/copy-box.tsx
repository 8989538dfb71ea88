import { Button } from '@wordpress/components';
import { useCopyToClipboard } from '@wordpress/compose';
import { useId, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

/** Lines that go somewhere else, whole. */
export function CopyBox( { label, text }: { label: string; text: string } ) {
	const [ isCopied, setIsCopied ] = useState( false );
	const ref = useCopyToClipboard< HTMLButtonElement >( text, () => setIsCopied( true ) );
	const id = useId();
	return (
		<div className="draftkeeper-copy">
			<p id={ id }>{ label }</p>
			<pre dir="ltr" tabIndex={ 0 } role="region" aria-labelledby={ id }><code>{ text }</code></pre>
			<Button
				ref={ ref }
				variant="secondary"
				size="compact"
				/* translators: %s: where the copied lines belong */
				aria-label={ isCopied ? undefined : sprintf( __( 'Copy: %s', 'draftkeeper' ), label ) }
				onBlur={ () => setIsCopied( false ) }
			>
				<span aria-live="polite">{ isCopied ? __( 'Copied', 'draftkeeper' ) : __( 'Copy', 'draftkeeper' ) }</span>
			</Button>
		</div>
	);
}
