import { createServer, type Server } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetch } from 'undici';
import { createTestSite } from '../../test/test-site.ts';
import { assertAllowedUrl, createSiteAgent, isAllowedAddress } from './site-network.ts';

describe( 'an address', () => {
	it.each( [ '93.184.216.34', '2606:2800:220:1:248:1893:25c8:1946', '::ffff:93.184.216.34' ] )( 'on the internet is allowed: %s', ( address ) => {
		expect( isAllowedAddress( address, [] ) ).toBe( true );
	} );

	it.each( [
		'127.0.0.1', '127.1.2.3', '10.0.0.1', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1', '255.255.255.255', '192.0.2.1',
		'198.18.0.1', '::1', '::', 'fe80::1', 'fc00::1', 'fd12::1', '::ffff:10.0.0.1', '::ffff:127.0.0.1', '64:ff9b::a00:1', '2002:a00:1::', 'ff02::1', '2001:db8::1', 'nonsense', '',
		'64:ff9b:1::a00:1', '64:ff9b::808:808', '::a00:1', '::ffff:0:a00:1', '::ffff:169.254.169.254', 'fec0::1', '2001::1', '2001:20::1', '3fff::1', '5f00::1', '100::1', '192.88.99.1', '240.0.0.1',
	] )( 'elsewhere is refused: %s', ( address ) => {
		expect( isAllowedAddress( address, [] ) ).toBe( false );
	} );

	it( 'in a network that the operator listed is allowed, also written as IPv6', () => {
		expect( isAllowedAddress( '10.1.2.3', [ '192.168.0.0/16', '10.0.0.0/8' ] ) ).toBe( true );
		expect( isAllowedAddress( '::ffff:10.1.2.3', [ '10.0.0.0/8' ] ) ).toBe( true );
		expect( isAllowedAddress( 'fd12::1', [ 'fd00::/8' ] ) ).toBe( true );
		expect( isAllowedAddress( '11.0.0.1', [] ) ).toBe( true );
		expect( isAllowedAddress( '127.0.0.1', [ '10.0.0.0/8', 'fd00::/8' ] ) ).toBe( false );
	} );

	it( 'in a URL is checked before anything is connected', () => {
		const { site } = createTestSite( { private_networks: [ '10.0.0.0/8' ] } );
		for ( const url of [ 'http://127.0.0.1/', 'http://2130706433/', 'http://0x7f.1/', 'http://[::1]/', 'http://[::ffff:127.0.0.1]/', 'http://169.254.169.254/latest' ] ) {
			expect( () => assertAllowedUrl( new URL( url ), site ) ).toThrow( /not allowed/ );
		}
		expect( () => assertAllowedUrl( new URL( 'http://10.0.0.1/' ), site ) ).not.toThrow();
		expect( () => assertAllowedUrl( new URL( 'https://shop.test/' ), site ) ).not.toThrow();
	} );
} );

describe( 'a connection to a site', () => {
	let server: Server;
	let port: number;

	beforeAll( async () => {
		server = createServer( ( _request, response ) => response.end( 'reached' ) );
		await new Promise< void >( ( resolve ) => server.listen( 0, '127.0.0.1', resolve ) );
		( { port } = server.address() as AddressInfo );
	} );

	afterAll( () => new Promise( ( resolve ) => {
		server.close( resolve );
		server.closeAllConnections();
	} ) );

	type All = ( error: null, found: { address: string; family: number }[] ) => void;
	const resolveTo = ( ...addresses: string[] ): LookupFunction => ( _name, _options, callback ) =>
		( callback as All )( null, addresses.map( ( address ) => ( { address, family: 4 } ) ) );

	async function reach( private_networks: string[], resolve: LookupFunction ): Promise< string > {
		const agent = createSiteAgent( createTestSite( { private_networks } ).site, resolve );
		try {
			return await ( await fetch( `http://shop.test:${ port }/`, { dispatcher: agent } ) ).text();
		} finally {
			await agent.destroy();
		}
	}

	it( 'goes to the address that the name was resolved to', async () => {
		expect( await reach( [ '127.0.0.0/8' ], resolveTo( '127.0.0.1' ) ) ).toBe( 'reached' );
	} );

	it( 'is refused when the name leads into a network that is not listed', async () => {
		await expect( reach( [], resolveTo( '127.0.0.1' ) ) ).rejects.toMatchObject( { cause: { code: 'address_refused' } } );
	} );

	it( 'goes where the name led when it was checked, and is checked again the next time', async () => {
		const answers = [ '127.0.0.1', '127.0.0.2' ];
		let asked = 0;
		const rebinding: LookupFunction = ( name, options, callback ) => resolveTo( answers[ asked++ ] ?? '' )( name, options, callback );
		const agent = createSiteAgent( createTestSite( { private_networks: [ '127.0.0.1/32' ] } ).site, rebinding );
		const get = () => fetch( `http://shop.test:${ port }/`, { dispatcher: agent, headers: { connection: 'close' } } );
		try {
			expect( await ( await get() ).text() ).toBe( 'reached' );
			expect( asked ).toBe( 1 );
			await expect( get() ).rejects.toMatchObject( { cause: { code: 'address_refused' } } );
		} finally {
			await agent.destroy();
		}
	} );

	it( 'skips refused addresses beside an allowed one', async () => {
		expect( await reach( [ '127.0.0.0/8' ], resolveTo( '10.0.0.1', '127.0.0.1' ) ) ).toBe( 'reached' );
	} );
} );
