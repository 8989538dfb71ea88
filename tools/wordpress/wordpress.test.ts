import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlainError } from '../plain-error.ts';
import { type TreeSource, versionOf, wordPress } from './wordpress.ts';

let folder: string;
beforeEach( () => {
	folder = mkdtempSync( join( tmpdir(), 'draftkeeper tree ' ) );
} );
afterEach( () => rmSync( folder, { recursive: true } ) );

function plant( at: string, version: string ): void {
	mkdirSync( join( at, 'wp-includes' ), { recursive: true } );
	writeFileSync( join( at, 'wp-load.php' ), '<?php' );
	writeFileSync( join( at, 'wp-includes', 'version.php' ), `<?php\n$wp_version = '${ version }';\n` );
}
const giving = ( version: string ): TreeSource => async ( _wanted, at ) => plant( at, version );
const failing = ( reason: string ): TreeSource => async () => {
	throw new PlainError( reason );
};

describe( 'a WordPress tree', () => {
	it( 'is got once and found in the cache afterwards', async () => {
		const got = await wordPress( '7.1', undefined, [ giving( '7.1.4' ) ], folder );
		const again = await wordPress( '7.1', undefined, [ failing( 'must not be asked' ) ], folder );
		expect( again ).toEqual( got );
		expect( versionOf( got.path ) ).toBe( '7.1.4' );
	} );

	it( 'comes from the next source when the first one fails, and says so', async () => {
		const notes: string[] = [];
		const got = await wordPress( '7.1', ( text ) => notes.push( text ), [ failing( 'No network.' ), giving( '7.1.4' ) ], folder );
		expect( got.version ).toBe( '7.1.4' );
		expect( notes ).toEqual( [ 'No network.' ] );
	} );

	it( 'that no source has is told with every reason and a way out, and leaves nothing half done', async () => {
		const tried = wordPress( '6.8', undefined, [ failing( 'No network.' ), failing( 'No apt.' ) ], folder );
		await expect( tried ).rejects.toThrow( /WordPress 6\.8 could not be got\. No network\. No apt\. .*unpack WordPress 6\.8\.12 into/ );
		expect( readdirSync( join( folder, 'wordpress' ) ) ).toEqual( [] );
	} );

	it( 'of another version is not taken', async () => {
		await expect( wordPress( '6.8', undefined, [ giving( '7.1.4' ) ], folder ) ).rejects.toThrow( 'it gave WordPress 7.1.4' );
	} );

	it( 'is got by one of two callers at the same time', async () => {
		let asked = 0;
		const slow: TreeSource = async ( wanted, at ) => {
			asked += 1;
			await giving( '7.1.4' )( wanted, at );
		};
		await Promise.all( [ wordPress( '7.1', undefined, [ slow ], folder ), wordPress( '7.1', undefined, [ slow ], folder ) ] );
		expect( asked ).toBe( 1 );
	} );
} );
