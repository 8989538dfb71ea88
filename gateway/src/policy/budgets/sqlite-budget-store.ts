import { inQuickTransaction, type SqliteDatabase } from '../../database.ts';
import { gather } from '../../gather.ts';
import { amountNames, type Amount, type BudgetStore, type Hold, type HoldKey, type NewHold, type Reserved } from './budget-store.ts';
import { BudgetRows, type CounterKey, type CounterRow, type HoldRow } from './sqlite-budget-rows.ts';

const MAX_STEPS = 256;

/**
 * In the file of the jobs. What comes in one turn of the event loop shares a transaction, each step of it whole. None waits for the disk: a
 * job's reservation gets there with the job, what a power cut takes of the rest the sweep puts right, and calls of the API would spend more
 * time on it than on anything else.
 */
export class SqliteBudgetStore implements BudgetStore {
	readonly #sql;
	readonly #rows: BudgetRows;
	readonly #gathered: ( run: () => unknown ) => Promise< unknown >;

	constructor( database: SqliteDatabase ) {
		this.#rows = new BudgetRows( database );
		this.#sql = {
			open: database.prepare( 'SELECT * FROM budget_holds WHERE is_open = 1 AND created_at < :before ORDER BY created_at LIMIT :count' ),
			dropHolds: database.prepare( 'DELETE FROM budget_holds WHERE is_open = 0 AND released_at < :before' ),
			dropCounters: database.prepare( 'DELETE FROM budget_counters WHERE changed_at < :before AND reserved_requests = 0' ),
		};
		this.#gathered = gather( MAX_STEPS, async ( steps ) => {
			try {
				return inQuickTransaction( database, () => {
					const results = steps.map( ( run ) => run() );
					this.#rows.write();
					return results;
				} );
			} finally {
				this.#rows.forget();
			}
		} );
	}

	reserve( { counters, now, ...hold }: NewHold ): Promise< Reserved > {
		return this.#step( (): Reserved => {
			const before = this.#rows.hold( hold );
			if ( before !== null && ( before.is_open === 1 || before.settled_json !== '[]' ) ) {
				return { kind: 'known' };
			}
			const wanted: Amount = { requests: 1, tokens: hold.tokens, micros: hold.micros };
			for ( const counter of counters ) {
				const row = this.#rows.counter( counter );
				const what = amountNames.find( ( name ) => row[ `used_${ name }` ] + row[ `reserved_${ name }` ] + wanted[ name ] > ( counter.bounds[ name ] ?? Infinity ) );
				if ( what !== undefined ) {
					return { kind: 'exhausted', counter, what };
				}
			}
			const keys = counters.map( ( { scope, period } ): CounterKey => ( { scope, period } ) );
			this.#rows.putHold( { ...hold, counters_json: JSON.stringify( keys ), settled_json: '[]', is_open: 1, created_at: now, released_at: null } );
			this.#add( keys, { reserved_requests: 1, reserved_tokens: hold.tokens, reserved_micros: hold.micros }, now );
			return { kind: 'reserved' };
		} );
	}

	settle( key: HoldKey, attempt: number, { tokens, micros }: { tokens: number; micros: number } ): Promise< void > {
		return this.#step( () => {
			const hold = this.#rows.hold( key );
			const settled = JSON.parse( hold?.settled_json ?? '[]' ) as number[];
			if ( hold === null || settled.includes( attempt ) ) {
				return;
			}
			// Of a hold that is still open, the request is counted when it is released.
			const isFirstOfReleased = hold.is_open === 0 && settled.length === 0;
			this.#rows.putHold( { ...hold, settled_json: JSON.stringify( [ ...settled, attempt ] ) } );
			this.#add( countersOf( hold ), { used_requests: isFirstOfReleased ? 1 : 0, used_tokens: tokens, used_micros: micros }, 0 );
		} );
	}

	release( key: HoldKey, now: number ): Promise< void > {
		return this.#step( () => {
			const hold = this.#rows.hold( key );
			if ( hold?.is_open !== 1 ) {
				return;
			}
			this.#rows.putHold( { ...hold, is_open: 0, released_at: now } );
			this.#add( countersOf( hold ), {
				used_requests: hold.settled_json === '[]' ? 0 : 1, reserved_requests: -1, reserved_tokens: -hold.tokens, reserved_micros: -hold.micros,
			}, now );
		} );
	}

	async open( before: number, count: number ): Promise< Hold[] > {
		return ( this.#sql.open.all( { before, count } ) as HoldRow[] ).map( ( { tenant, id, kind, tokens, micros, created_at } ) => (
			{ tenant, id, kind, tokens, micros, created_at }
		) );
	}

	read( scope: string, period: string ): Promise< { used: Amount; reserved: Amount } > {
		return this.#step( () => {
			const row = this.#rows.counter( { scope, period } );
			return {
				used: { requests: row.used_requests, tokens: row.used_tokens, micros: row.used_micros },
				reserved: { requests: row.reserved_requests, tokens: row.reserved_tokens, micros: row.reserved_micros },
			};
		} );
	}

	purge( before: number ): Promise< void > {
		return this.#step( () => {
			// What was changed before, in this transaction, is to be seen by what follows.
			this.#rows.write();
			this.#rows.forget();
			this.#sql.dropHolds.run( { before } );
			this.#sql.dropCounters.run( { before } );
		} );
	}

	#add( keys: readonly CounterKey[], change: Partial< CounterRow >, now: number ): void {
		for ( const key of keys ) {
			this.#rows.add( key, change, now );
		}
	}

	#step< T >( run: () => T ): Promise< T > {
		return this.#gathered( run ) as Promise< T >;
	}
}

function countersOf( { counters_json }: HoldRow ): CounterKey[] {
	return JSON.parse( counters_json ) as CounterKey[];
}
