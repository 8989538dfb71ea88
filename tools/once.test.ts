import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdLock, withLock } from './file-lock.ts';
import { PlainError, sentenceFor } from './plain-error.ts';
import { Progress } from './progress.ts';
import { hashOf, onceFor } from './stamp.ts';

const NO_PROCESS = 2 ** 22 + 1;
let folder: string;
beforeEach( () => {
	folder = mkdtempSync( join( tmpdir(), 'draftkeeper-once-' ) );
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

describe( 'a lock', () => {
	it( 'lets one at a time in', async () => {
		const order: string[] = [];
		const work = ( name: string ) => async (): Promise< void > => {
			order.push( `${ name } in` );
			await Promise.resolve();
			order.push( `${ name } out` );
		};
		await Promise.all( [ withLock( join( folder, 'lock' ), work( 'a' ) ), withLock( join( folder, 'lock' ), work( 'b' ) ) ] );
		expect( order ).toEqual( [ 'a in', 'a out', 'b in', 'b out' ] );
	} );

	it( 'whose holder is gone is taken over', async () => {
		writeFileSync( join( folder, 'lock' ), String( NO_PROCESS ) );
		expect( await withLock( join( folder, 'lock' ), async () => readFileSync( join( folder, 'lock' ), 'utf8' ) ) ).toBe( String( process.pid ) );
	} );

	it( 'that is held for too long is told with its file', async () => {
		writeFileSync( join( folder, 'lock' ), String( process.pid ) );
		await expect( withLock( join( folder, 'lock' ), async () => {}, -1 ) ).rejects.toThrow( join( folder, 'lock' ) );
	} );

	it( 'that is held for long refuses others at once, names its holder, and is free after it let go', () => {
		const file = join( folder, 'held' );
		const letGo = holdLock( file, 'The site runs' );
		expect( () => holdLock( file, 'The site runs' ) ).toThrow( `The site runs already (process ${ process.pid })` );
		letGo();
		holdLock( file, 'The site runs' )();
		writeFileSync( file, String( NO_PROCESS ) );
		holdLock( file, 'The site runs' )();
	} );
} );

describe( 'an error is told', () => {
	it( 'as its sentence when a person can act on it, and with its stack when not', () => {
		expect( sentenceFor( new PlainError( 'Do this.' ) ) ).toBe( 'Do this.' );
		expect( sentenceFor( new Error( 'broken' ) ) ).toContain( 'once.test.ts' );
	} );

	it( 'as a full disk when it is one', () => {
		expect( sentenceFor( Object.assign( new Error( 'write' ), { code: 'ENOSPC' } ) ) ).toContain( 'The disk is full' );
	} );
} );

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
