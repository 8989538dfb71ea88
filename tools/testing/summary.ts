import type { Counts } from './leg.ts';

export type Finished = Counts & { title: string; seconds: number; reason?: string };

/** A leg that could not run counts as one skipped test, or as one failed where everything must run. */
export function couldNotRun( title: string, reason: string, seconds: number, mustRunAll: boolean ): Finished {
	return { title, seconds, reason, passed: 0, failed: mustRunAll ? 1 : 0, skipped: mustRunAll ? 0 : 1 };
}

export function totalOf( legs: readonly Counts[] ): Counts {
	const sum = ( key: keyof Counts ): number => legs.reduce( ( total, leg ) => total + leg[ key ], 0 );
	return { passed: sum( 'passed' ), failed: sum( 'failed' ), skipped: sum( 'skipped' ) };
}

/** One line per suite, then the total alone on the last line. */
export function summaryOf( legs: readonly Finished[] ): string[] {
	const width = Math.max( 0, ...legs.map( ( { title } ) => title.length ) );
	return [
		...legs.map( ( leg ) => `${ markOf( leg ) } ${ leg.title.padEnd( width ) }  ${ countsLine( leg ) }, ${ leg.seconds.toFixed( 1 ) } s` ),
		'',
		countsLine( totalOf( legs ) ),
	];
}

function markOf( leg: Counts ): string {
	if ( leg.failed > 0 ) {
		return '✗';
	}
	return leg.passed === 0 ? '-' : '✓';
}

const countsLine = ( { passed, failed, skipped }: Counts ): string => `${ passed } passed, ${ failed } failed, ${ skipped } skipped`;
