import { createBlock, registerBlockType, serialize } from '@wordpress/blocks';
import { beforeAll, describe, expect, it } from 'vitest';
import { isTextBlock, replacedClientIds } from './insert-draft';

beforeAll( () => {
	for ( const name of [ 'core/paragraph', 'core/image', 'draftkeeper/product-description' ] ) {
		registerBlockType( name, {
			apiVersion: 3, title: name, category: 'text',
			attributes: { content: { type: 'string' } },
			save: ( { attributes }: { attributes: { content?: string } } ) => attributes.content ?? null,
		} as never );
	}
} );

const paragraph = ( content: string ) => createBlock( 'core/paragraph', { content } );

describe( 'replacedClientIds', () => {
	const before = () => paragraph( 'Before.' );

	it( 'is the block alone, or with the text around it, first what comes first', () => {
		const siblings = [ before(), createBlock( 'core/image', { content: 'x' } ), createBlock( 'draftkeeper/product-description' ), paragraph( 'After.' ), paragraph( ' ' ) ];
		const own = siblings[ 2 ]!.clientId;
		expect( replacedClientIds( own, siblings, 'here' ) ).toEqual( [ own ] );
		expect( replacedClientIds( own, siblings, 'instead' ) ).toEqual( [ siblings[ 0 ]!.clientId, own, siblings[ 3 ]!.clientId ] );
	} );
} );

it( 'isTextBlock needs words', () => {
	expect( serialize( paragraph( 'x' ) ) ).toContain( 'x' );
	expect( isTextBlock( paragraph( 'Words.' ) ) ).toBe( true );
	expect( isTextBlock( paragraph( '&nbsp; ' ) ) ).toBe( false );
	expect( isTextBlock( createBlock( 'core/image', { content: 'x' } ) ) ).toBe( false );
} );
