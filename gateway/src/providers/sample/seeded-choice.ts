import { createHash } from 'node:crypto';

/** Picks from lists: always the same way for one seed, another way for another. */
export class SeededChoice {
	#state: number;

	constructor( seed: string ) {
		this.#state = createHash( 'sha256' ).update( seed ).digest().readUInt32LE( 0 );
	}

	pick< T >( options: readonly [ T, ...T[] ] ): T {
		return options[ Math.floor( this.#next() * options.length ) ] ?? options[ 0 ];
	}

	shuffle< T >( items: readonly T[] ): T[] {
		return items
			.map( ( item ) => ( { item, rank: this.#next() } ) )
			.sort( ( a, b ) => a.rank - b.rank )
			.map( ( { item } ) => item );
	}

	/** The mulberry32 generator: 0 ≤ x < 1. */
	#next(): number {
		this.#state = ( this.#state + 0x6d2b79f5 ) | 0;
		let mixed = Math.imul( this.#state ^ ( this.#state >>> 15 ), 1 | this.#state );
		mixed = ( mixed + Math.imul( mixed ^ ( mixed >>> 7 ), 61 | mixed ) ) ^ mixed;
		return ( ( mixed ^ ( mixed >>> 14 ) ) >>> 0 ) / 4294967296;
	}
}
