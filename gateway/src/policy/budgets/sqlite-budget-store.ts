import type { SqliteDatabase } from '../../database.ts';
import { GroupedSteps } from '../../grouped-steps.ts';
import { amountNames, type Amount, type BudgetStore, type Hold, type HoldKey, type NewHold, type Reserved } from './budget-store.ts';
import { BudgetRows, type CounterKey, type CounterRow, type HoldRow } from './sqlite-budget-rows.ts';

/** Shorter than what the sweep takes for the longest call: until then nobody else touches the hold of one. */
const REMEMBER_MS = 600_000;

type OpenCall = { row: HoldRow; at: number };

/**
 * In the file of the jobs. What comes in one turn of the event loop shares a transaction, each step of it whole. None waits for the disk: a
 * job's reservation gets there with the job, what a power cut takes of the rest the sweep puts right, and calls of the API would spend more
 * time on it than on anything else.
 */
export class SqliteBudgetStore implements BudgetStore {
	readonly #sql;
	readonly #rows: BudgetRows;
	readonly #steps: GroupedSteps;
	/** Calls of this process: their holds need not be looked up. */
	readonly #calls = new Map< string, OpenCall >();

	constructor( database: SqliteDatabase ) {
		this.#rows = new BudgetRows( database );
		this.#sql = {
			open: database.prepare( 'SELECT * FROM budget_holds WHERE is_open = 1 AND created_at < :before ORDER BY created_at LIMIT :count' ),
			dropHolds: database.prepare( 'DELETE FROM budget_holds WHERE is_open = 0 AND released_at < :before' ),
			dropCounters: database.prepare( 'DELETE FROM budget_counters WHERE changed_at < :before AND reserved_requests = 0' ),
		};
		this.#steps = new GroupedSteps( { database, write: () => this.#rows.write(), forget: () => this.#rows.forget() } );
	}

	async reserve( { counters, now, ...hold }: NewHold ): Promise< Reserved > {
		const keys = counters.map( ( { scope, period } ): CounterKey => ( { scope, period } ) );
		const row: HoldRow = { ...hold, counters_json: JSON.stringify( keys ), settled_json: '[]', is_open: 1, created_at: now, released_at: null };
		const reserved = await this.#steps.take( (): Reserved => {
			const before = hold.kind === 'call' ? null : this.#rows.hold( hold );
			if ( before !== null && ( before.is_open === 1 || before.settled_json !== '[]' ) ) {
				return { kind: 'known' };
			}
			const wanted: Amount = { requests: 1, tokens: hold.tokens, micros: hold.micros };
			for ( const counter of counters ) {
				const of = this.#rows.counter( counter );
				const what = amountNames.find( ( name ) => of[ `used_${ name }` ] + of[ `reserved_${ name }` ] + wanted[ name ] > ( counter.bounds[ name ] ?? Infinity ) );
				if ( what !== undefined ) {
					return { kind: 'exhausted', counter, what };
				}
			}
			this.#rows.putHold( row, hold.kind === 'call' );
			this.#add( keys, { reserved_requests: 1, reserved_tokens: hold.tokens, reserved_micros: hold.micros }, now );
			return { kind: 'reserved' };
		} );
		if ( hold.kind === 'call' && reserved.kind === 'reserved' ) {
			this.#calls.set( hold.id, { row, at: performance.now() } );
		}
		return reserved;
	}

	settle( key: HoldKey, attempt: number, { tokens, micros }: { tokens: number; micros: number } ): Promise< void > {
		return this.#end( key, () => {
			const hold = this.#hold( key );
			const settled = JSON.parse( hold?.settled_json ?? '[]' ) as number[];
			if ( hold === null || settled.includes( attempt ) ) {
				return;
			}
			// Of a hold that is still open, the request is counted when it is released.
			const isFirstOfReleased = hold.is_open === 0 && settled.length === 0;
			this.#put( { ...hold, settled_json: JSON.stringify( [ ...settled, attempt ] ) } );
			this.#add( countersOf( hold ), { used_requests: isFirstOfReleased ? 1 : 0, used_tokens: tokens, used_micros: micros }, 0 );
		} );
	}

	release( key: HoldKey, now: number ): Promise< void > {
		return this.#end( key, () => {
			const hold = this.#hold( key );
			if ( hold?.is_open !== 1 ) {
				return;
			}
			this.#put( { ...hold, is_open: 0, released_at: now } );
			this.#add( countersOf( hold ), {
				used_requests: hold.settled_json === '[]' ? 0 : 1, reserved_requests: -1, reserved_tokens: -hold.tokens, reserved_micros: -hold.micros,
			}, now );
		} );
	}

	/** Writes at once what waits. */
	flush(): void {
		this.#steps.flush();
	}

	async open( before: number, count: number ): Promise< Hold[] > {
		return ( this.#sql.open.all( { before, count } ) as HoldRow[] ).map( ( { tenant, id, kind, tokens, micros, created_at } ) => (
			{ tenant, id, kind, tokens, micros, created_at }
		) );
	}

	read( scope: string, period: string ): Promise< { used: Amount; reserved: Amount } > {
		return this.#steps.take( () => {
			const row = this.#rows.counter( { scope, period } );
			return {
				used: { requests: row.used_requests, tokens: row.used_tokens, micros: row.used_micros },
				reserved: { requests: row.reserved_requests, tokens: row.reserved_tokens, micros: row.reserved_micros },
			};
		} );
	}

	purge( before: number ): Promise< void > {
		return this.#steps.take( () => {
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

	/** The end of a call is in nobody's way: it is written with what comes next. */
	#end( { id }: HoldKey, run: () => void ): Promise< void > {
		return this.#steps.take( run, { isLazy: this.#calls.has( id ) } );
	}

	#hold( key: HoldKey ): HoldRow | null {
		const call = this.#calls.get( key.id );
		return call !== undefined && call.row.tenant === key.tenant && performance.now() - call.at < REMEMBER_MS ? call.row : this.#rows.hold( key );
	}

	#put( row: HoldRow ): void {
		const call = this.#calls.get( row.id );
		if ( call !== undefined && row.is_open === 1 ) {
			call.row = row;
		} else {
			this.#calls.delete( row.id );
		}
		this.#rows.putHold( row );
	}
}

function countersOf( { counters_json }: HoldRow ): CounterKey[] {
	return JSON.parse( counters_json ) as CounterKey[];
}
