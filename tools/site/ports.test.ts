import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePort, LOOPBACK } from './ports.ts';

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
