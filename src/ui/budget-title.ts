import type { BudgetPeriod, BudgetState } from '@draftkeeper/contract';
import { __, sprintf } from '@wordpress/i18n';

export const periodLabels = (): Record< BudgetPeriod, string > => ( {
	day: __( 'day', 'draftkeeper' ),
	month: __( 'month', 'draftkeeper' ),
} );

interface Names {
	roles: { role: string; name: string }[];
	people: { id: number; name: string }[];
}

/** Whose budget it is, and of which period it tells; without names in the words of one's own. */
export function budgetTitle( { scope, subject, period }: Pick< BudgetState, 'scope' | 'subject' | 'period' >, names: Names | null = null ): string {
	const isDay = period === 'day';
	switch ( scope ) {
		case 'site':
			return isDay ? __( 'The whole site, today', 'draftkeeper' ) : __( 'The whole site, this month', 'draftkeeper' );
		case 'role': {
			const name = names?.roles.find( ( { role } ) => role === subject )?.name ?? ( names ? subject : null );
			if ( name === null ) {
				return isDay ? __( 'Everybody in your role together, today', 'draftkeeper' ) : __( 'Everybody in your role together, this month', 'draftkeeper' );
			}
			return named( name, isDay );
		}
		case 'user': {
			const name = names?.people.find( ( { id } ) => String( id ) === subject )?.name ?? ( names ? subject : null );
			if ( name === null ) {
				return isDay ? __( 'You, today', 'draftkeeper' ) : __( 'You, this month', 'draftkeeper' );
			}
			return named( name, isDay );
		}
		default:
			throw new Error( `Unknown scope ${ scope satisfies never }` );
	}
}

function named( name: string, isDay: boolean ): string {
	if ( isDay ) {
		/* translators: %s: name of a role or of a user */
		return sprintf( __( '%s, today', 'draftkeeper' ), name );
	}
	/* translators: %s: name of a role or of a user */
	return sprintf( __( '%s, this month', 'draftkeeper' ), name );
}
