import { inQuickTransaction, type SqliteDatabase } from '../../database.ts';
import { amountNames, type Amount, type BudgetStore, type Counter, type Hold, type HoldKey, type NewHold, type Reserved } from './budget-store.ts';

type CounterRow = {
	used_requests: number; used_tokens: number; used_micros: number; reserved_requests: number; reserved_tokens: number; reserved_micros: number;
};
type HoldRow = Hold & { counters_json: string; settled_json: string; is_open: number };
type CounterKey = Pick< Counter, 'scope' | 'period' >;

const empty: CounterRow = { used_requests: 0, used_tokens: 0, used_micros: 0, reserved_requests: 0, reserved_tokens: 0, reserved_micros: 0 };

/**
 * In the file of the jobs: every method one transaction. None waits for the disk: a job's reservation gets there with the job, what a power
 * cut takes of the rest the sweep puts right, and calls of the API would spend more time on it than on anything else.
 */
export class SqliteBudgetStore implements BudgetStore {
	readonly #database: SqliteDatabase;
	readonly #sql;

	constructor( database: SqliteDatabase ) {
		const hold = 'WHERE tenant = :tenant AND id = :id';
		this.#database = database;
		this.#sql = {
			counter: database.prepare( 'SELECT * FROM budget_counters WHERE scope = :scope AND period = :period' ),
			add: database.prepare( `
				INSERT INTO budget_counters VALUES ( :scope, :period, :used_requests, :used_tokens, :used_micros, :reserved_requests, :reserved_tokens, :reserved_micros, :now )
				ON CONFLICT ( scope, period ) DO UPDATE SET
					used_requests = used_requests + :used_requests, used_tokens = used_tokens + :used_tokens, used_micros = used_micros + :used_micros,
					reserved_requests = reserved_requests + :reserved_requests, reserved_tokens = reserved_tokens + :reserved_tokens,
					reserved_micros = reserved_micros + :reserved_micros, changed_at = MAX( changed_at, :now )` ),
			hold: database.prepare( `SELECT * FROM budget_holds ${ hold }` ),
			insert: database.prepare( `
				INSERT INTO budget_holds ( tenant, id, kind, tokens, micros, counters_json, created_at )
				VALUES ( :tenant, :id, :kind, :tokens, :micros, :counters_json, :now )
				ON CONFLICT ( tenant, id ) DO UPDATE SET tokens = :tokens, micros = :micros, counters_json = :counters_json, created_at = :now,
					is_open = 1, released_at = NULL` ),
			settle: database.prepare( `UPDATE budget_holds SET settled_json = :settled_json ${ hold }` ),
			release: database.prepare( `UPDATE budget_holds SET is_open = 0, released_at = :now ${ hold }` ),
			open: database.prepare( 'SELECT * FROM budget_holds WHERE is_open = 1 AND created_at < :before ORDER BY created_at LIMIT :count' ),
			dropHolds: database.prepare( 'DELETE FROM budget_holds WHERE is_open = 0 AND released_at < :before' ),
			dropCounters: database.prepare( 'DELETE FROM budget_counters WHERE changed_at < :before AND reserved_requests = 0' ),
		};
	}

	async reserve( { counters, now, ...hold }: NewHold ): Promise< Reserved > {
		return this.#transaction( (): Reserved => {
			const before = this.#hold( hold );
			if ( before !== null && ( before.is_open === 1 || before.settled_json !== '[]' ) ) {
				return { kind: 'known' };
			}
			const wanted: Amount = { requests: 1, tokens: hold.tokens, micros: hold.micros };
			for ( const counter of counters ) {
				const row = this.#counter( counter );
				const what = amountNames.find( ( name ) => row[ `used_${ name }` ] + row[ `reserved_${ name }` ] + wanted[ name ] > ( counter.bounds[ name ] ?? Infinity ) );
				if ( what !== undefined ) {
					return { kind: 'exhausted', counter, what };
				}
			}
			const keys = counters.map( ( { scope, period } ): CounterKey => ( { scope, period } ) );
			this.#sql.insert.run( { ...hold, counters_json: JSON.stringify( keys ), now } );
			this.#add( keys, { reserved_requests: 1, reserved_tokens: hold.tokens, reserved_micros: hold.micros }, now );
			return { kind: 'reserved' };
		} );
	}

	async settle( key: HoldKey, attempt: number, { tokens, micros }: { tokens: number; micros: number } ): Promise< void > {
		this.#transaction( () => {
			const hold = this.#hold( key );
			const settled = JSON.parse( hold?.settled_json ?? '[]' ) as number[];
			if ( hold === null || settled.includes( attempt ) ) {
				return;
			}
			// Of a hold that is still open, the request is counted when it is released.
			const isFirstOfReleased = hold.is_open === 0 && settled.length === 0;
			this.#sql.settle.run( { ...pick( key ), settled_json: JSON.stringify( [ ...settled, attempt ] ) } );
			this.#add( countersOf( hold ), { used_requests: isFirstOfReleased ? 1 : 0, used_tokens: tokens, used_micros: micros }, 0 );
		} );
	}

	async release( key: HoldKey, now: number ): Promise< void > {
		this.#transaction( () => {
			const hold = this.#hold( key );
			if ( hold?.is_open !== 1 ) {
				return;
			}
			this.#sql.release.run( { ...pick( key ), now } );
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

	async read( scope: string, period: string ): Promise< { used: Amount; reserved: Amount } > {
		const row = this.#counter( { scope, period } );
		return {
			used: { requests: row.used_requests, tokens: row.used_tokens, micros: row.used_micros },
			reserved: { requests: row.reserved_requests, tokens: row.reserved_tokens, micros: row.reserved_micros },
		};
	}

	async purge( before: number ): Promise< void > {
		this.#transaction( () => {
			this.#sql.dropHolds.run( { before } );
			this.#sql.dropCounters.run( { before } );
		} );
	}

	#counter( { scope, period }: CounterKey ): CounterRow {
		return ( this.#sql.counter.get( { scope, period } ) as CounterRow | undefined ) ?? empty;
	}

	#hold( key: HoldKey ): HoldRow | null {
		return ( this.#sql.hold.get( pick( key ) ) as HoldRow | undefined ) ?? null;
	}

	#add( keys: readonly CounterKey[], change: Partial< CounterRow >, now: number ): void {
		for ( const { scope, period } of keys ) {
			this.#sql.add.run( { ...empty, ...change, scope, period, now } );
		}
	}

	#transaction< T >( run: () => T ): T {
		return inQuickTransaction( this.#database, run );
	}
}

function pick( { tenant, id }: HoldKey ): HoldKey {
	return { tenant, id };
}

function countersOf( { counters_json }: HoldRow ): CounterKey[] {
	return JSON.parse( counters_json ) as CounterKey[];
}
