import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bindLoopback } from './bind-loopback.ts';
import { mayOpenBrowser } from './browser.ts';
import { gatewayConfig } from './gateway-config.ts';
import { keysIn, makeKeys } from './keys.ts';
import { freePort, LOOPBACK } from './ports.ts';
import { phpString } from './setup-php.ts';

describe( 'a site\'s keys', () => {
	let folder: string;
	beforeEach( () => {
		folder = mkdtempSync( join( tmpdir(), 'draftkeeper-keys-' ) );
	} );
	afterEach( () => rmSync( folder, { recursive: true } ) );

	it( 'are a P-256 pair and a Standard Webhooks secret', () => {
		const keys = makeKeys();
		const signature = sign( 'sha256', Buffer.from( 'text' ), createPrivateKey( keys.private_key ) );
		expect( verify( 'sha256', Buffer.from( 'text' ), createPublicKey( keys.public_key ), signature ) ).toBe( true );
		expect( createPublicKey( keys.public_key ).asymmetricKeyDetails?.namedCurve ).toBe( 'prime256v1' );
		expect( Buffer.from( keys.webhook_secret.replace( 'whsec_', '' ), 'base64' ) ).toHaveLength( 32 );
	} );

	it( 'stay the same from run to run, and only their owner can read them', () => {
		const file = join( folder, 'new', 'keys.json' );
		expect( keysIn( file ) ).toEqual( keysIn( file ) );
		if ( process.platform !== 'win32' ) {
			expect( statSync( file ).mode & 0o077 ).toBe( 0 );
		}
	} );

	it( 'reach the gateway\'s configuration without the private one', () => {
		const keys = makeKeys();
		const config = gatewayConfig( { keys, wpUrl: 'http://127.0.0.1:1', upstream: null, defaultModel: 'sample' } );
		expect( config.sites[ 0 ]?.keys ).toEqual( [ { kid: keys.key_id, public_key: keys.public_key } ] );
		expect( JSON.stringify( config ) ).not.toContain( keys.webhook_secret );
		expect( JSON.stringify( config ) ).not.toContain( 'PRIVATE KEY' );
	} );
} );

describe( 'ports', () => {
	it( 'asked for and taken are told in one sentence', async () => {
		const server = createServer();
		await new Promise< void >( ( done ) => server.listen( 0, LOOPBACK, done ) );
		const { port } = server.address() as AddressInfo;
		try {
			await expect( freePort( 'WordPress', { asked: String( port ) } ) ).rejects.toThrow( `Port ${ port }, asked for WordPress, is taken` );
			expect( await freePort( 'WordPress', { preferred: port } ) ).not.toBe( port );
		} finally {
			server.close();
		}
	} );

	it.each( [ 'eighty', '0', '65536', '1.5' ] )( 'that are none are refused: %s', async ( asked ) => {
		await expect( freePort( 'WordPress', { asked } ) ).rejects.toThrow( 'must be a number from 1 to 65535' );
	} );
} );

describe( 'a server started while loopback is bound', () => {
	it( 'listens on loopback only, and later ones are free again', async () => {
		const listen = ( server: ReturnType< typeof createServer > ): Promise< string > =>
			new Promise( ( done ) => server.listen( 0, () => done( ( server.address() as AddressInfo ).address ) ) );
		const [ inside, outside ] = [ createServer(), createServer() ];
		const restore = bindLoopback();
		const during = await listen( inside );
		restore();
		const after = await listen( outside );
		inside.close();
		outside.close();
		expect( during ).toBe( LOOPBACK );
		expect( after ).not.toBe( LOOPBACK );
	} );
} );

describe( 'small decisions', () => {
	it( 'opens a browser only for a person', () => {
		expect( mayOpenBrowser( {}, true ) ).toBe( true );
		expect( mayOpenBrowser( {}, false ) ).toBe( false );
		expect( mayOpenBrowser( { CI: 'true' }, true ) ).toBe( false );
		expect( mayOpenBrowser( { DRAFTKEEPER_NO_BROWSER: '1' }, true ) ).toBe( false );
	} );

	it( 'quotes text for PHP', () => {
		expect( phpString( 'it\'s a \\ $x' ) ).toBe( '\'it\\\'s a \\\\ $x\'' );
	} );
} );
