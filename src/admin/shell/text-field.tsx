import { TextControl } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import type { ComponentProps } from 'react';

type TextFieldProps = Omit< ComponentProps< typeof TextControl >, 'help' | 'value' > & {
	value: string;
	help?: string;
	error?: string | undefined;
	/** The constant that sets this value; then nobody can change it here. */
	constant?: string | undefined;
};

/** A field with its error at its place, or locked by a constant. */
export function TextField( { error, constant, help, className, readOnly, ...props }: TextFieldProps ) {
	return (
		<TextControl
			__next40pxDefaultSize
			__nextHasNoMarginBottom
			{ ...props }
			className={ `draftkeeper-field${ error ? ' has-error' : '' }${ className ? ` ${ className }` : '' }` }
			readOnly={ constant !== undefined || readOnly === true }
			aria-invalid={ error ? true : undefined }
			help={ error ?? ( constant ? lockedText( constant ) : help ) }
		/>
	);
}

export function lockedText( constant: string ): string {
	/* translators: %s: name of a constant */
	return sprintf( __( 'Locked: %s in wp-config.php or the environment sets this.', 'draftkeeper' ), constant );
}
