import type { Clock } from '../../clock.ts';
import { GatewayError } from '../../errors.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Site } from '../../sites/site.ts';
import type { Amount, BudgetStore, Counter, HoldKey, Reserved } from './budget-store.ts';
import { periodsOf } from './periods.ts';
import type { Spent } from './price-of.ts';

const UNAVAILABLE_RETRY_MS = 30_000;

export type BudgetsDeps = { store: BudgetStore; clock: Clock; logger: Logger };

type Bounded = Site[ 'budgets' ];
export type BudgetedKey = { id: string; budgets: Bounded };

/** What a site, and a key of its API, may use in a day and a month of the site. Nothing where nothing bounds them. */
export function countersOf( site: Site, key: BudgetedKey | null, now: number ): Counter[] {
	if ( ! isBound( site.budgets ) && ( key === null || ! isBound( key.budgets ) ) ) {
		return [];
	}
	const periods = periodsOf( now, site.time_zone );
	return [ ...counters( site.tenant, site.budgets, periods ), ...( key === null ? [] : counters( keyScope( site.tenant, key.id ), key.budgets, periods ) ) ];
}

/** Where the use of a key is counted. */
export function keyScope( tenant: string, id: string ): string {
	return `${ tenant } key ${ id }`;
}

function isBound( { day, month }: Bounded ): boolean {
	return day !== undefined || month !== undefined;
}

/** Both periods are counted as soon as one is bound: a bound that is set later then finds what was used before. */
function counters( scope: string, budgets: Bounded, { day, month }: ReturnType< typeof periodsOf > ): Counter[] {
	return isBound( budgets ) ? [ { scope, period: day, bounds: budgets.day ?? {} }, { scope, period: month, bounds: budgets.month ?? {} } ] : [];
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
			throw new GatewayError( 'budget_exhausted', explain( hold, reserved ) );
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

type Wanted = HoldKey & Spent;

/** Says whose budget it is and how much it lets, and, where a smaller request may still fit, what this one may have cost. */
function explain( { tenant, ...wanted }: Wanted, { counter: { scope, period, bounds }, what }: Extract< Reserved, { kind: 'exhausted' } > ): string {
	const whose = scope === tenant ? 'site' : 'key';
	const may = `The ${ whose } may use ${ amountOf( what, bounds[ what ] ?? 0 ) } in ${ period }`;
	return what === 'requests'
		? `${ may }, and all are used or under way.`
		: `${ may }, and not enough of that is left: this request may take up to ${ amountOf( what, wanted[ what ] ) }. Shorter answers take less.`;
}

function amountOf( what: keyof Amount, amount: number ): string {
	return what === 'micros' ? `$${ ( amount / 1_000_000 ).toFixed( amount % 10_000 === 0 ? 2 : 6 ) }` : `${ amount } ${ what }`;
}
