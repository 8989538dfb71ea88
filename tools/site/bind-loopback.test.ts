import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { bindLoopback } from './bind-loopback.ts';
import { LOOPBACK } from './ports.ts';

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
