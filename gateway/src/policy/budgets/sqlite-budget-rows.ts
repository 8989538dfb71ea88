import type { SqliteDatabase } from '../../database.ts';
import type { Counter, Hold, HoldKey } from './budget-store.ts';

export type CounterKey = Pick< Counter, 'scope' | 'period' >;
export type CounterRow = {
	used_requests: number; used_tokens: number; used_micros: number; reserved_requests: number; reserved_tokens: number; reserved_micros: number;
};
/** `requests`: one of a job, as many as there are of calls. */
export type HoldRow = Hold & { requests: number; counters_json: string; settled_json: string; is_open: number; released_at: number | null };

/** `row`: as it will be; null where nobody has asked. */
type CounterChange = CounterKey & { row: CounterRow | null; added: CounterRow; changed_at: number; isChanged: boolean };

const columns = [ 'used_requests', 'used_tokens', 'used_micros', 'reserved_requests', 'reserved_tokens', 'reserved_micros' ] as const;
const empty: CounterRow = { used_requests: 0, used_tokens: 0, used_micros: 0, reserved_requests: 0, reserved_tokens: 0, reserved_micros: 0 };

/** The rows that one transaction needs: each is read at most once and written once, however many calls it is changed for. */
export class BudgetRows {
	readonly #sql;
	readonly #counters = new Map< string, CounterChange >();
	readonly #holds = new Map< string, { row: HoldRow; isNew: boolean } | null >();
	readonly #changedHolds = new Set< string >();

	constructor( database: SqliteDatabase ) {
		const hold = 'WHERE tenant = ? AND id = ?';
		this.#sql = {
			counter: database.prepare( `SELECT ${ columns.join( ', ' ) } FROM budget_counters WHERE scope = ? AND period = ?` ),
			addToCounter: database.prepare( `
				INSERT INTO budget_counters ( scope, period, ${ columns.join( ', ' ) }, changed_at ) VALUES ( ?, ?, ${ columns.map( () => '?' ).join( ', ' ) }, ? )
				ON CONFLICT ( scope, period ) DO UPDATE SET ${ columns.map( ( name ) => `${ name } = ${ name } + excluded.${ name }` ).join( ', ' ) },
					changed_at = MAX( changed_at, excluded.changed_at )` ),
			hold: database.prepare( `SELECT * FROM budget_holds ${ hold }` ),
			insertHold: database.prepare( `
				INSERT INTO budget_holds ( tenant, id, kind, requests, tokens, micros, counters_json, settled_json, is_open, created_at, released_at )
				VALUES ( ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? )` ),
			updateHold: database.prepare( `
				UPDATE budget_holds SET requests = ?, tokens = ?, micros = ?, counters_json = ?, settled_json = ?, is_open = ?, created_at = ?, released_at = ? ${ hold }` ),
			dropHold: database.prepare( `DELETE FROM budget_holds ${ hold }` ),
		};
	}

	counter( key: CounterKey ): CounterRow {
		const counter = this.#changeOf( key );
		if ( counter.row === null ) {
			const stored = ( this.#sql.counter.get( key.scope, key.period ) as CounterRow | undefined ) ?? empty;
			counter.row = sum( stored, counter.added );
		}
		return counter.row;
	}

	add( key: CounterKey, more: Partial< CounterRow >, now: number ): void {
		const counter = this.#changeOf( key );
		counter.added = sum( counter.added, more );
		counter.row = counter.row === null ? null : sum( counter.row, more );
		counter.changed_at = Math.max( counter.changed_at, now );
		counter.isChanged = true;
	}

	hold( { tenant, id }: HoldKey ): HoldRow | null {
		const name = nameOf( tenant, id );
		let known = this.#holds.get( name );
		if ( known === undefined ) {
			const row = this.#sql.hold.get( tenant, id ) as HoldRow | undefined;
			known = row === undefined ? null : { row, isNew: false };
			this.#holds.set( name, known );
		}
		return known?.row ?? null;
	}

	/** Sees to it that the hold is written as it is then. `isNew`: it is known not to be there. */
	putHold( row: HoldRow, isNew = false ): void {
		const name = nameOf( row.tenant, row.id );
		const known = this.#holds.get( name );
		this.#holds.set( name, { row, isNew: isNew || known === null || known?.isNew === true } );
		this.#changedHolds.add( name );
	}

	write(): void {
		for ( const { scope, period, added, changed_at, isChanged } of this.#counters.values() ) {
			if ( isChanged ) {
				this.#sql.addToCounter.run(
					scope, period, added.used_requests, added.used_tokens, added.used_micros,
					added.reserved_requests, added.reserved_tokens, added.reserved_micros, changed_at
				);
			}
		}
		for ( const name of this.#changedHolds ) {
			const hold = this.#holds.get( name );
			if ( hold ) {
				this.#writeHold( hold );
			}
		}
	}

	forget(): void {
		this.#counters.clear();
		this.#holds.clear();
		this.#changedHolds.clear();
	}

	#writeHold( { row, isNew }: { row: HoldRow; isNew: boolean } ): void {
		const { tenant, id, kind, requests, tokens, micros, counters_json, settled_json, is_open, created_at, released_at } = row;
		// A call that has ended is asked about by nobody; a job may be offered again, and a late attempt of it may end.
		if ( kind === 'call' && is_open === 0 ) {
			if ( ! isNew ) {
				this.#sql.dropHold.run( tenant, id );
			}
		} else if ( isNew ) {
			this.#sql.insertHold.run( tenant, id, kind, requests, tokens, micros, counters_json, settled_json, is_open, created_at, released_at );
		} else {
			this.#sql.updateHold.run( requests, tokens, micros, counters_json, settled_json, is_open, created_at, released_at, tenant, id );
		}
	}

	#changeOf( { scope, period }: CounterKey ): CounterChange {
		const name = nameOf( scope, period );
		let counter = this.#counters.get( name );
		if ( counter === undefined ) {
			counter = { scope, period, row: null, added: empty, changed_at: 0, isChanged: false };
			this.#counters.set( name, counter );
		}
		return counter;
	}
}

const nameOf = ( one: string, other: string ): string => `${ one } ${ other }`;

function sum( one: CounterRow, more: Partial< CounterRow > ): CounterRow {
	return {
		used_requests: one.used_requests + ( more.used_requests ?? 0 ),
		used_tokens: one.used_tokens + ( more.used_tokens ?? 0 ),
		used_micros: one.used_micros + ( more.used_micros ?? 0 ),
		reserved_requests: one.reserved_requests + ( more.reserved_requests ?? 0 ),
		reserved_tokens: one.reserved_tokens + ( more.reserved_tokens ?? 0 ),
		reserved_micros: one.reserved_micros + ( more.reserved_micros ?? 0 ),
	};
}
