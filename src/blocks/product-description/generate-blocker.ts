import { productFacts, type Bootstrap, type ProductFacts } from '@draftkeeper/contract';
import { __ } from '@wordpress/i18n';
import type { LimitStop } from '../../ui/my-limits';

/** Why Generate cannot be pressed yet, in words; null when it can. */
export function generateBlocker( state: Bootstrap[ 'state' ], facts: ProductFacts, stop: LimitStop | null = null ): string | null {
	if ( state === 'not_connected' ) {
		return __( 'Draftkeeper is not connected to a gateway yet.', 'draftkeeper' );
	}
	if ( stop ) {
		return stop.text;
	}
	if ( facts.name === '' ) {
		return __( 'Enter the name of the product first.', 'draftkeeper' );
	}
	const checked = productFacts.safeParse( facts );
	if ( checked.success ) {
		return null;
	}
	return checked.error.issues.some( ( issue ) => issue.path[ 0 ] === 'price' )
		? __( 'The price needs an amount such as 129.00 and a currency such as EUR.', 'draftkeeper' )
		: __( 'Some facts are too long or too many. Shorten them first.', 'draftkeeper' );
}
