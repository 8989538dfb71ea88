import { render } from '@testing-library/react';
import { useState } from '@wordpress/element';
import { describe, expect, it } from 'vitest';
import { useBlockRef } from './use-block-ref';

function Block( { clientId, saved, seen }: { clientId: string; saved?: string; seen: Record< string, string | null > } ) {
	const [ ref, setRef ] = useState( saved );
	seen[ clientId ] = useBlockRef( clientId, ref, setRef );
	return null;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4/;

describe( 'useBlockRef', () => {
	it( 'gives a new block a ref', () => {
		const seen: Record< string, string | null > = {};
		render( <Block clientId="a" seen={ seen } /> );
		expect( seen[ 'a' ] ).toMatch( UUID );
	} );

	it( 'keeps a saved ref', () => {
		const seen: Record< string, string | null > = {};
		render( <Block clientId="a" saved="saved-1" seen={ seen } /> );
		expect( seen[ 'a' ] ).toBe( 'saved-1' );
	} );

	it( 'gives a copy another ref, wherever it is put', () => {
		const seen: Record< string, string | null > = {};
		const original = <Block key="a" clientId="a" saved="saved-2" seen={ seen } />;
		const { rerender } = render( <>{ [ original ] }</> );
		rerender( <>{ [ <Block key="b" clientId="b" saved="saved-2" seen={ seen } />, original ] }</> );
		expect( seen[ 'a' ] ).toBe( 'saved-2' );
		expect( seen[ 'b' ] ).toMatch( UUID );
	} );

	it( 'lets a block that was cut and pasted keep its ref', () => {
		const seen: Record< string, string | null > = {};
		const { unmount } = render( <Block clientId="a" saved="saved-3" seen={ seen } /> );
		unmount();
		render( <Block clientId="b" saved="saved-3" seen={ seen } /> );
		expect( seen[ 'b' ] ).toBe( 'saved-3' );
	} );
} );
