import type { ErrorCode } from '@draftkeeper/contract';
import { costMicros, type Model } from '../../providers/models.ts';
import type { Hold } from './budget-store.ts';

export type Spent = { tokens: number; micros: number };

/** The most that one call may cost, wherever on the model's route it goes. Where no price is known, money is not counted. */
export function mostOf( { route }: Pick< Model, 'route' >, tokens_in: number, tokens_out: number ): Spent {
	const micros = route.map( ( { prices } ) => costMicros( prices, { tokens_in, tokens_out } ) ?? 0 );
	return { tokens: tokens_in + tokens_out, micros: Math.max( ...micros ) };
}

type EndedCall = {
	status: string;
	error_code: string | null;
	tokens_in: number | null;
	tokens_out: number | null;
	cost_micros: number | null;
	/** Where it is known whether the call may have been charged. */
	may_be_billed?: boolean;
};

/** What a provider may have begun to charge for without ever telling. */
const hiddenOutcomes: readonly ( string | null )[] = [ 'worker_lost', 'provider_timeout' ] satisfies ErrorCode[];

/**
 * What a call counts for. What the provider reported counts. Where a call was called off or lost and nothing was reported, it counts for
 * the most it could have cost: a budget protects money. A call that failed and reported nothing has cost nothing.
 */
export function spentBy( ended: EndedCall, most: Pick< Hold, 'tokens' | 'micros' > ): Spent {
	const { status, error_code, tokens_in, tokens_out, cost_micros, may_be_billed } = ended;
	if ( tokens_in !== null && tokens_out !== null ) {
		return { tokens: tokens_in + tokens_out, micros: cost_micros ?? 0 };
	}
	const isHidden = may_be_billed ?? ( status === 'canceled' || hiddenOutcomes.includes( error_code ) );
	return isHidden || status === 'succeeded' ? { tokens: most.tokens, micros: most.micros } : { tokens: ( tokens_in ?? 0 ) + ( tokens_out ?? 0 ), micros: cost_micros ?? 0 };
}
