import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UsedTokens } from './used-tokens.ts';

export type OpenUsedTokens = ( beganAt: number ) => Promise< { usedTokens: UsedTokens; close: () => Promise< void > } >;

const NOW = 1_772_357_400;

/** What a memory of used tokens is. Every engine runs this. */
export function describeUsedTokens( engine: string, open: OpenUsedTokens ): void {
	describe( `used tokens in ${ engine }`, () => {
		let opened: Awaited< ReturnType< OpenUsedTokens > >;
		const use = ( jti: string, tenant = 'shop:1', iat = NOW ) => opened.usedTokens.use( { tenant, jti, iat, forget_at: NOW + 70, now: NOW } );

		beforeEach( async () => {
			opened = await open( NOW - 100 );
		} );

		afterEach( () => opened.close() );

		it( 'are let in once, of fifty at the same time too', async () => {
			const answers = await Promise.all( Array.from( { length: 50 }, () => use( 'one' ) ) );
			expect( answers.filter( ( answer ) => answer === 'first' ) ).toHaveLength( 1 );
			expect( answers.filter( ( answer ) => answer === 'again' ) ).toHaveLength( 49 );
		} );

		it( 'of one site say nothing about those of another', async () => {
			expect( [ await use( 'one' ), await use( 'two' ), await use( 'one', 'shop:2' ), await use( 'one', 'shop:2' ) ] ).toEqual( [ 'first', 'first', 'first', 'again' ] );
		} );

		it( 'are let in where the clock has been set back since the memory began, but for those of before that', async () => {
			const back = NOW - 3_600;
			const useAt = ( jti: string, iat: number, now: number ) => opened.usedTokens.use( { tenant: 'shop:1', jti, iat, forget_at: iat + 70, now } );
			expect( await useAt( 'one', back, back ) ).toBe( 'too_old' );
			expect( await useAt( 'two', back + 1, back + 1 ) ).toBe( 'first' );
			expect( await useAt( 'two', back + 1, back + 2 ) ).toBe( 'again' );
		} );

		it( 'from before the memory began are refused, used or not', async () => {
			expect( await use( 'old', 'shop:1', NOW - 100 ) ).toBe( 'too_old' );
			expect( await use( 'old', 'shop:1', NOW - 99 ) ).toBe( 'first' );
		} );
	} );
}
