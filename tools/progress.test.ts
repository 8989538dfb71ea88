import { describe, expect, it } from 'vitest';
import { Progress } from './progress.ts';

describe( 'progress', () => {
	const clock = (): ( () => number ) => {
		let now = 0;
		return () => ( now += 1500 );
	};

	it( 'prints one line per step where there is no terminal', async () => {
		let text = '';
		const progress = new Progress( { write: ( part ) => ( text += part ) }, clock() );
		await progress.step( 'Work', ( note ) => note( 'a detail' ) );
		expect( text ).toBe( '✓ Work (1.5 s)\n' );
	} );

	it( 'rewrites its line on a terminal and says what failed', async () => {
		let text = '';
		const progress = new Progress( { isTTY: true, write: ( part ) => ( text += part ) }, clock() );
		await expect( progress.step( 'Work', () => Promise.reject( new Error( 'no' ) ) ) ).rejects.toThrow( 'no' );
		expect( text ).toBe( '\r\u001B[2K… Work (1.5 s)\r\u001B[2K✗ Work (3.0 s)\n' );
	} );
} );
