import { budgetPeriods, type BudgetState, type LimitsAnswer } from '@draftkeeper/contract';
import { Button, SelectControl } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { formatMoment } from '../../ui/budget-text';
import { budgetTitle, periodLabels } from '../../ui/budget-title';
import { UsageBar } from '../../ui/usage-bar';
import { TextField } from '../shell/text-field';
import { holders, type BudgetRow, type Holder } from './limits-form';
import { UserField } from './user-field';

const holderLabels = (): Record< Holder, string > => ( {
	site: __( 'The whole site', 'draftkeeper' ),
	role: __( 'All users of a role together', 'draftkeeper' ),
	each: __( 'Each user', 'draftkeeper' ),
	user: __( 'One user', 'draftkeeper' ),
} );

export function BudgetFields( { number, budget, onChange, onRemove, errorOf, answer, isLocked }: {
	number: number;
	budget: BudgetRow;
	onChange: ( change: Partial< BudgetRow > ) => void;
	onRemove: () => void;
	errorOf: ( name: string ) => string | undefined;
	answer: LimitsAnswer;
	isLocked: boolean;
} ) {
	const labels = holderLabels();
	const state = answer.states.find( ( candidate ) => isStateOf( candidate, budget ) ) ?? null;
	const ownError = errorOf( '' );
	const roleError = errorOf( '.role' );
	/* translators: %d: number of a budget in a list */
	const name = sprintf( __( 'Budget %d', 'draftkeeper' ), number );
	const amount = ( field: 'requests' | 'tokens' | 'dollars', label: string ) => (
		<TextField
			label={ label }
			inputMode={ field === 'dollars' ? 'decimal' : 'numeric' }
			placeholder={ __( 'no limit', 'draftkeeper' ) }
			value={ budget[ field ] }
			onChange={ ( value ) => onChange( { [ field ]: value } ) }
			error={ errorOf( `.${ field }` ) ?? ( field === 'dollars' ? errorOf( '.micros' ) : undefined ) }
			readOnly={ isLocked }
		/>
	);

	return (
		<fieldset className={ `draftkeeper-budget${ ownError ? ' has-error' : '' }` }>
			<legend>{ name }</legend>
			<div className="draftkeeper-columns">
				<SelectControl
					__next40pxDefaultSize
					__nextHasNoMarginBottom
					label={ __( 'For', 'draftkeeper' ) }
					value={ budget.holder }
					disabled={ isLocked }
					aria-invalid={ ownError ? true : undefined }
					help={ ownError }
					options={ holders.map( ( value ) => ( { value, label: labels[ value ] } ) ) }
					onChange={ ( holder ) => onChange( { holder } ) }
				/>
				{ budget.holder === 'role' && (
					<SelectControl
						__next40pxDefaultSize
						__nextHasNoMarginBottom
						className={ roleError ? 'draftkeeper-field has-error' : '' }
						label={ __( 'Role', 'draftkeeper' ) }
						value={ budget.role }
						disabled={ isLocked }
						aria-invalid={ roleError ? true : undefined }
						help={ roleError }
						options={ roleOptions( answer, budget.role ) }
						onChange={ ( role ) => onChange( { role } ) }
					/>
				) }
				{ budget.holder === 'user' && (
					<UserField userId={ budget.user_id } known={ answer.people } error={ errorOf( '.user_id' ) } isLocked={ isLocked } onChange={ ( user_id ) => onChange( { user_id } ) } />
				) }
				<SelectControl
					__next40pxDefaultSize
					__nextHasNoMarginBottom
					label={ __( 'Per', 'draftkeeper' ) }
					value={ budget.period }
					disabled={ isLocked }
					options={ budgetPeriods.map( ( value ) => ( { value, label: periodLabels()[ value ] } ) ) }
					onChange={ ( period ) => onChange( { period } ) }
				/>
			</div>
			<div className="draftkeeper-columns is-narrow">
				{ amount( 'requests', __( 'Drafts', 'draftkeeper' ) ) }
				{ amount( 'tokens', __( 'Tokens', 'draftkeeper' ) ) }
				{ amount( 'dollars', __( 'US dollars', 'draftkeeper' ) ) }
			</div>
			{ state?.amounts && (
				<div className="draftkeeper-budget__state">
					<p>{ budgetTitle( state, answer ) }. { stateText( state ) }</p>
					{ state.amounts.map( ( used ) => <UsageBar key={ used.unit } amount={ used } level={ state.level } /> ) }
				</div>
			) }
			{ ! isLocked && (
				<Button
					variant="tertiary"
					isDestructive
					/* translators: %s: "Budget 3" */
					aria-label={ sprintf( __( 'Remove: %s', 'draftkeeper' ), name ) }
					onClick={ onRemove }
				>
					{ __( 'Remove', 'draftkeeper' ) }
				</Button>
			) }
		</fieldset>
	);
}

/** A role that a plugin has taken away again still has its budget. */
function roleOptions( { roles }: LimitsAnswer, chosen: string ) {
	const known = roles.map( ( { role, name } ) => ( { value: role, label: name } ) );
	const gone = chosen !== '' && ! roles.some( ( { role } ) => role === chosen ) ? [ { value: chosen, label: chosen } ] : [];
	return [ { value: '', label: __( 'Choose…', 'draftkeeper' ) }, ...known, ...gone ];
}

function isStateOf( state: BudgetState, budget: BudgetRow ): boolean {
	const subjects: Record< Holder, string | null | undefined > = { site: null, role: budget.role, user: String( budget.user_id ), each: undefined };
	const scope = budget.holder === 'each' ? 'user' : budget.holder;
	return budget.key.startsWith( 'saved-' ) && state.scope === scope && state.period === budget.period && state.subject === subjects[ budget.holder ];
}

function stateText( { level, opens_at }: BudgetState ): string {
	if ( level === 'exhausted' ) {
		/* translators: %s: a time */
		return sprintf( __( 'Used up; it opens again: %s.', 'draftkeeper' ), formatMoment( opens_at ) );
	}
	return level === 'warning' ? __( 'Nearly used up.', 'draftkeeper' ) : '';
}
