import type { Bootstrap } from '@draftkeeper/contract';
import { Spinner } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { ApiError } from '../../api/api-error';
import { ErrorNotice } from '../../ui/error-notice';
import type { Brief } from './brief';
import { BriefFields } from './brief-fields';
import { FactProblems } from './fact-problems';
import { FactsFields } from './facts-fields';
import type { useFacts } from './use-facts';

/** Facts, what is wrong with them, and how the draft is to be written. */
export function DraftForm( { facts, brief, models, onBriefChange }: {
	facts: ReturnType< typeof useFacts >;
	brief: Brief;
	models: Bootstrap[ 'models' ];
	onBriefChange: ( change: Partial< Brief > ) => void;
} ) {
	if ( facts.isLoading ) {
		return <p className="draftkeeper-hint"><Spinner />{ __( 'Reading the facts of this product…', 'draftkeeper' ) }</p>;
	}
	return (
		<>
			{ facts.error instanceof ApiError && (
				<ErrorNotice failure={ facts.error } onRetry={ facts.retry } retryLabel={ __( 'Read the product again', 'draftkeeper' ) } />
			) }
			<FactsFields
				facts={ facts.form }
				onChange={ ( changed ) => onBriefChange( { facts: changed } ) }
				isFromProduct={ facts.isFromProduct }
				onReset={ facts.isFromProduct && brief.facts ? () => onBriefChange( { facts: undefined } ) : null }
				isOpenAtFirst={ ! facts.isFromProduct }
			/>
			<FactProblems problems={ facts.problems } />
			<BriefFields brief={ brief } models={ models } onChange={ onBriefChange } />
		</>
	);
}
