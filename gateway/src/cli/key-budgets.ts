import type { ApiKey } from '../keys/api-key.ts';
import { amountNames, type BudgetStore } from '../policy/budgets/budget-store.ts';
import { keyScope } from '../policy/budgets/budgets.ts';
import type { periodsOf } from '../policy/budgets/periods.ts';
import { toNumber } from './arguments.ts';

const MICROS = 1_000_000;
const periodNames = [ 'day', 'month' ] as const;
/** As options and lists call what budgets count. */
const units = { requests: 'requests', tokens: 'tokens', micros: 'dollars' } as const;

type OptionName = `${ ( typeof units )[ keyof typeof units ] }-per-${ ( typeof periodNames )[ number ] }`;

/** `--tokens-per-day` and the others. */
export const budgetOptions = Object.fromEntries( periodNames.flatMap(
	( period ) => amountNames.map( ( what ) => [ `${ units[ what ] }-per-${ period }`, { type: 'string' } ] )
) ) as Record< OptionName, { type: 'string' } >;

/** What a key may use, out of what was typed. */
export function toBudgets( values: { [ Name in OptionName ]?: string | undefined } ): ApiKey[ 'budgets' ] {
	return Object.fromEntries( periodNames.flatMap( ( period ) => {
		const bounds = amountNames.flatMap( ( what ) => {
			const option: OptionName = `${ units[ what ] }-per-${ period }`;
			const bound = toNumber( `--${ option }`, values[ option ], what === 'micros' ? MICROS : 1 );
			return bound === null ? [] : [ [ what, bound ] ];
		} );
		return bounds.length === 0 ? [] : [ [ period, Object.fromEntries( bounds ) ] ];
	} ) );
}

/** What a key has used of what it may: `1200/5000 tokens a day, $3.10/$20.00 a month`; what calls under way hold counts as used. */
export async function describeBudgets( { tenant, id, budgets }: ApiKey, store: BudgetStore, periods: ReturnType< typeof periodsOf > ): Promise< string > {
	const parts: string[] = [];
	for ( const period of periodNames ) {
		const bounds = budgets[ period ];
		if ( bounds === undefined ) {
			continue;
		}
		const { used, reserved } = await store.read( keyScope( tenant, id ), periods[ period ] );
		for ( const what of amountNames ) {
			const bound = bounds[ what ];
			if ( bound !== undefined ) {
				const taken = used[ what ] + reserved[ what ];
				parts.push( what === 'micros' ? `${ inDollars( taken ) }/${ inDollars( bound ) } a ${ period }` : `${ taken }/${ bound } ${ what } a ${ period }` );
			}
		}
	}
	return parts.join( ', ' ) || '-';
}

function inDollars( micros: number ): string {
	return `$${ ( micros / MICROS ).toFixed( 2 ) }`;
}
