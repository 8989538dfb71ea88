import { chownSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase } from './database.ts';

const SERVICE = 54_321;

it( 'belongs to whom its folder belongs, also where a command of root was first', { skip: process.getuid?.() !== 0 }, ( { onTestFinished } ) => {
	const folder = mkdtempSync( join( tmpdir(), 'draftkeeper-owner-' ) );
	onTestFinished( () => rmSync( folder, { recursive: true } ) );
	chownSync( folder, SERVICE, SERVICE );
	const database = openDatabase( join( folder, 'gateway.sqlite' ) );
	database.exec( 'CREATE TABLE anything ( x )' );
	const files = [ '', '-wal', '-shm' ].map( ( end ) => statSync( join( folder, `gateway.sqlite${ end }` ) ) );
	database.close();
	expect( files.map( ( { uid, gid } ) => [ uid, gid ] ) ).toEqual( [ [ SERVICE, SERVICE ], [ SERVICE, SERVICE ], [ SERVICE, SERVICE ] ] );
	expect( files.map( ( { mode } ) => mode & 0o077 ) ).toEqual( [ 0, 0, 0 ] );
} );
