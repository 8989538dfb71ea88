import type { Answer, Browser, Call } from '../load/browser.ts';

/** One race: what was tried, what came of it, and what should not have. */
export type RaceResult = { name: string; tries: number; outcome: string; broken: string[] };

/** All at the same moment, each on a connection of its own. */
export function atOnce( browsers: readonly Browser[], calls: readonly Call[] ): Promise< Answer[] > {
	return Promise.all( calls.map( ( call, index ) => {
		const browser = browsers[ index % browsers.length ];
		if ( browser === undefined ) {
			throw new Error( 'A race needs browsers.' );
		}
		return browser.send( call );
	} ) );
}

/** `1 × 201, 49 × 200`. */
export function describeStatuses( answers: readonly Answer[] ): string {
	const counts = new Map< number, number >();
	for ( const { status } of answers ) {
		counts.set( status, ( counts.get( status ) ?? 0 ) + 1 );
	}
	return [ ...counts ].sort( ( [ a ], [ b ] ) => b - a ).map( ( [ status, count ] ) => `${ count } × ${ status }` ).join( ', ' );
}

export const countOf = ( answers: readonly Answer[], status: number ): number => answers.filter( ( answer ) => answer.status === status ).length;

export const codeOf = ( { text }: Answer ): string => ( JSON.parse( text ) as { code?: string } ).code ?? '';
