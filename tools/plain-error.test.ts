import { describe, expect, it } from 'vitest';
import { PlainError, sentenceFor } from './plain-error.ts';

describe( 'an error is told', () => {
	it( 'as its sentence when a person can act on it, and with its stack when not', () => {
		expect( sentenceFor( new PlainError( 'Do this.' ) ) ).toBe( 'Do this.' );
		expect( sentenceFor( new Error( 'broken' ) ) ).toContain( 'plain-error.test.ts' );
	} );

	it( 'as a full disk when it is one', () => {
		expect( sentenceFor( Object.assign( new Error( 'write' ), { code: 'ENOSPC' } ) ) ).toContain( 'The disk is full' );
	} );
} );
