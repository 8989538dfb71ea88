import { setImmediate } from 'node:timers/promises';

/** As `js-tiktoken/ranks/…` has them: lines of an ignored word, the first rank, and tokens in base64. */
export type Ranks = { pat_str: string; bpe_ranks: string };

/** Between two breaths: a few milliseconds. */
const TOKENS_AT_ONCE = 4_000;

/** Tells every token, its bytes as characters, and its rank; lets others have their turn in between. */
export async function readRanks( { bpe_ranks }: Ranks, take: ( bytes: string, rank: number ) => void ): Promise< void > {
	for ( const line of bpe_ranks.split( '\n' ) ) {
		const [ , first = '', ...tokens ] = line.split( ' ' );
		for ( let start = 0; start < tokens.length; start += TOKENS_AT_ONCE ) {
			tokens.slice( start, start + TOKENS_AT_ONCE ).forEach( ( token, index ) => {
				take( Buffer.from( token, 'base64' ).toString( 'latin1' ), Number( first ) + start + index );
			} );
			await setImmediate();
		}
	}
}
