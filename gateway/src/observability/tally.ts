import type { Metric, Registry } from 'prom-client';

type Label = string | number;
type Labels = Record< string, Label >;
type Place< Own > = { own: Own | null; next: Map< Label, Place< Own > > };
/** A line of the figures. */
type Line = { metricName?: string; labels: Labels; value: number };

type Kind< Own > = { type: 'counter' | 'histogram'; begin: () => Own; tell: ( own: Own, labels: Labels ) => Line[] };

/**
 * Counts for prom-client, which writes them down. Its own counters join all labels to a key, and check their names, each time that they
 * count; here that is one look-up a label.
 */
export class Tally< Own > {
	readonly type;
	readonly aggregator = 'sum';
	readonly #kind: Kind< Own >;
	readonly #all: { own: Own; labels: Labels }[] = [];
	readonly #first: Place< Own > = { own: null, next: new Map() };

	constructor( readonly name: string, readonly help: string, readonly labelNames: readonly string[], kind: Kind< Own > ) {
		this.type = kind.type;
		this.#kind = kind;
		if ( labelNames.length === 0 ) {
			this.of();
		}
	}

	registerIn( registry: Registry ): this {
		registry.registerMetric( this as unknown as Metric );
		return this;
	}

	/** What is counted under these labels, which come in the order of their names. */
	of( ...values: readonly Label[] ): Own {
		let place = this.#first;
		for ( const value of values ) {
			let next = place.next.get( value );
			if ( next === undefined ) {
				next = { own: null, next: new Map() };
				place.next.set( value, next );
			}
			place = next;
		}
		return ( place.own ??= this.#begin( values ) );
	}

	/** What prom-client asks every figure for. */
	async get() {
		const { name, help, type, aggregator } = this;
		return { name, help, type, aggregator, values: this.#all.flatMap( ( { own, labels } ) => this.#kind.tell( own, labels ) ) };
	}

	#begin( values: readonly Label[] ): Own {
		const own = this.#kind.begin();
		this.#all.push( { own, labels: Object.fromEntries( this.labelNames.map( ( label, index ) => [ label, values[ index ] as Label ] ) ) } );
		return own;
	}
}

export const counter = ( name: string, help: string, labelNames: readonly string[] ) => new Tally( name, help, labelNames, {
	type: 'counter', begin: () => ( { value: 0 } ), tell: ( { value }, labels ) => [ { labels, value } ],
} );

/** `bounds` are the most that its buckets take, the smallest first. */
export const histogram = ( name: string, help: string, labelNames: readonly string[], bounds: readonly number[] ) => new Tally( name, help, labelNames, {
	type: 'histogram',
	begin: () => new Spread( bounds ),
	tell( { sum, count, counts }, labels ) {
		let upTo = 0;
		const bucket = ( le: Label, value: number ): Line => ( { metricName: `${ name }_bucket`, labels: { le, ...labels }, value } );
		return [
			...bounds.map( ( bound, index ) => bucket( bound, ( upTo += counts[ index ] ?? 0 ) ) ),
			bucket( '+Inf', count ),
			{ metricName: `${ name }_sum`, labels, value: sum },
			{ metricName: `${ name }_count`, labels, value: count },
		];
	},
} );

class Spread {
	sum = 0;
	count = 0;
	/** By bucket; what is above the last is only counted. */
	readonly counts: number[];

	constructor( readonly bounds: readonly number[] ) {
		this.counts = bounds.map( () => 0 );
	}

	observe( value: number ): void {
		this.sum += value;
		this.count++;
		const index = this.bounds.findIndex( ( bound ) => value <= bound );
		if ( index !== -1 ) {
			this.counts[ index ] = ( this.counts[ index ] ?? 0 ) + 1;
		}
	}
}
