import { readRanks } from './read-ranks.ts';

let loading: Promise< ReadonlyMap< number, string > > | null = null;

/** Loads the tokens of cl100k_base, those of all of OpenAI's embedding models, when the first client sends some. */
function load(): Promise< ReadonlyMap< number, string > > {
	loading ??= import( 'js-tiktoken/ranks/cl100k_base' ).then( async ( { default: ranks } ) => {
		const tokens = new Map< number, string >();
		await readRanks( ranks, ( bytes, rank ) => tokens.set( rank, bytes ) );
		return tokens;
	} );
	return loading;
}

/** The text that a client has cut into tokens of cl100k_base by itself; null where one of them is none. */
export async function tokensToText( tokens: readonly number[] ): Promise< string | null > {
	const known = await load();
	const bytes = tokens.map( ( token ) => known.get( token ) );
	return bytes.includes( undefined ) ? null : Buffer.from( bytes.join( '' ), 'latin1' ).toString( 'utf8' );
}
