import { randomUUID } from 'node:crypto';
import { amountNames, type Amount, type Counter, type HoldKey, type NewHold, type Reserved } from './budget-store.ts';
import type { BudgetRows, CounterKey } from './sqlite-budget-rows.ts';

type Sums = {
	/** Reserved in the counters. */
	held: Amount;
	/** Of that, with calls that are under way. */
	out: Amount;
	/** By calls that have ended, and not in the counters yet. */
	spent: Amount;
};

/** What this process holds of some counters for its calls: one hold, however many they are. */
type Purse = HoldKey & Sums & { name: string; keys: readonly CounterKey[]; /** When a call last took from it. */ created_at: number };
type OpenCall = { purse: Purse; most: Amount; spent: Amount };

/** Held beside what is asked for, in calls like it: so many cost the file nothing. */
const SPARE_CALLS = 64;
/** No more than this part of what is left: other processes have to find room, too. */
const SPARE_PART = 1 / 64;

const nothing: Amount = { requests: 0, tokens: 0, micros: 0 };

/** Holds budgets for many calls of the API at a time. `fill`, `write` and `forget` belong to a transaction of the rows. */
export class CallPurses {
	readonly #rows: BudgetRows;
	/** By the counters that they hold of, bounds included. */
	readonly #purses = new Map< string, Purse >();
	readonly #calls = new Map< string, OpenCall >();
	/** What a transaction that fails has to leave behind. */
	readonly #before = new Map< Purse, Sums >();
	#opened: string[] = [];

	constructor( rows: BudgetRows ) {
		this.#rows = rows;
	}

	has( { id }: HoldKey ): boolean {
		return this.#calls.has( id );
	}

	/** Takes from what is held already, if that is enough. */
	take( hold: NewHold ): boolean {
		const purse = this.#purses.get( nameOf( hold ) );
		const most = mostOf( hold );
		if ( purse === undefined || ! isAtMost( most, minus( minus( purse.held, purse.spent ), purse.out ) ) ) {
			return false;
		}
		// Else the sweep would take it for that of a process that has died.
		purse.created_at = Math.max( purse.created_at, hold.now );
		this.#open( purse, hold.id, most );
		return true;
	}

	/** Holds more, where there is room, and takes from it. */
	fill( hold: NewHold ): Reserved {
		const most = mostOf( hold );
		let purse = this.#purseOf( hold );
		if ( ! this.take( hold ) ) {
			let room = this.#roomFor( purse, most, hold.counters );
			if ( 'kind' in room ) {
				// What this process holds and does not use may be all that is missing.
				this.write( { isAll: true } );
				purse = this.#purseOf( hold );
				room = this.#roomFor( purse, most, hold.counters );
			}
			if ( 'kind' in room ) {
				return room;
			}
			const { out } = purse;
			const left = room;
			purse.created_at = Math.max( purse.created_at, hold.now );
			this.#purses.set( purse.name, purse );
			this.#put( purse, each( ( of ) => out[ of ] + most[ of ] + Math.min( SPARE_CALLS * most[ of ], Math.floor( left[ of ] * SPARE_PART ) ) ) );
			this.#open( purse, hold.id, most );
		}
		this.#opened.push( hold.id );
		return { kind: 'reserved' };
	}

	settle( { id }: HoldKey, { tokens, micros }: { tokens: number; micros: number } ): void {
		const call = this.#calls.get( id );
		if ( call !== undefined ) {
			call.spent = { requests: 1, tokens: call.spent.tokens + tokens, micros: call.spent.micros + micros };
		}
	}

	release( { id }: HoldKey ): void {
		const call = this.#calls.get( id );
		if ( call !== undefined ) {
			const { purse, most, spent } = call;
			this.#calls.delete( id );
			purse.out = minus( purse.out, most );
			purse.spent = plus( purse.spent, spent );
		}
	}

	/** Brings what was spent into the counters, and lets go what is held for nobody; with `isAll` also what is held for calls to come. */
	write( { isAll }: { isAll: boolean } ): void {
		for ( const purse of this.#purses.values() ) {
			this.#remember( purse );
			const isIdle = purse.out.requests === 0;
			this.#put( purse, isAll || isIdle ? purse.out : each( ( of ) => Math.max( purse.out[ of ], purse.held[ of ] - purse.spent[ of ] ) ) );
			if ( isIdle ) {
				this.#purses.delete( purse.name );
			}
		}
	}

