import { CheckboxControl, SelectControl } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { lockedText, TextField } from '../shell/text-field';
import type { FieldErrors } from '../shell/use-saved-form';
import { spans, type LimitsForm, type Span } from './limits-form';

const spanLabels = (): Record< Span, string > => ( {
	seconds: __( 'seconds', 'draftkeeper' ),
	minutes: __( 'minutes', 'draftkeeper' ),
	hours: __( 'hours', 'draftkeeper' ),
} );

/** So many drafts in so much time, or no limit. */
export function JobLimitFields( { form, change, errors, constant }: {
	form: LimitsForm;
	change: ( change: Partial< LimitsForm > ) => void;
	errors: FieldErrors;
	constant: string | undefined;
} ) {
	const labels = spanLabels();
	return (
		<>
			<CheckboxControl
				__nextHasNoMarginBottom
				label={ __( 'Limit how many drafts each user may ask for', 'draftkeeper' ) }
				help={ constant ? lockedText( constant ) : __( 'It protects the site from haste and runaway programs, not from cost; for that there are budgets.', 'draftkeeper' ) }
				checked={ form.isLimited }
				disabled={ constant !== undefined }
				onChange={ ( isLimited ) => change( { isLimited } ) }
			/>
			{ form.isLimited && (
				<div className="draftkeeper-columns is-narrow">
					<TextField
						type="number"
						min={ 1 }
						label={ __( 'Drafts', 'draftkeeper' ) }
						value={ form.max_jobs }
						onChange={ ( max_jobs ) => change( { max_jobs } ) }
						error={ errors[ 'max_jobs' ] }
						readOnly={ constant !== undefined }
					/>
					<TextField
						type="number"
						min={ 1 }
						label={ __( 'In', 'draftkeeper' ) }
						value={ form.window }
						onChange={ ( window ) => change( { window } ) }
						error={ errors[ 'window' ] }
						readOnly={ constant !== undefined }
					/>
					<SelectControl
						__next40pxDefaultSize
						__nextHasNoMarginBottom
						label={ __( 'Unit of time', 'draftkeeper' ) }
						value={ form.span }
						disabled={ constant !== undefined }
						options={ ( Object.keys( spans ) as Span[] ).map( ( value ) => ( { value, label: labels[ value ] } ) ) }
						onChange={ ( span ) => change( { span } ) }
					/>
				</div>
			) }
		</>
	);
}
