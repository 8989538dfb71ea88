import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdLock, withLock } from './file-lock.ts';

/** Above every process id that a system gives out. */
const NO_PROCESS = 2 ** 22 + 1;
let folder: string;
beforeEach( () => {
	folder = mkdtempSync( join( tmpdir(), 'draftkeeper-lock-' ) );
} );
afterEach( () => rmSync( folder, { recursive: true } ) );

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
