import { Button, Notice } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { CopyableId } from './copyable-id';
import { explainError, type Failure } from './explain-error';

/** Says what went wrong and what to do about it; the request id leads an administrator to the right line of the logs. */
export function ErrorNotice( { failure, onRetry, retryLabel }: { failure: Failure; onRetry?: () => void; retryLabel?: string } ) {
	const { what, next, canRetry } = explainError( failure );
	return (
		<Notice className="draftkeeper-notice" status="error" isDismissible={ false } spokenMessage={ `${ what } ${ next }` }>
			<p className="draftkeeper-notice__text"><strong>{ what }</strong> { next }</p>
			{ onRetry && canRetry && (
				<Button variant="secondary" size="compact" onClick={ onRetry }>
					{ retryLabel ?? __( 'Try again', 'draftkeeper' ) }
				</Button>
			) }
			{ failure.requestId && (
				<p className="draftkeeper-notice__id">
					{ __( 'Request ID:', 'draftkeeper' ) }{ ' ' }
					<CopyableId id={ failure.requestId } label={ __( 'Copy request ID', 'draftkeeper' ) } />
				</p>
			) }
		</Notice>
	);
}
