import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashOf, onceFor } from './stamp.ts';

let folder: string;
beforeEach( () => {
	folder = mkdtempSync( join( tmpdir(), 'draftkeeper-stamp-' ) );
} );
afterEach( () => rmSync( folder, { recursive: true } ) );

describe( 'work with a stamp', () => {
	const count = ( inputs: string, outputs: string[] = [] ): Promise< boolean > => onceFor( 'thing', inputs, outputs, async () => {}, folder );

	it( 'is done once per state of its inputs', async () => {
		expect( [ await count( 'a' ), await count( 'a' ), await count( 'b' ), await count( 'b' ) ] ).toEqual( [ true, false, true, false ] );
	} );

	it( 'is done again when its output is gone', async () => {
		await count( 'a' );
		expect( await count( 'a', [ 'no-such-output' ] ) ).toBe( true );
	} );

	it( 'is done again after it failed', async () => {
		await expect( onceFor( 'thing', 'a', [], () => Promise.reject( new Error( 'no' ) ), folder ) ).rejects.toThrow( 'no' );
		expect( await count( 'a' ) ).toBe( true );
	} );

	it( 'sees a change in a file\'s content and in its name', () => {
		writeFileSync( join( folder, 'one' ), 'text' );
		const first = hashOf( [ '.' ], folder );
		writeFileSync( join( folder, 'one' ), 'other' );
		const second = hashOf( [ '.' ], folder );
		rmSync( join( folder, 'one' ) );
		writeFileSync( join( folder, 'two' ), 'other' );
		expect( new Set( [ first, second, hashOf( [ '.' ], folder ) ] ).size ).toBe( 3 );
	} );
} );
