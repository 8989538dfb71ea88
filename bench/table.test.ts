import { expect, it } from 'vitest';
import { table } from './table.ts';

it( 'puts numbers to the right and words to the left', () => {
	expect( table( [ 'name', 'count' ], [ [ 'a', '5' ], [ 'longer', '10' ] ] ) ).toBe( 'name    count\n──────  ─────\na           5\nlonger     10' );
} );
