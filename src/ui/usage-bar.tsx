import { amountText, type BudgetAmount } from './budget-text';

/** What is used and reserved of a limit: as words, and as a bar beside them. */
export function UsageBar( { amount, level }: { amount: BudgetAmount; level: 'ok' | 'warning' | 'exhausted' } ) {
	const share = ( part: number ) => `${ amount.limit === 0 ? 100 : Math.min( 100, part / amount.limit * 100 ) }%`;
	return (
		<div className="draftkeeper-bar">
			<span>{ amountText( amount ) }</span>
			<span className={ `draftkeeper-bar__track is-${ level }` } aria-hidden="true">
				<span className="draftkeeper-bar__used" style={ { inlineSize: share( amount.used ) } } />
				<span className="draftkeeper-bar__reserved" style={ { inlineSize: share( amount.reserved ) } } />
			</span>
		</div>
	);
}
