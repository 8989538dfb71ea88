import type { Bootstrap, BudgetState, MyLimits } from '@draftkeeper/contract';
import { useQuery } from '@tanstack/react-query';
import { Notice } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { ApiError } from '../../api/api-error';
import { myLimitsQuery } from '../../api/limits';
import { formatMoment } from '../../ui/budget-text';
import { budgetTitle } from '../../ui/budget-title';
import { ErrorNotice } from '../../ui/error-notice';
import { limitStop, remainingText } from '../../ui/my-limits';
import { UsageBar } from '../../ui/usage-bar';
import { Loading } from '../shell/loading';
import { ScreenHeader } from '../shell/screen-header';

/** What the reader may still ask for, and when it opens again. */
export function MineScreen( { bootstrap }: { bootstrap: Pick< Bootstrap, 'state' > } ) {
	const { data, error, refetch } = useQuery( myLimitsQuery() );
	return (
		<>
			<ScreenHeader title={ __( 'My limits', 'draftkeeper' ) }>
				{ __( 'What you may still ask for, and when it opens again.', 'draftkeeper' ) }
			</ScreenHeader>
			{ ! data && error instanceof ApiError && <ErrorNotice failure={ error } onRetry={ () => refetch() } /> }
			{ ! data && ! error && <Loading text={ __( 'Loading your limits…', 'draftkeeper' ) } /> }
			{ data && bootstrap.state === 'ready' && <State limits={ data } /> }
			{ data && <Limits limits={ data } /> }
		</>
	);
}

function State( { limits }: { limits: MyLimits } ) {
	const stop = limitStop( limits );
	return (
		<Notice className="draftkeeper-mine__state" status={ stop ? 'warning' : 'success' } isDismissible={ false }>
			{ stop ? stop.text : __( 'You can ask for a draft now.', 'draftkeeper' ) }
		</Notice>
	);
}

function Limits( { limits }: { limits: MyLimits } ) {
	const { job_limit, budgets } = limits;
	if ( ! job_limit && budgets.length === 0 ) {
		return <p>{ __( 'Nothing is limited for you on this site.', 'draftkeeper' ) }</p>;
	}
	return (
		<>
			{ job_limit && (
				<section className="draftkeeper-card" aria-labelledby="draftkeeper-mine-jobs">
					<h2 id="draftkeeper-mine-jobs">{ __( 'Drafts in a short time', 'draftkeeper' ) }</h2>
					<p>{ remainingText( limits ) }</p>
				</section>
			) }
			{ budgets.length > 0 && (
				<section className="draftkeeper-card" aria-labelledby="draftkeeper-mine-budgets">
					<h2 id="draftkeeper-mine-budgets">{ __( 'Budgets', 'draftkeeper' ) }</h2>
					<ul className="draftkeeper-mine">
						{ budgets.map( ( budget ) => (
							<li key={ `${ budget.scope } ${ budget.period }` }>
								<h3>{ budgetTitle( budget ) }</h3>
								{ budget.amounts?.map( ( amount ) => <UsageBar key={ amount.unit } amount={ amount } level={ budget.level } /> ) }
								<p>{ levelText( budget ) }</p>
							</li>
						) ) }
					</ul>
				</section>
			) }
		</>
	);
}

function levelText( { level, opens_at }: BudgetState ): string {
	const moment = formatMoment( opens_at );
	switch ( level ) {
		case 'ok':
			/* translators: %s: a time */
			return sprintf( __( 'There is room. It is whole again at %s.', 'draftkeeper' ), moment );
		case 'warning':
			/* translators: %s: a time */
			return sprintf( __( 'Nearly used up. It is whole again at %s.', 'draftkeeper' ), moment );
		case 'exhausted':
			/* translators: %s: a time */
			return sprintf( __( 'Used up. It is whole again at %s; an administrator can raise it.', 'draftkeeper' ), moment );
		default:
			throw new Error( `Unknown level ${ level satisfies never }` );
	}
}
