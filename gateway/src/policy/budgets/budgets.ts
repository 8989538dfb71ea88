import type { Clock } from '../../clock.ts';
import { GatewayError } from '../../errors.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Site } from '../../sites/site.ts';
import type { BudgetStore, Counter, HoldKey } from './budget-store.ts';
import { periodsOf } from './periods.ts';
import type { Spent } from './price-of.ts';

const UNAVAILABLE_RETRY_MS = 30_000;

export type BudgetsDeps = { store: BudgetStore; clock: Clock; logger: Logger };

export type BudgetedKey = { id: string; micros_per_month: number | null };

const names = { requests: 'requests', tokens: 'tokens', micros: 'money' } as const;

/** What a site, and a key of its API, may use in a day and a month of the site. Nothing where nothing bounds them. */
export function countersOf( site: Site, key: BudgetedKey | null, now: number ): Counter[] {
	const { day: ofDay, month: ofMonth } = site.budgets;
	if ( ofDay === undefined && ofMonth === undefined && ( key === null || key.micros_per_month === null ) ) {
		return [];
	}
	const { day, month } = periodsOf( now, site.time_zone );
	return [
		// Both are counted as soon as one is bound: a bound that is set later then finds what was used before.
		...( ofDay === undefined && ofMonth === undefined ? [] : [
			{ scope: site.tenant, period: day, bounds: ofDay ?? {} }, { scope: site.tenant, period: month, bounds: ofMonth ?? {} },
		] ),
		...( key === null || key.micros_per_month === null ? [] : [
			{ scope: `${ site.tenant } key ${ key.id }`, period: month, bounds: { micros: key.micros_per_month } },
		] ),
	];
}

/**
 * Protects money: reserved before a call, settled after it by what the provider reported. Where the books cannot be kept,
 * nothing is begun.
 */
export class Budgets {
	readonly #deps: BudgetsDeps;

	constructor( deps: BudgetsDeps ) {
		this.#deps = deps;
	}

	/** Throws `budget_exhausted` where there is no room, and `budget_unavailable` where nobody can tell. The same id is held once. */
	async reserve( hold: HoldKey & Spent & { kind: 'job' | 'call'; counters: readonly Counter[] } ): Promise< void > {
		if ( hold.counters.length === 0 ) {
			return;
		}
		const reserved = await this.#deps.store.reserve( { ...hold, now: this.#deps.clock.now() } ).catch( ( cause: unknown ) => {
			throw new GatewayError( 'budget_unavailable', 'The budgets could not be checked, so nothing was begun.', {
				isRetryable: true, retryAfterMs: UNAVAILABLE_RETRY_MS, cause,
			} );
		} );
		if ( reserved.kind === 'exhausted' ) {
			const { counter: { period, scope }, what } = reserved;
			const whose = scope === hold.tenant ? 'The site' : 'The key';
			throw new GatewayError( 'budget_exhausted', `${ whose } has no room left in its budget of ${ names[ what ] } for ${ period }.` );
		}
	}

	/** Counts what an attempt has cost, once. Never throws: what fails here is made good by the sweep. */
	async settle( key: HoldKey, attempt: number, spent: Spent ): Promise< void > {
		await this.#deps.store.settle( key, attempt, spent ).catch( ( error: unknown ) => this.#complain( key, error ) );
	}

	/** Lets go what is held. Never throws. */
	async release( key: HoldKey ): Promise< void > {
		await this.#deps.store.release( key, this.#deps.clock.now() ).catch( ( error: unknown ) => this.#complain( key, error ) );
	}

	#complain( { tenant, id }: HoldKey, error: unknown ): void {
		this.#deps.logger.error( { tenant, id, err: error }, 'budget could not be settled; the sweep comes back to it' );
	}
}
