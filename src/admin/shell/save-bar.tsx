import { Button } from '@wordpress/components';
import { __, _n, sprintf } from '@wordpress/i18n';

interface SaveBarProps {
	isDirty: boolean;
	isSaving: boolean;
	isSaved: boolean;
	errorCount: number;
	onUndo: () => void;
}

/** Saves the form it stands in. What has come of it is said here, and read out. */
export function SaveBar( props: SaveBarProps ) {
	const { isDirty, isSaving, onUndo } = props;
	return (
		<div className="draftkeeper-save-bar">
			<Button
				__next40pxDefaultSize
				type="submit"
				variant="primary"
				isBusy={ isSaving }
				accessibleWhenDisabled
				disabled={ ! isDirty || isSaving }
			>
				{ __( 'Save changes', 'draftkeeper' ) }
			</Button>
			<Button __next40pxDefaultSize variant="tertiary" accessibleWhenDisabled disabled={ ! isDirty || isSaving } onClick={ onUndo }>
				{ __( 'Undo changes', 'draftkeeper' ) }
			</Button>
			<span className={ `draftkeeper-save-bar__state${ props.errorCount > 0 ? ' is-error' : '' }` } role="status" aria-live="polite">
				{ stateText( props ) }
			</span>
		</div>
	);
}

function stateText( { isDirty, isSaving, isSaved, errorCount }: SaveBarProps ): string {
	if ( isSaving ) {
		return __( 'Saving…', 'draftkeeper' );
	}
	if ( errorCount > 0 ) {
		/* translators: %d: number of fields */
		return sprintf( _n( 'Nothing was saved: %d field has to be put right.', 'Nothing was saved: %d fields have to be put right.', errorCount, 'draftkeeper' ), errorCount );
	}
	if ( isDirty ) {
		return __( 'There are unsaved changes.', 'draftkeeper' );
	}
	return isSaved ? __( 'Saved.', 'draftkeeper' ) : '';
}
