import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { junitCounts, playwrightCounts, vitestCounts } from './counts.ts';

let folder: string;
beforeEach( () => {
	folder = mkdtempSync( join( tmpdir(), 'draftkeeper-counts-' ) );
} );
afterEach( () => rmSync( folder, { recursive: true } ) );
function report( text: string ): string {
	const file = join( folder, 'report' );
	writeFileSync( file, text );
	return file;
}

describe( 'the counts of a suite', () => {
	it( 'are read from vitest', () => {
		const file = report( JSON.stringify( { success: false, numPassedTests: 3, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 } ) );
		expect( vitestCounts( file, 1 ) ).toEqual( { passed: 3, failed: 1, skipped: 3 } );
	} );

	it( 'are read from Playwright, where a flaky test has failed', () => {
		const file = report( JSON.stringify( { stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 2 } } ) );
		expect( playwrightCounts( file, 1 ) ).toEqual( { passed: 5, failed: 2, skipped: 2 } );
	} );

	it( 'are read from PHPUnit\'s outermost suite', () => {
		const file = report( '<testsuites><testsuite name="a" tests="9" assertions="30" errors="1" failures="2" skipped="1" time="1.2"><testsuite name="b" tests="4" failures="0"/></testsuite></testsuites>' );
		expect( junitCounts( file, 1 ) ).toEqual( { passed: 5, failed: 3, skipped: 1 } );
	} );

	it( 'hold one failure when the runner failed without a failed test', () => {
		const file = report( JSON.stringify( { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 } ) );
		expect( vitestCounts( file, 1 ) ).toEqual( { passed: 3, failed: 1, skipped: 0 } );
	} );

	it( 'hold one failure when nothing ran', () => {
		expect( vitestCounts( join( folder, 'gone' ), 0 ) ).toEqual( { passed: 0, failed: 1, skipped: 0 } );
		expect( junitCounts( join( folder, 'gone' ), 0 ).failed ).toBe( 1 );
		expect( playwrightCounts( join( folder, 'gone' ), 0 ).failed ).toBe( 1 );
	} );
} );
