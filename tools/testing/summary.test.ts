import { describe, expect, it } from 'vitest';
import { couldNotRun, summaryOf } from './summary.ts';

describe( 'the summary', () => {
	it( 'has a line per suite and ends with the total alone', () => {
		const lines = summaryOf( [
			{ title: 'One', passed: 3, failed: 0, skipped: 1, seconds: 1.25 },
			{ title: 'Another', passed: 2, failed: 1, skipped: 0, seconds: 10 },
			couldNotRun( 'Third', 'Install it.', 0, false ),
		] );
		expect( lines ).toEqual( [
			'✓ One      3 passed, 0 failed, 1 skipped, 1.3 s',
			'✗ Another  2 passed, 1 failed, 0 skipped, 10.0 s',
			'- Third    0 passed, 0 failed, 1 skipped, 0.0 s',
			'',
			'5 passed, 1 failed, 2 skipped',
		] );
	} );

	it( 'counts what could not run as failed where everything must run', () => {
		expect( couldNotRun( 'Third', 'Install it.', 0, true ) ).toMatchObject( { passed: 0, failed: 1, skipped: 0 } );
	} );
} );
