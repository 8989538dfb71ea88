import type { LimitsAnswer } from '@draftkeeper/contract';
import { Button } from '@wordpress/components';
import { useRef } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { plus } from '@wordpress/icons';
import type { FieldErrors } from '../shell/use-saved-form';
import { BudgetFields } from './budget-fields';
import { newBudget, type BudgetRow } from './limits-form';

/** The budgets one below the other, each with what is used of it as it is saved. */
export function BudgetList( { budgets, onChange, errors, answer, isLocked }: {
	budgets: BudgetRow[];
	onChange: ( budgets: BudgetRow[] ) => void;
	errors: FieldErrors;
	answer: LimitsAnswer;
	isLocked: boolean;
} ) {
	const list = useRef< HTMLDivElement >( null );
	const count = useRef( 0 );

	/** Who adds or removes something must not lose the place. */
	function focus( selector: string ) {
		window.requestAnimationFrame( () => list.current?.querySelector< HTMLElement >( selector )?.focus() );
	}

	function add() {
		onChange( [ ...budgets, newBudget( `new-${ count.current++ }`, budgets ) ] );
		focus( 'fieldset:last-of-type select' );
	}

	function remove( index: number ) {
		onChange( budgets.filter( ( _, other ) => other !== index ) );
		focus( '.draftkeeper-budgets__add' );
	}

	return (
		<div ref={ list } className="draftkeeper-budgets">
			{ budgets.length === 0 && <p>{ __( 'There is no budget: what people may use is not limited here. The gateway may still limit the site.', 'draftkeeper' ) }</p> }
			{ budgets.map( ( budget, index ) => (
				<BudgetFields
					key={ budget.key }
					number={ index + 1 }
					budget={ budget }
					onChange={ ( change ) => onChange( budgets.map( ( other, at ) => at === index ? { ...other, ...change } : other ) ) }
					onRemove={ () => remove( index ) }
					errorOf={ ( name ) => errors[ `budgets[${ index }]${ name }` ] }
					answer={ answer }
					isLocked={ isLocked }
				/>
			) ) }
			{ ! isLocked && (
				<Button __next40pxDefaultSize className="draftkeeper-budgets__add" variant="secondary" icon={ plus } onClick={ add }>
					{ __( 'Add a budget', 'draftkeeper' ) }
				</Button>
			) }
		</div>
	);
}
