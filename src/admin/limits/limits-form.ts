import { budgetPeriods, type Budget, type BudgetPeriod, type LimitSettings } from '@draftkeeper/contract';
import { __ } from '@wordpress/i18n';
import { dollarsFromMicros, parseDollars } from '../../ui/parse-money';
import type { FieldErrors, Parsed } from '../shell/use-saved-form';

/** Whom a budget is about; a budget of each user and one of a single user are two things to people. */
export const holders = [ 'site', 'role', 'each', 'user' ] as const;
export type Holder = ( typeof holders )[ number ];

/** One budget as it is typed. */
export interface BudgetRow {
	key: string;
	holder: Holder;
	role: string;
	user_id: number | null;
	period: BudgetPeriod;
	requests: string;
	tokens: string;
	dollars: string;
}

export const spans = { minutes: 60, hours: 3600, seconds: 1 } as const;
export type Span = keyof typeof spans;

export interface LimitsForm {
	isLimited: boolean;
	max_jobs: string;
	window: string;
	span: Span;
	warn_percent: string;
	budgets: BudgetRow[];
}

const MAX_AMOUNT = 1_000_000_000_000;
const LIMIT_AT_FIRST = { max_jobs: 60, window_seconds: 600 };

const typed = ( amount: number | null ) => amount === null ? '' : String( amount );

export function formFromLimits( settings: LimitSettings ): LimitsForm {
	const { max_jobs, window_seconds } = settings.job_limit ?? LIMIT_AT_FIRST;
	const span = ( [ 'hours', 'minutes' ] as const ).find( ( name ) => window_seconds % spans[ name ] === 0 ) ?? 'seconds';
	return {
		isLimited: settings.job_limit !== null,
		max_jobs: String( max_jobs ),
		window: String( window_seconds / spans[ span ] ),
		span,
		warn_percent: String( settings.warn_percent ),
		budgets: settings.budgets.map( ( budget, index ) => ( {
			key: `saved-${ index }`,
			holder: holderOf( budget ),
			role: budget.scope === 'role' ? budget.role : '',
			user_id: budget.scope === 'user' ? budget.user_id : null,
			period: budget.period,
			requests: typed( budget.requests ),
			tokens: typed( budget.tokens ),
			dollars: budget.micros === null ? '' : dollarsFromMicros( budget.micros ),
		} ) ),
	};
}

function holderOf( budget: Budget ): Holder {
	if ( budget.scope === 'user' ) {
		return budget.user_id === null ? 'each' : 'user';
	}
	return budget.scope;
}

/** A budget that nobody has yet, or the site's month. */
export function newBudget( key: string, others: BudgetRow[] ): BudgetRow {
	const isTaken = ( holder: Holder, period: BudgetPeriod ) => others.some( ( other ) => other.holder === holder && other.period === period );
	const free = ( [ 'site', 'each' ] as const )
		.flatMap( ( holder ) => budgetPeriods.map( ( period ) => ( { holder, period } ) ) ).reverse()
		.sort( ( one, other ) => ( [ 'site', 'each' ] as Holder[] ).indexOf( one.holder ) - ( [ 'site', 'each' ] as Holder[] ).indexOf( other.holder ) )
		.find( ( { holder, period } ) => ! isTaken( holder, period ) );
	return { key, holder: 'role', period: 'month', ...free, role: '', user_id: null, requests: '', tokens: '', dollars: '' };
}

