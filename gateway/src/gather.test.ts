import { describe, expect, it } from 'vitest';
import { gather } from './gather.ts';

describe( 'questions that are gathered', () => {
	const counting = ( most: number ) => {
		const groups: number[][] = [];
		return { groups, ask: gather( most, async ( items: readonly number[] ) => {
			groups.push( [ ...items ] );
			if ( items.includes( 13 ) ) {
				throw new Error( 'unlucky' );
			}
			return items.map( ( item ) => item * 2 );
		} ) };
	};

	it( 'go out together, and each gets its own answer', async () => {
		const { groups, ask } = counting( 10 );
		expect( await Promise.all( [ ask( 1 ), ask( 2 ), ask( 3 ) ] ) ).toEqual( [ 2, 4, 6 ] );
		expect( await ask( 4 ) ).toBe( 8 );
		expect( groups ).toEqual( [ [ 1, 2, 3 ], [ 4 ] ] );
	} );

	it( 'go out in several parts when they are many, and fail with their part only', async () => {
		const { groups, ask } = counting( 2 );
		const answers = await Promise.allSettled( [ ask( 1 ), ask( 2 ), ask( 13 ), ask( 4 ), ask( 5 ) ] );
		expect( answers.map( ( { status } ) => status ) ).toEqual( [ 'fulfilled', 'fulfilled', 'rejected', 'rejected', 'fulfilled' ] );
		expect( groups ).toEqual( [ [ 1, 2 ], [ 13, 4 ], [ 5 ] ] );
	} );
} );
