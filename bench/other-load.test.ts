import { expect, it } from 'vitest';
import { complaintAbout, workedSeconds } from './other-load.ts';

it( 'counts what all processors have worked, and not what they have waited', () => {
	expect( workedSeconds( 'cpu  100 20 300 90000 8000 4 5 7777 0 0\ncpu0 50 10 150 45000 4000 2 2 3888 0 0\n' ) ).toBeCloseTo( 4.29 );
} );

it( 'complains of a machine on which others use more than a tenth of the processors, and not of its own work', () => {
	const before = { all: 100, own: 30, at: 7 };
	expect( complaintAbout( before, { all: 119.9, own: 48, at: 17 }, 2 ) ).toBeNull();
	expect( complaintAbout( before, { all: 119.9, own: 45.1, at: 17 }, 2 ) ).toMatch( /^Other programs use 24 % of the processors/ );
	expect( complaintAbout( before, { all: 119.9, own: 45, at: 17 }, 8 ) ).toBeNull();
} );
