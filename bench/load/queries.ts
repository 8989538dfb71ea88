import { existsSync, readFileSync, rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { State } from '../stack/state.ts';
import { countsFolder } from '../stack/wordpress.ts';
import type { Browser, Call } from './browser.ts';

const TIMEOUT_MS = 10_000;
const POLL_MS = 20;

/** The queries of one request: until its answer, and in all, work after the answer included. */
export type QueryReport = { before_plugins: number; until_answer: number; in_all: number; queries: { sql: string; caller: string }[] };

export async function countQueries( state: State, browser: Browser, call: Call ): Promise< QueryReport > {
	const name = randomUUID();
	const file = join( countsFolder( state ), `${ name }.json` );
	await browser.send( { ...call, headers: { ...call.headers, 'x-bench-count': name } } );
	const deadline = Date.now() + TIMEOUT_MS;
	while ( ! existsSync( file ) ) {
		if ( Date.now() > deadline ) {
			throw new Error( `No count of queries came for ${ call.path }.` );
		}
		await wait( POLL_MS );
	}
	const report = JSON.parse( readFileSync( file, 'utf8' ) ) as QueryReport;
	rmSync( file );
	return report;
}

const SHOWN_CHARACTERS = 150;

/** Each query on a line, with the function that made it. */
export const describeQueries = ( { queries }: QueryReport ): string => queries
	.map( ( { sql, caller }, index ) => `${ String( index + 1 ).padStart( 4 ) }  ${ sql.replaceAll( /\s+/g, ' ' ).trim().slice( 0, SHOWN_CHARACTERS ) }\n        ${ caller.split( ', ' ).at( -1 ) ?? '' }` )
	.join( '\n' );
