import examples from '../../contract/examples/bootstrap.json';
import { registerBlockType } from '@wordpress/blocks';
import { beforeEach, describe, expect, it, vi } from 'vitest';

vi.mock( '@wordpress/blocks', async ( original ) => ( { ...await original< object >(), registerBlockType: vi.fn() } ) );

/** What the block is registered with on a site in this state. */
async function registered( state: string ): Promise< { supports: { inserter: boolean; html: boolean }; transforms: { from: unknown[]; to: unknown[] } } > {
	window.draftkeeper = { ...examples.valid[ 0 ]!.value, state };
	await import( './index' );
	return vi.mocked( registerBlockType ).mock.lastCall![ 1 ] as never;
}

describe( 'the block', () => {
	beforeEach( () => {
		vi.resetModules();
	} );

	it( 'is offered where something can be generated, or could be with a gateway', async () => {
		for ( const state of [ 'ready', 'not_connected' ] ) {
			vi.resetModules();
			expect( ( await registered( state ) ).supports ).toMatchObject( { inserter: true, html: false } );
		}
	} );

	it( 'is offered no more where AI is switched off, and can still be taken apart', async () => {
		const { supports, transforms } = await registered( 'ai_disabled' );
		expect( supports.inserter ).toBe( false );
		expect( transforms.from ).toEqual( [] );
		expect( transforms.to ).toHaveLength( 1 );
	} );
} );
