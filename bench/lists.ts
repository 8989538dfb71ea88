/** `node tools/run.mjs bench/lists.ts [--rows 1000000] [--rounds 30] [--empty]`: the page of every filter of jobs and books, first and deep, in the database and over HTTP. */
import { empty, fill, rowsIn } from './lists/fill.ts';
import { Browser } from './load/browser.ts';
import { quantile } from './load/statistics.ts';
import { hasOption, numberOption, print, run } from './run.ts';
import { Stack } from './stack/stack.ts';
import type { PageTimes } from './stack/wordpress.ts';
import { table } from './table.ts';

/** Filling takes most of it. */
const LIMIT_MS = 420_000;
const MAX_RATIO = 5;
const MAX_ROWS = 1_000_000;
const MAX_HTTP_ROUNDS = 8;

type Times = { first: number[]; deep: number[] };

await run( async () => {
	const stack = await Stack.running();
	if ( hasOption( 'empty' ) ) {
		await empty( stack );
		return [];
	}
	const rows = numberOption( 'rows', MAX_ROWS, MAX_ROWS );
	const rounds = numberOption( 'rounds', 30, 200 );
	if ( Math.min( ...await rowsIn( stack ) ) < rows ) {
		await empty( stack );
		await fill( stack, rows );
	}
	const [ jobs, log ] = await rowsIn( stack );
	const { requests, ...inDatabase } = await stack.measureLists( rounds );
	const overHttp = await overTheWire( stack, requests );

	print( `${ jobs } jobs, ${ log } rows of the books, pages of 25; p95 in milliseconds, ratios to the first page without a filter.\n` );
	return [
		...report( 'jobs, in the database', inDatabase.jobs ),
		...report( 'books, in the database', inDatabase.usage ),
		...report( 'books in another order, in the database', inDatabase.sorted, inDatabase.usage, Infinity ),
		...report( 'jobs, over HTTP', overHttp( 'jobs' ) ),
		...report( 'books, over HTTP', overHttp( 'usage' ) ),
		...report( 'books in another order, over HTTP', overHttp( 'sorted' ), overHttp( 'usage' ) ),
	];
}, LIMIT_MS );

/** One at a time, as an administrator pages. */
async function overTheWire( stack: Stack, requests: Record< string, [ string, string ][] > ): Promise< ( list: string ) => PageTimes > {
	const browser = new Browser( stack.state.wpUrl, await stack.openSession( 'admin' ) );
	const times: Record< string, Times > = Object.fromEntries( Object.keys( requests ).map( ( name ) => [ name, { first: [], deep: [] } ] ) );
	const timed = async ( path: string ): Promise< number > => {
		const begin = performance.now();
		const { status, text } = await browser.send( { method: 'GET', path: `draftkeeper/v1/${ path }` } );
		if ( status !== 200 ) {
			throw new Error( `${ path } was answered with ${ status }: ${ text.slice( 0, 300 ) }` );
		}
		return performance.now() - begin;
	};
	try {
		// Every child of php-fpm compiles the program first.
		for ( const [ [ first ] = [] ] of Object.values( requests ) ) {
			await timed( first ?? 'jobs' );
		}
		for ( let round = 0; round < MAX_HTTP_ROUNDS; round++ ) {
			for ( const [ name, pages ] of Object.entries( requests ) ) {
				const [ first, deep ] = pages[ round ] ?? [];
				if ( first !== undefined && deep !== undefined ) {
					times[ name ]?.first.push( await timed( first ) );
					times[ name ]?.deep.push( await timed( deep ) );
				}
			}
		}
	} finally {
		await browser.close();
	}
	return ( list ) => Object.fromEntries( Object.entries( times ).filter( ( [ name ] ) => name.startsWith( `${ list }, ` ) ).map( ( [ name, values ] ) => [ name.slice( list.length + 2 ), values ] ) );
}

/** In another order than that of time everything that the filter leaves is read, which is bounded: there the time over HTTP counts. */
function report( title: string, times: PageTimes, against = times, maxRatio = MAX_RATIO ): string[] {
	const reference = p95( against.all?.first ?? [] );
	const lines = Object.entries( times ).flatMap( ( [ name, pages ] ) => ( [ 'first', 'deep' ] as const ).map( ( page ) => ( { name, page, median: quantile( pages[ page ], 0.5 ), p95: p95( pages[ page ] ) } ) ) );
	print( `${ table( [ title, 'page', 'median', 'p95', 'ratio' ], lines.map( ( line ) => [ line.name, line.page, line.median.toFixed( 2 ), line.p95.toFixed( 2 ), ( line.p95 / reference ).toFixed( 1 ) ] ) ) }\n` );
	return lines.filter( ( line ) => line.p95 / reference > maxRatio ).map( ( line ) => `${ title }: ${ line.name }, ${ line.page } page: ${ ( line.p95 / reference ).toFixed( 1 ) } times the first page; ${ maxRatio } was due at most.` );
}

function p95( values: readonly number[] ): number {
	return quantile( values, 0.95 );
}
