import type { BudgetState, MyLimits } from '@draftkeeper/contract';
import { __, _n, sprintf } from '@wordpress/i18n';
import { amountText, formatMoment } from './budget-text';
import { budgetTitle } from './budget-title';
import { formatCount } from './format-money';

/** Why nothing can be asked for now, and when it can again. */
export interface LimitStop {
	text: string;
	opens_at: string;
}

/** What stops the next draft; of several stops the one that lasts longest. */
export function limitStop( { job_limit, budgets }: MyLimits ): LimitStop | null {
	const stops: LimitStop[] = budgets.filter( ( { level } ) => level === 'exhausted' ).map( ( budget ) => ( { text: exhaustedText( budget ), opens_at: budget.opens_at } ) );
	if ( job_limit && job_limit.remaining === 0 && job_limit.opens_at !== null ) {
		/* translators: 1: a number of drafts, 2: a time */
		const text = sprintf( __( 'You have asked for %1$s drafts in a short time. You can go on at %2$s.', 'draftkeeper' ), formatCount( job_limit.max_jobs ), formatMoment( job_limit.opens_at ) );
		stops.push( { text, opens_at: job_limit.opens_at } );
	}
	return stops.sort( ( one, other ) => other.opens_at.localeCompare( one.opens_at ) )[ 0 ] ?? null;
}

/** What is nearly used up. */
export function limitWarnings( { budgets }: MyLimits ): string[] {
	return budgets.filter( ( { level } ) => level === 'warning' ).map( ( budget ) => {
		/* translators: 1: whose budget it is, such as "You, today", 2: a time */
		const text = sprintf( __( 'A budget is nearly used up (%1$s). It is whole again at %2$s.', 'draftkeeper' ), budgetTitle( budget ), formatMoment( budget.opens_at ) );
		return [ text, ...( budget.amounts ?? [] ).map( ( amount ) => `${ amountText( amount ) }.` ) ].join( ' ' );
	} );
}

/** How many drafts are left in the present while; null where they are not counted. */
export function remainingText( { job_limit }: MyLimits ): string | null {
	if ( ! job_limit ) {
		return null;
	}
	const minutes = Math.ceil( job_limit.window_seconds / 60 );
	return sprintf(
		/* translators: 1: number of drafts that are left, 2: number of drafts in all, 3: number of minutes */
		_n( '%1$s of %2$s drafts left in %3$s minute.', '%1$s of %2$s drafts left in %3$s minutes.', minutes, 'draftkeeper' ),
		formatCount( job_limit.remaining ), formatCount( job_limit.max_jobs ), formatCount( minutes )
	);
}

function exhaustedText( budget: BudgetState ): string {
	/* translators: 1: whose budget it is, such as "You, today", 2: a time */
	return sprintf( __( 'A budget is used up (%1$s). It is whole again at %2$s; an administrator can raise it.', 'draftkeeper' ), budgetTitle( budget ), formatMoment( budget.opens_at ) );
}
