/** `node tools/run.mjs bench/races.ts [--rounds 2]`: many requests at the same moment that must have one outcome. */
import { Browser } from './load/browser.ts';
import { cancelAgainstResult, reviewOnce } from './races/end-once.ts';
import { sameInput, sameKey, sameKeyOtherBody } from './races/create-once.ts';
import type { RaceResult } from './races/race.ts';
import { numberOption, print, run } from './run.ts';
import { Stack } from './stack/stack.ts';
import { table } from './table.ts';

const CONNECTIONS = 50;
const races = [ sameKey, sameInput, sameKeyOtherBody, cancelAgainstResult, reviewOnce ];

await run( async () => {
	const rounds = numberOption( 'rounds', 2, 10 );
	const stack = await Stack.running();
	const session = await stack.openSession();
	const browsers = Array.from( { length: CONNECTIONS }, () => new Browser( stack.state.wpUrl, session ) );
	const results: RaceResult[] = [];
	try {
		for ( let round = 0; round < rounds; round++ ) {
			for ( const race of races ) {
				results.push( await race( stack, browsers ) );
			}
		}
	} finally {
		await Promise.all( browsers.map( ( browser ) => browser.close() ) );
	}
	print( table( [ 'race', 'tries', 'held', 'outcome' ], results.map( ( { name, tries, outcome, broken } ) => [ name, String( tries ), broken.length === 0 ? 'yes' : 'NO', outcome ] ) ) );
	return results.flatMap( ( { name, broken } ) => broken.map( ( line ) => `${ name }: ${ line }` ) );
} );
