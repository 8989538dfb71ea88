import { connect } from 'node:net';

export type SignedOffer = { url: string; body: string; headers: Readonly< Record< string, string > > };

/** The bytes of a request, made before the clock runs: what it costs the site to ask is none of the gateway's business. */
export function toBytes( { url, body, headers }: SignedOffer ): Buffer {
	const { host, pathname } = new URL( url );
	const lines = Object.entries( { host, ...headers, 'content-length': String( Buffer.byteLength( body ) ) } ).map( ( [ name, value ] ) => `${ name }: ${ value }` );
	return Buffer.from( [ `POST ${ pathname } HTTP/1.1`, ...lines, '', body ].join( '\r\n' ) );
}

/** Sends every request over so many connections, one at a time on each; throws at the first answer that is not 202. */
export async function sendAll( port: number, requests: Buffer[], connections: number ): Promise< void > {
	let next = 0;
	await Promise.all( Array.from( { length: connections }, () => new Promise< void >( ( resolve, reject ) => {
		const socket = connect( port, '127.0.0.1' ).setNoDelay( true );
		const send = () => {
			const request = requests[ next++ ];
			if ( request === undefined ) {
				socket.destroy();
				resolve();
			} else {
				socket.write( request );
			}
		};
		socket.on( 'connect', send );
		socket.on( 'error', reject );
		// An answer is a few hundred bytes and comes in one piece.
		socket.on( 'data', ( answer ) => ( answer.toString( 'latin1', 0, 12 ) === 'HTTP/1.1 202' ? send() : reject( new Error( answer.toString() ) ) ) );
	} ) ) );
}