	/** Ends a transaction. */
	forget( isCommitted: boolean ): void {
		if ( ! isCommitted ) {
			this.#before.forEach( ( sums, purse ) => {
				Object.assign( purse, sums );
				this.#purses.set( purse.name, purse );
			} );
			this.#opened.forEach( ( id ) => this.#calls.delete( id ) );
		}
		this.#before.clear();
		this.#opened = [];
	}

	/** What is left of every counter beside this purse and one call more; or that there is nothing. */
	#roomFor( purse: Purse, most: Amount, counters: readonly Counter[] ): Amount | Extract< Reserved, { kind: 'exhausted' } > {
		const left = { requests: Infinity, tokens: Infinity, micros: Infinity };
		for ( const counter of counters ) {
			const row = this.#rows.counter( counter );
			for ( const name of amountNames ) {
				const others = row[ `used_${ name }` ] + row[ `reserved_${ name }` ] - purse.held[ name ] + purse.spent[ name ];
				const room = ( counter.bounds[ name ] ?? Infinity ) - others - purse.out[ name ] - most[ name ];
				if ( room < 0 ) {
					return { kind: 'exhausted', counter, what: name };
				}
				left[ name ] = Math.min( left[ name ], room );
			}
		}
		return left;
	}

	#put( purse: Purse, held: Amount ): void {
		const { tenant, id, keys, spent, created_at } = purse;
		const isOpen = held.requests > 0;
		for ( const key of keys ) {
			this.#rows.add( key, {
				used_requests: spent.requests,
				used_tokens: spent.tokens,
				used_micros: spent.micros,
				reserved_requests: held.requests - purse.held.requests,
				reserved_tokens: held.tokens - purse.held.tokens,
				reserved_micros: held.micros - purse.held.micros,
			}, created_at );
		}
		this.#rows.putHold( {
			tenant, id, kind: 'call', requests: held.requests, tokens: held.tokens, micros: held.micros, counters_json: JSON.stringify( keys ), settled_json: '[]',
			is_open: isOpen ? 1 : 0, created_at, released_at: isOpen ? null : created_at,
		}, purse.held === nothing );
		purse.held = isOpen ? held : nothing;
		purse.spent = nothing;
	}

	#purseOf( hold: NewHold ): Purse {
		const purse = this.#purses.get( nameOf( hold ) ) ?? newPurse( hold );
		this.#remember( purse );
		return purse;
	}

	#open( purse: Purse, id: string, most: Amount ): void {
		purse.out = plus( purse.out, most );
		this.#calls.set( id, { purse, most, spent: nothing } );
	}

	#remember( purse: Purse ): void {
		if ( ! this.#before.has( purse ) ) {
			const { held, out, spent } = purse;
			this.#before.set( purse, { held, out, spent } );
		}
	}
}

const each = ( amount: ( name: keyof Amount ) => number ): Amount => ( { requests: amount( 'requests' ), tokens: amount( 'tokens' ), micros: amount( 'micros' ) } );

// Written out: these run for each call.
const plus = ( one: Amount, other: Amount ): Amount => (
	{ requests: one.requests + other.requests, tokens: one.tokens + other.tokens, micros: one.micros + other.micros }
);
const minus = ( one: Amount, other: Amount ): Amount => (
	{ requests: one.requests - other.requests, tokens: one.tokens - other.tokens, micros: one.micros - other.micros }
);
const isAtMost = ( one: Amount, other: Amount ): boolean => one.requests <= other.requests && one.tokens <= other.tokens && one.micros <= other.micros;

const mostOf = ( { tokens, micros }: NewHold ): Amount => ( { requests: 1, tokens, micros } );

const nameOf = ( { tenant, counters }: NewHold ): string => JSON.stringify( [ tenant, counters ] );

function newPurse( hold: NewHold ): Purse {
	const keys = hold.counters.map( ( { scope, period } ) => ( { scope, period } ) );
	return { name: nameOf( hold ), tenant: hold.tenant, id: randomUUID(), keys, held: nothing, out: nothing, spent: nothing, created_at: 0 };
}
