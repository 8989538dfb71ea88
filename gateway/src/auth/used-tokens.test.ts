import { describe, expect, it } from 'vitest';
import { describeUsedTokens } from './used-tokens.conformance.ts';
import { MemoryUsedTokens } from './used-tokens.ts';

describeUsedTokens( 'memory', async ( beganAt ) => ( { usedTokens: new MemoryUsedTokens( beganAt ), close: async () => {} } ) );

describe( 'used tokens in memory', () => {
	it( 'are forgotten once nobody can use them any more', async () => {
		const used = new MemoryUsedTokens( 0 );
		const use = ( jti: string, forget_at: number, now: number ) => used.use( { tenant: 'shop:1', jti, iat: 1, forget_at, now } );
		await use( 'a', 100, 30 );
		await use( 'b', 200, 40 );
		await use( 'c', 300, 150 );
		expect( used.size ).toBe( 2 );
	} );
} );
