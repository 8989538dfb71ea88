import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { useTabStops } from './use-tab-stops';

function Block() {
	return (
		<div data-block="outer" data-testid="block" tabIndex={ -1 } ref={ useTabStops() }>
			<p data-block="inner" data-testid="inner" tabIndex={ 0 }>The text that is to be replaced</p>
			<h3 data-testid="heading" tabIndex={ -1 }>Suggestion</h3>
			<div hidden><input aria-label="Folded away" /></div>
			<input aria-label="Name" />
			<a href="#limits">Your limits</a>
			<div role="textbox" aria-label="Text" contentEditable suppressContentEditableWarning tabIndex={ 0 } />
			<button>Generate</button>
		</div>
	);
}

function name(): string | null {
	const focused = document.querySelector( ':focus' );
	return focused?.getAttribute( 'aria-label' ) ?? focused?.textContent ?? null;
}

describe( 'useTabStops', () => {
	let taken: number;

	/** The editor around it: it takes every Tab that it hears out of the block. */
	beforeEach( () => {
		taken = 0;
		const { container } = render( <Block /> );
		container.addEventListener( 'keydown', ( event ) => {
			if ( event.key === 'Tab' ) {
				taken++;
				event.preventDefault();
			}
		} );
	} );

	it( 'goes through links and text as it does through fields and buttons, and leaves the end to the editor', async () => {
		const user = userEvent.setup();
		screen.getByTestId( 'block' ).focus();
		const way: ( string | null )[] = [];
		for ( let step = 0; step < 4; step++ ) {
			await user.tab();
			way.push( name() );
		}
		expect( way ).toEqual( [ 'Name', 'Your limits', 'Text', 'Generate' ] );
		expect( taken ).toBe( 0 );
		await user.tab();
		expect( taken ).toBe( 1 );
	} );

	it( 'goes back the same way, and leaves the way out to the editor', async () => {
		const user = userEvent.setup();
		screen.getByRole( 'button' ).focus();
		await user.tab( { shift: true } );
		await user.tab( { shift: true } );
		await user.tab( { shift: true } );
		expect( name() ).toBe( 'Name' );
		expect( taken ).toBe( 0 );
		await user.tab( { shift: true } );
		expect( taken ).toBe( 1 );
	} );

	it( 'goes on from a heading that was given the focus', async () => {
		screen.getByTestId( 'heading' ).focus();
		await userEvent.setup().tab();
		expect( name() ).toBe( 'Name' );
	} );

	it( 'leaves the blocks inside to the editor', async () => {
		screen.getByTestId( 'inner' ).focus();
		await userEvent.setup().tab();
		expect( taken ).toBe( 1 );
	} );
} );
