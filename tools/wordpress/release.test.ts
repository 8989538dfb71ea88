import AdmZip from 'adm-zip';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { treeFromRelease } from './release.ts';
import { wordPressVersions } from './versions.ts';
import { versionOf } from './wordpress.ts';

let folder: string;
beforeEach( () => {
	folder = mkdtempSync( join( tmpdir(), 'draftkeeper tree ' ) );
} );
afterEach( () => rmSync( folder, { recursive: true } ) );

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
