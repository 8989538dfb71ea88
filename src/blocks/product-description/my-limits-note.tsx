import type { MyLimits } from '@draftkeeper/contract';
import { Notice } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { limitStop, limitWarnings, remainingText } from '../../ui/my-limits';

/** What is left of one's own limits: a quiet line, a warning before the stop, and the stop with its end. */
export function MyLimitsNote( { limits, limitsUrl }: { limits: MyLimits | null; limitsUrl: string | null } ) {
	if ( ! limits || ( limits.job_limit === null && limits.budgets.length === 0 ) ) {
		return null;
	}
	const stop = limitStop( limits );
	const warnings = limitWarnings( limits );
	const link = limitsUrl && <a href={ limitsUrl } target="_blank" rel="noreferrer">{ __( 'Your limits', 'draftkeeper' ) }</a>;
	if ( stop || warnings.length > 0 ) {
		return (
			<Notice className="draftkeeper-notice" status="warning" isDismissible={ false }>
				{ ( stop ? [ stop.text ] : warnings ).map( ( text ) => <p className="draftkeeper-notice__text" key={ text }>{ text }</p> ) }
				{ link }
			</Notice>
		);
	}
	return <p className="draftkeeper-hint">{ remainingText( limits ) }{ ' ' }{ link }</p>;
}
