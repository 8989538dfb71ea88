import { describe, expect, it } from 'vitest';
import { ANSWER_RETENTION_MS, CLAIM_MS, MAX_ANSWER_LENGTH, type AnswerStore, type NamedRequest } from './answer-store.ts';

const NOW = Date.parse( '2026-03-01T09:30:00Z' );
const request: NamedRequest = { tenant: 'shop:1', owner: 'k1', name: 'one', body_hash: 'h' };

/** What every `AnswerStore` does. `pass` lets time pass in the store; `open` answers two views of it, as two processes have them. */
export function describeAnswerStore( open: () => [ AnswerStore, AnswerStore ], pass: ( milliseconds: number ) => Promise< void > = async () => {} ): void {
	describe( 'a store of answers', () => {
		it( 'lets one of fifty claims begin', async () => {
			const stores = open();
			const claims = await Promise.all( Array.from( { length: 50 }, ( _nothing, index ) => stores[ index % 2 ]!.claim( request, NOW ) ) );
			expect( claims.filter( ( { kind } ) => kind === 'begun' ) ).toHaveLength( 1 );
			expect( claims.filter( ( { kind } ) => kind === 'in_progress' ) ).toHaveLength( 49 );
		} );

		it( 'answers again what was answered, for a day, and then begins anew', async () => {
			const [ one, two ] = open();
			await one.claim( request, NOW );
			await one.finish( request, '{"a":"Größe 🪑"}', NOW );
			expect( await two.claim( request, NOW + ANSWER_RETENTION_MS - 1 ) ).toEqual( { kind: 'answered', answer_json: '{"a":"Größe 🪑"}' } );
			await pass( ANSWER_RETENTION_MS );
			expect( await two.claim( request, NOW + ANSWER_RETENTION_MS ) ).toEqual( { kind: 'begun' } );
		} );

		it( 'knows another request under the same name, and the same name of others', async () => {
			const [ store ] = open();
			await store.claim( request, NOW );
			expect( await store.claim( { ...request, body_hash: 'other' }, NOW ) ).toEqual( { kind: 'other_request' } );
			for ( const other of [ { tenant: 'shop:2' }, { owner: 'k2' }, { name: 'two' } ] ) {
				expect( await store.claim( { ...request, ...other }, NOW ) ).toEqual( { kind: 'begun' } );
			}
		} );

		it( 'frees a name without an answer, or with one that is too long to keep', async () => {
			const [ store ] = open();
			for ( const answer of [ null, 'x'.repeat( MAX_ANSWER_LENGTH + 1 ) ] ) {
				expect( await store.claim( request, NOW ) ).toEqual( { kind: 'begun' } );
				await store.finish( request, answer, NOW );
			}
			expect( await store.claim( request, NOW ) ).toEqual( { kind: 'begun' } );
		} );

		it( 'takes a request that a dead process had begun, in time', async () => {
			const [ one, two ] = open();
			await one.claim( request, NOW );
			expect( await two.claim( request, NOW + CLAIM_MS - 1 ) ).toEqual( { kind: 'in_progress' } );
			await pass( CLAIM_MS );
			expect( await two.claim( request, NOW + CLAIM_MS ) ).toEqual( { kind: 'begun' } );
			await two.purge( NOW + 2 * CLAIM_MS );
			await pass( CLAIM_MS );
			expect( await one.claim( request, NOW + 2 * CLAIM_MS ) ).toEqual( { kind: 'begun' } );
		} );
	} );
}
