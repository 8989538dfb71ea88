import AdmZip from 'adm-zip';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlainError } from '../plain-error.ts';
import { copyFollowingLinks, rebaseAbsoluteLinks } from './links.ts';
import { treeFromRelease } from './release.ts';
import { serves, wordPressVersions } from './versions.ts';
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

	it( 'may be newer where the newest is meant, never where the oldest is', () => {
		expect( serves( wordPressVersions[ '7.1' ], '7.10.1' ) ).toBe( true );
		expect( serves( wordPressVersions[ '7.1' ], '7.0.9' ) ).toBe( false );
		expect( serves( wordPressVersions[ '6.8' ], '6.8.12' ) ).toBe( true );
		expect( serves( wordPressVersions[ '6.8' ], '6.9' ) ).toBe( false );
	} );
} );

describe( 'a release from the network', () => {
	let server: Server;
	let answers: Map< string, Buffer >;
	beforeEach( async () => {
		answers = new Map();
		server = createServer( ( request, response ) => {
			const body = answers.get( request.url ?? '' );
			response.writeHead( body === undefined ? 404 : 200 ).end( body );
		} );
		await new Promise< void >( ( done ) => server.listen( 0, '127.0.0.1', done ) );
	} );
	afterEach( () => server.close() );

	const address = (): string => `http://127.0.0.1:${ ( server.address() as AddressInfo ).port }`;
	function publish( hash?: string ): void {
		const zip = new AdmZip();
		zip.addFile( 'wordpress/wp-load.php', Buffer.from( '<?php' ) );
		zip.addFile( 'wordpress/wp-includes/version.php', Buffer.from( '<?php\n$wp_version = \'7.1.4\';' ) );
		const bytes = zip.toBuffer();
		answers.set( '/wordpress-7.1.4.zip', bytes );
		answers.set( '/wordpress-7.1.4.zip.sha1', Buffer.from( hash ?? createHash( 'sha1' ).update( bytes ).digest( 'hex' ) ) );
	}

	it( 'is unpacked when its hash is the published one', async () => {
		publish();
		await treeFromRelease( wordPressVersions[ '7.1' ], folder, address() );
		expect( versionOf( folder ) ).toBe( '7.1.4' );
	} );

	it( 'is refused when its hash is another one', async () => {
		publish( '0'.repeat( 40 ) );
		await expect( treeFromRelease( wordPressVersions[ '7.1' ], folder, address() ) ).rejects.toThrow( 'is not what was published' );
	} );

	it( 'that is not there is told with its address', async () => {
		await expect( treeFromRelease( wordPressVersions[ '7.1' ], folder, address() ) ).rejects.toThrow( '/wordpress-7.1.4.zip answered 404.' );
	} );

	it( 'cannot be had without a network, which is told in one sentence', async () => {
		const gone = address();
		server.close();
		await expect( treeFromRelease( wordPressVersions[ '7.1' ], folder, gone ) ).rejects.toThrow( 'wordpress.org cannot be reached from here.' );
	} );
} );

describe( 'a tree with links', () => {
	it( 'is copied with what they point to, inside the unpacked system', () => {
		const system = join( folder, 'system' );
		mkdirSync( join( system, 'usr/share/library' ), { recursive: true } );
		mkdirSync( join( system, 'usr/share/wordpress' ) );
		writeFileSync( join( system, 'usr/share/library/file.php' ), 'library' );
		symlinkSync( '/usr/share/library', join( system, 'usr/share/wordpress/absolute' ) );
		symlinkSync( '../library/file.php', join( system, 'usr/share/wordpress/relative.php' ) );
		symlinkSync( '/nowhere', join( system, 'usr/share/wordpress/dangling' ) );
		rebaseAbsoluteLinks( system );
		const copy = join( folder, 'copy' );
		copyFollowingLinks( join( system, 'usr/share/wordpress' ), copy );
		expect( readFileSync( join( copy, 'absolute/file.php' ), 'utf8' ) ).toBe( 'library' );
		expect( readFileSync( join( copy, 'relative.php' ), 'utf8' ) ).toBe( 'library' );
		expect( existsSync( join( copy, 'dangling' ) ) ).toBe( false );
	} );
} );
