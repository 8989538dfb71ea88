import type { BudgetState, BudgetUnit } from '@draftkeeper/contract';
import { __, _n, sprintf } from '@wordpress/i18n';
import { dateI18n, getSettings } from '@wordpress/date';
import { formatCount, formatMicros } from './format-money';

export type BudgetAmount = NonNullable< BudgetState[ 'amounts' ] >[ number ];

/** An amount of a unit, with the unit: `12 drafts`, `5,000 tokens`, `$3.20`. */
export function formatAmount( unit: BudgetUnit, amount: number ): string {
	switch ( unit ) {
		case 'requests':
			/* translators: %s: a number */
			return sprintf( _n( '%s draft', '%s drafts', amount, 'draftkeeper' ), formatCount( amount ) );
		case 'tokens':
			/* translators: %s: a number */
			return sprintf( _n( '%s token', '%s tokens', amount, 'draftkeeper' ), formatCount( amount ) );
		case 'micros':
			return formatMicros( amount );
		default:
			throw new Error( `Unknown unit ${ unit satisfies never }` );
	}
}

/** What is used and reserved of a limit, in words. */
export function amountText( { unit, limit, used, reserved }: BudgetAmount ): string {
	// The unit stands once: "1 of 2 drafts".
	const [ isUsed, isLimit ] = [ unit === 'micros' ? formatMicros( used ) : formatCount( used ), formatAmount( unit, limit ) ];
	if ( reserved === 0 ) {
		/* translators: 1: what is used, such as "3" or "$3.20", 2: the limit, such as "12 drafts" or "$12.50" */
		return sprintf( __( '%1$s of %2$s used', 'draftkeeper' ), isUsed, isLimit );
	}
	/* translators: 1: what is used, such as "3" or "$3.20", 2: the limit, such as "12 drafts", 3: what is reserved for drafts under way, such as "1 draft" */
	return sprintf( __( '%1$s of %2$s used, %3$s reserved for drafts under way', 'draftkeeper' ), isUsed, isLimit, formatAmount( unit, reserved ) );
}

/** A moment as people of this site write it: the time alone where it is today. */
export function formatMoment( time: string, now = Date.now() ): string {
	const { formats } = getSettings();
	const isToday = dateI18n( 'Y-m-d', time, undefined ) === dateI18n( 'Y-m-d', new Date( now ), undefined );
	return dateI18n( isToday ? formats.time : formats.datetimeAbbreviated, time, undefined );
}
