import type { LimitsAnswer } from '@draftkeeper/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { __ } from '@wordpress/i18n';
import { ApiError } from '../../api/api-error';
import { limitsQuery, myLimitsQuery, saveLimits } from '../../api/limits';
import { ErrorNotice } from '../../ui/error-notice';
import { Loading } from '../shell/loading';
import { SaveBar } from '../shell/save-bar';
import { ScreenHeader } from '../shell/screen-header';
import { lockedText, TextField } from '../shell/text-field';
import { useSavedForm } from '../shell/use-saved-form';
import { BudgetList } from './budget-list';
import { JobLimitFields } from './job-limit-fields';
import { formFromLimits, limitsFromForm } from './limits-form';

const CONSTANTS = { job_limit: 'DRAFTKEEPER_JOB_LIMIT', warn_percent: 'DRAFTKEEPER_WARN_PERCENT', budgets: 'DRAFTKEEPER_BUDGETS' };

/** How many drafts people may ask for, and what they may use. */
export function LimitsScreen() {
	const { data, error, refetch } = useQuery( limitsQuery() );
	return (
		<>
			<ScreenHeader title={ __( 'Limits', 'draftkeeper' ) }>
				{ __( 'How many drafts each user may ask for in a while, and what the site, a role or a user may use of drafts, tokens and money.', 'draftkeeper' ) }
			</ScreenHeader>
			{ ! data && error instanceof ApiError && <ErrorNotice failure={ error } onRetry={ () => refetch() } /> }
			{ ! data && ! error && <Loading text={ __( 'Loading limits…', 'draftkeeper' ) } /> }
			{ data && <LimitsForm answer={ data } /> }
		</>
	);
}

function LimitsForm( { answer }: { answer: LimitsAnswer } ) {
	const client = useQueryClient();
	const limits = useSavedForm( {
		saved: formFromLimits( answer.settings ),
		parse: limitsFromForm,
		save: saveLimits,
		onSaved: ( saved ) => {
			client.setQueryData( limitsQuery().queryKey, saved );
			void client.invalidateQueries( { queryKey: myLimitsQuery().queryKey } );
		},
	} );
	const { form, change, errors } = limits;
	const constant = ( name: keyof typeof CONSTANTS ) => answer.locked.includes( name ) ? CONSTANTS[ name ] : undefined;

	return (
		<form ref={ limits.element } onSubmit={ limits.submit } noValidate>
			{ limits.failure instanceof ApiError && <ErrorNotice failure={ limits.failure } /> }
			<section className="draftkeeper-card" aria-labelledby="draftkeeper-job-limit">
				<h2 id="draftkeeper-job-limit">{ __( 'Drafts in a short time', 'draftkeeper' ) }</h2>
				<JobLimitFields form={ form } change={ change } errors={ errors } constant={ constant( 'job_limit' ) } />
			</section>
			<section className="draftkeeper-card" aria-labelledby="draftkeeper-budgets">
				<h2 id="draftkeeper-budgets">{ __( 'Budgets', 'draftkeeper' ) }</h2>
				<p>{ __( 'A budget counts by the day or the month of this site. What a draft may use is reserved before it is written and settled afterwards; when there is no room, nothing is started. Whoever has a budget of their own does not need the one of each user.', 'draftkeeper' ) }</p>
				<TextField
					className="is-short"
					type="number"
					min={ 1 }
					max={ 100 }
					label={ __( 'Warn from (percent)', 'draftkeeper' ) }
					value={ form.warn_percent }
					onChange={ ( warn_percent ) => change( { warn_percent } ) }
					error={ errors[ 'warn_percent' ] }
					constant={ constant( 'warn_percent' ) }
				/>
				{ constant( 'budgets' ) && <p>{ lockedText( CONSTANTS.budgets ) }</p> }
				<BudgetList
					budgets={ form.budgets }
					onChange={ ( budgets ) => change( { budgets } ) }
					errors={ errors }
					answer={ answer }
					isLocked={ constant( 'budgets' ) !== undefined }
				/>
			</section>
			<SaveBar
				isDirty={ limits.isDirty }
				isSaving={ limits.isSaving }
				isSaved={ limits.isSaved }
				errorCount={ Object.keys( errors ).length }
				onUndo={ limits.undo }
			/>
		</form>
	);
}
