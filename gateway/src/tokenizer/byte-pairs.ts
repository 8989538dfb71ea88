import { readRanks, type Ranks } from './read-ranks.ts';

/**
 * Byte pair encoding as OpenAI's tokenizers do it, as far as it takes to count. `js-tiktoken` has the ranks; its own encoder needs a second
 * of an idle process and 70 MB to be made, and milliseconds for every word of Japanese, for it looks all pairs up again after each merge.
 */
export class BytePairs {
	readonly #pattern: RegExp;
	/** By the bytes of a token, each a character. */
	readonly #ranks: ReadonlyMap< string, number >;

	private constructor( pattern: RegExp, ranks: ReadonlyMap< string, number > ) {
		this.#pattern = pattern;
		this.#ranks = ranks;
	}

	/** Reads the ranks, and lets others have their turn in between. */
	static async load( given: Ranks ): Promise< BytePairs > {
		const ranks = new Map< string, number >();
		await readRanks( given, ( bytes, rank ) => ranks.set( bytes, rank ) );
		return new BytePairs( new RegExp( given.pat_str, 'ug' ), ranks );
	}

	/** How many tokens a text has. Takes longer than linear for what the pattern does not cut: keep texts short. */
	count( text: string ): number {
		let count = 0;
		for ( const [ word ] of text.matchAll( this.#pattern ) ) {
			const bytes = Buffer.from( word, 'utf8' ).toString( 'latin1' );
			count += this.#ranks.has( bytes ) ? 1 : this.#countMerged( bytes );
		}
		return count;
	}

	/** Joins the neighbours whose joint token has the lowest rank, until no two of them make one. */
	#countMerged( bytes: string ): number {
		/** Where each part begins; the last is the end. */
		const starts = Array.from( { length: bytes.length + 1 }, ( _nothing, index ) => index );
		const rankAt = ( index: number ) => this.#ranks.get( bytes.slice( starts[ index ], starts[ index + 2 ] ) ) ?? Infinity;
		/** What each part makes with the next. */
		const ranks = Array.from( { length: bytes.length - 1 }, ( _nothing, index ) => rankAt( index ) );
		for ( ;; ) {
			let best = -1;
			let lowest = Infinity;
			for ( let index = 0; index < ranks.length; index++ ) {
				const rank = ranks[ index ] as number;
				if ( rank < lowest ) {
					lowest = rank;
					best = index;
				}
			}
			if ( best === -1 ) {
				return starts.length - 1;
			}
			starts.splice( best + 1, 1 );
			ranks.splice( best, 1 );
			if ( best < ranks.length ) {
				ranks[ best ] = rankAt( best );
			}
			if ( best > 0 ) {
				ranks[ best - 1 ] = rankAt( best - 1 );
			}
		}
	}
}