/** What the form says, or what is wrong with it, by path: `max_jobs`, `budgets[1].dollars`. */
export function limitsFromForm( form: LimitsForm ): Parsed< LimitSettings > {
	const errors: FieldErrors = {};
	const max_jobs = wholeNumber( form.max_jobs, 1, 100_000 );
	const window_seconds = ( wholeNumber( form.window, 1, 86_400 ) ?? 0 ) * spans[ form.span ];
	const warn_percent = wholeNumber( form.warn_percent, 1, 100 );
	if ( form.isLimited && max_jobs === null ) {
		errors[ 'max_jobs' ] = __( 'Enter a whole number from 1 to 100000.', 'draftkeeper' );
	}
	if ( form.isLimited && ( window_seconds < 60 || window_seconds > 86_400 ) ) {
		errors[ 'window' ] = __( 'Enter a time from one minute to one day.', 'draftkeeper' );
	}
	if ( warn_percent === null ) {
		errors[ 'warn_percent' ] = __( 'Enter a whole number from 1 to 100.', 'draftkeeper' );
	}
	const budgets = form.budgets.map( ( row, index ) => budgetFromRow( row, `budgets[${ index }]`, errors ) );
	budgets.forEach( ( budget, index ) => {
		if ( budget && budgets.slice( 0, index ).some( ( other ) => other && subject( other ) === subject( budget ) ) ) {
			errors[ `budgets[${ index }]` ] = __( 'There is already a budget for the same and the same time. Change that one, or choose another.', 'draftkeeper' );
		}
	} );
	if ( Object.keys( errors ).length > 0 || max_jobs === null && form.isLimited || warn_percent === null ) {
		return { errors };
	}
	return {
		value: {
			job_limit: form.isLimited && max_jobs !== null ? { max_jobs, window_seconds } : null,
			warn_percent,
			budgets: budgets.filter( ( budget ) => budget !== null ),
		},
	};
}

const subject = ( budget: Budget ) => [
	budget.scope, budget.scope === 'role' ? budget.role : '', budget.scope === 'user' ? budget.user_id : '', budget.period,
].join( ' ' );

function budgetFromRow( row: BudgetRow, path: string, errors: FieldErrors ): Budget | null {
	const amounts = { requests: amountOf( row.requests ), tokens: amountOf( row.tokens ), micros: row.dollars.trim() === '' ? null : moneyOf( row.dollars ) };
	for ( const name of [ 'requests', 'tokens' ] as const ) {
		if ( amounts[ name ] === undefined ) {
			errors[ `${ path }.${ name }` ] = __( 'Enter a whole number, or nothing.', 'draftkeeper' );
		}
	}
	if ( amounts.micros === undefined ) {
		errors[ `${ path }.dollars` ] = __( 'Enter an amount such as 25 or 12.50, without thousands separators, up to a million, or nothing.', 'draftkeeper' );
	}
	if ( row.holder === 'role' && row.role === '' ) {
		errors[ `${ path }.role` ] = __( 'Choose a role.', 'draftkeeper' );
	}
	if ( row.holder === 'user' && row.user_id === null ) {
		errors[ `${ path }.user_id` ] = __( 'Choose a user.', 'draftkeeper' );
	}
	const { requests, tokens, micros } = amounts;
	if ( requests === null && tokens === null && micros === null ) {
		errors[ path ] = __( 'Enter at least one limit: drafts, tokens or dollars.', 'draftkeeper' );
	}
	if ( requests === undefined || tokens === undefined || micros === undefined ) {
		return null;
	}
	const fields = { period: row.period, requests, tokens, micros };
	switch ( row.holder ) {
		case 'site':
			return { scope: 'site', ...fields };
		case 'role':
			return { scope: 'role', role: row.role, ...fields };
		case 'each':
			return { scope: 'user', user_id: null, ...fields };
		case 'user':
			return { scope: 'user', user_id: row.user_id, ...fields };
		default:
			throw new Error( `Unknown holder ${ row.holder satisfies never }` );
	}
}

function wholeNumber( text: string, min: number, max: number ): number | null {
	const number = /^\d{1,13}$/.test( text.trim() ) ? Number( text ) : NaN;
	return number >= min && number <= max ? number : null;
}

/** Null: nothing was typed. Undefined: no amount was typed. */
function amountOf( text: string ): number | null | undefined {
	return text.trim() === '' ? null : wholeNumber( text, 0, MAX_AMOUNT ) ?? undefined;
}

function moneyOf( text: string ): number | undefined {
	const micros = parseDollars( text );
	return micros !== null && micros <= MAX_AMOUNT ? micros : undefined;
}
