import type { SqliteDatabase } from '../../database.ts';
import { GroupedSteps } from '../../grouped-steps.ts';
import { amountNames, type Amount, type BudgetStore, type Hold, type HoldKey, type NewHold, type Reserved } from './budget-store.ts';
import { BudgetRows, type CounterKey, type CounterRow, type HoldRow } from './sqlite-budget-rows.ts';
import { CallPurses } from './sqlite-call-purses.ts';

/**
 * In the file of the jobs. What comes in one turn of the event loop shares a transaction, each step of it whole. None waits for the disk: a
 * job's reservation gets there with the job, what a power cut takes of the rest the sweep puts right, and calls of the API would spend more
 * time on it than on anything else.
 */
export class SqliteBudgetStore implements BudgetStore {
	readonly #sql;
	readonly #rows: BudgetRows;
	readonly #steps: GroupedSteps;
	readonly #calls: CallPurses;
	#isWritePlanned = false;

	constructor( database: SqliteDatabase ) {
		this.#rows = new BudgetRows( database );
		this.#calls = new CallPurses( this.#rows );
		this.#sql = {
			open: database.prepare( 'SELECT * FROM budget_holds WHERE is_open = 1 AND created_at < :before ORDER BY created_at LIMIT :count' ),
			dropHolds: database.prepare( 'DELETE FROM budget_holds WHERE is_open = 0 AND released_at < :before' ),
			dropCounters: database.prepare( 'DELETE FROM budget_counters WHERE changed_at < :before AND reserved_requests = 0' ),
		};
		this.#steps = new GroupedSteps( {
			database,
			write: () => this.#rows.write(),
			forget: ( isCommitted ) => {
				this.#rows.forget();
				this.#calls.forget( isCommitted );
			},
		} );
	}

	async reserve( hold: NewHold ): Promise< Reserved > {
		if ( hold.kind === 'call' ) {
			return this.#calls.take( hold ) ? { kind: 'reserved' } : this.#steps.take( () => this.#calls.fill( hold ) );
		}
		return this.#steps.take( () => this.#reserveJob( hold ) );
	}

	async settle( key: HoldKey, attempt: number, { tokens, micros }: { tokens: number; micros: number } ): Promise< void > {
		if ( this.#calls.has( key ) ) {
			this.#calls.settle( key, { tokens, micros } );
			return;
		}
		await this.#steps.take( () => {
			const hold = this.#rows.hold( key );
			const settled = JSON.parse( hold?.settled_json ?? '[]' ) as number[];
			if ( hold === null || settled.includes( attempt ) ) {
				return;
			}
			// Of a hold that is still open, the request is counted when it is released.
			const isFirstOfReleased = hold.is_open === 0 && settled.length === 0;
			this.#rows.putHold( { ...hold, settled_json: JSON.stringify( [ ...settled, attempt ] ) } );
			this.#add( countersOf( hold ), { used_requests: isFirstOfReleased ? hold.requests : 0, used_tokens: tokens, used_micros: micros }, 0 );
		} );
	}

	async release( key: HoldKey, now: number ): Promise< void > {
		if ( this.#calls.has( key ) ) {
			this.#calls.release( key );
			this.#writeSoon();
			return;
		}
		await this.#steps.take( () => {
			const hold = this.#rows.hold( key );
			if ( hold?.is_open !== 1 ) {
				return;
			}
			this.#rows.putHold( { ...hold, is_open: 0, released_at: now } );
			this.#add( countersOf( hold ), {
				used_requests: hold.settled_json === '[]' ? 0 : hold.requests,
				reserved_requests: -hold.requests, reserved_tokens: -hold.tokens, reserved_micros: -hold.micros,
			}, now );
		} );
	}

	/** Writes at once what waits, and lets go what is held for calls to come. */
	flush(): void {
		void this.#steps.take( () => this.#calls.write( { isAll: true } ) ).catch( () => {} );
		this.#steps.flush();
	}

	async open( before: number, count: number ): Promise< Hold[] > {
		return ( this.#sql.open.all( { before, count } ) as HoldRow[] ).map( ( { tenant, id, kind, tokens, micros, created_at } ) => (
			{ tenant, id, kind, tokens, micros, created_at }
		) );
	}

	read( scope: string, period: string ): Promise< { used: Amount; reserved: Amount } > {
		return this.#steps.take( () => {
			this.#calls.write( { isAll: true } );
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

	#reserveJob( { counters, now, ...hold }: NewHold ): Reserved {
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
		this.#rows.putHold( { ...hold, requests: 1, counters_json: JSON.stringify( keys ), settled_json: '[]', is_open: 1, created_at: now, released_at: null } );
		this.#add( keys, { reserved_requests: 1, reserved_tokens: hold.tokens, reserved_micros: hold.micros }, now );
		return { kind: 'reserved' };
	}

	/** What calls have spent is in nobody's way: it is written with what comes next. */
	#writeSoon(): void {
		if ( ! this.#isWritePlanned ) {
			this.#isWritePlanned = true;
			this.#steps.take( () => {
				this.#isWritePlanned = false;
				this.#calls.write( { isAll: false } );
			}, { isLazy: true } ).catch( () => {
				// The next call that ends tries again.
				this.#isWritePlanned = false;
			} );
		}
	}
}

function countersOf( { counters_json }: HoldRow ): CounterKey[] {
	return JSON.parse( counters_json ) as CounterKey[];
}
