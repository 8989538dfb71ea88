import { existsSync, readFileSync } from 'node:fs';
import type { Counts } from './leg.ts';

type VitestReport = { success: boolean; numPassedTests: number; numFailedTests: number; numPendingTests: number; numTodoTests: number };
type PlaywrightReport = { stats: { expected: number; unexpected: number; flaky: number; skipped: number }; errors: unknown[] };

/** The counts of vitest's JSON report; a file that does not load is a failure, too. */
export function vitestCounts( file: string, exitCode: number ): Counts {
	const report = read< VitestReport >( file );
	return withExitCode( exitCode, {
		passed: report?.numPassedTests ?? 0,
		failed: report?.numFailedTests ?? 0,
		skipped: ( report?.numPendingTests ?? 0 ) + ( report?.numTodoTests ?? 0 ),
	} );
}

export function playwrightCounts( file: string, exitCode: number ): Counts {
	const stats = read< PlaywrightReport >( file )?.stats;
	return withExitCode( exitCode, {
		passed: stats?.expected ?? 0,
		failed: ( stats?.unexpected ?? 0 ) + ( stats?.flaky ?? 0 ),
		skipped: stats?.skipped ?? 0,
	} );
}

/** The counts of a JUnit report as PHPUnit writes it: the outermost suite has the totals. */
export function junitCounts( file: string, exitCode: number ): Counts {
	const suite = existsSync( file ) ? /<testsuite\b[^>]*>/.exec( readFileSync( file, 'utf8' ) )?.[ 0 ] ?? '' : '';
	const value = ( name: string ): number => Number( new RegExp( `\\b${ name }="(\\d+)"` ).exec( suite )?.[ 1 ] ?? 0 );
	const failed = value( 'failures' ) + value( 'errors' );
	return withExitCode( exitCode, { passed: value( 'tests' ) - failed - value( 'skipped' ), failed, skipped: value( 'skipped' ) } );
}

/** A runner that ends badly without a failed test (a crash, a warning that counts) has failed once; one that ran nothing, too. */
function withExitCode( exitCode: number, counts: Counts ): Counts {
	const isSilentFailure = counts.failed === 0 && ( exitCode !== 0 || counts.passed === 0 );
	return isSilentFailure ? { ...counts, failed: 1 } : counts;
}

function read< T >( file: string ): T | null {
	try {
		return JSON.parse( readFileSync( file, 'utf8' ) ) as T;
	} catch {
		return null;
	}
}
