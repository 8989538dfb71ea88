import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOOPBACK } from '../../tools/site/ports.ts';
import { Link } from './link.ts';

describe( 'a wire between two programs', () => {
	let echo: Server;
	let link: Link;
	const open: Socket[] = [];

	beforeEach( async () => {
		echo = createServer( ( socket ) => void socket.on( 'error', () => {} ).pipe( socket ) );
		await new Promise< void >( ( done ) => echo.listen( 0, LOOPBACK, () => done() ) );
		link = await Link.open( 0, ( echo.address() as AddressInfo ).port );
	} );

	afterEach( async () => {
		open.splice( 0 ).forEach( ( socket ) => socket.destroy() );
		await link.close();
		await new Promise( ( done ) => echo.close( done ) );
	} );

	async function caller(): Promise< Socket > {
		const socket = connect( link.port, LOOPBACK );
		socket.on( 'error', () => {} );
		open.push( socket );
		await once( socket, 'connect' );
		return socket;
	}

	async function echoed( socket: Socket, text: string ): Promise< string > {
		const answer = once( socket, 'data' );
		socket.write( text );
		return String( ( await answer )[ 0 ] );
	}

	it( 'carries what is said both ways', async () => {
		expect( await echoed( await caller(), 'hello' ) ).toBe( 'hello' );
	} );

	it( 'hangs or breaks when it is cut, and what hung goes on when it is mended', async () => {
		const callers = [ await caller(), await caller() ];
		for ( const socket of callers ) {
			await echoed( socket, 'before' );
		}
		const broken = new Promise< Socket >( ( done ) => callers.forEach( ( socket ) => socket.once( 'close', () => done( socket ) ) ) );
		link.cut();
		expect( await broken ).toBe( callers[ 1 ] );
		const hung = callers[ 0 ] as Socket;
		const answer = once( hung, 'data' );
		hung.write( 'during' );
		link.mend();
		expect( String( ( await answer )[ 0 ] ) ).toBe( 'during' );
	} );

	it( 'lets new connections wait or refuses them while it is cut', async () => {
		link.cut();
		const waiting = await caller();
		const answer = once( waiting, 'data' );
		waiting.write( 'later' );
		await new Promise( ( done ) => connect( link.port, LOOPBACK ).on( 'error', () => {} ).once( 'close', done ) );
		link.mend();
		expect( String( ( await answer )[ 0 ] ) ).toBe( 'later' );
	} );
} );
