import { act, renderHook } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { usePages } from './use-pages';

describe( 'usePages', () => {
	it( 'leads on by cursors, back the same way, and to the first page', () => {
		const { result } = renderHook( () => usePages( { status: 'failed' } ) );
		act( () => result.current.toNext( 'a' ) );
		act( () => result.current.toNext( 'b' ) );
		expect( result.current ).toMatchObject( { cursor: 'b', number: 3 } );
		act( () => result.current.toPrevious() );
		expect( result.current ).toMatchObject( { cursor: 'a', number: 2 } );
		act( () => result.current.toNext( 'b' ) );
		act( () => result.current.toFirst() );
		expect( result.current ).toMatchObject( { cursor: null, number: 1 } );
	} );

	it( 'begins anew when something else is asked for, however that came about', () => {
		const { result, rerender } = renderHook( ( asked ) => usePages( asked ), { initialProps: { status: 'failed' } } );
		act( () => result.current.toNext( 'a' ) );
		rerender( { status: 'succeeded' } );
		expect( result.current ).toMatchObject( { cursor: null, number: 1 } );
		act( () => result.current.toNext( 'c' ) );
		expect( result.current ).toMatchObject( { cursor: 'c', number: 2 } );
	} );
} );
