import { connect } from 'node:net';

export type SignedOffer = { url: string; body: string; headers: Readonly< Record< string, string > > };

/** The bytes of a request, made before the clock runs: what it costs the site to ask is none of the gateway's business. */
export function toBytes( { url, body, headers }: SignedOffer ): Buffer {
	const { host, pathname } = new URL( url );
	const lines = Object.entries( { host, ...headers, 'content-length': String( Buffer.byteLength( body ) ) } ).map( ( [ name, value ] ) => `${ name }: ${ value }` );
	return Buffer.from( [ `POST ${ pathname } HTTP/1.1`, ...lines, '', body ].join( '\r\n' ) );
}

/** Sends every request over so many connections, one at a time on each; throws at the first answer in which not all of `jobs` are accepted. */
export async function sendAll( port: number, requests: Buffer[], connections: number, jobs: number ): Promise< void > {
	let next = 0;
	await Promise.all( Array.from( { length: connections }, () => new Promise< void >( ( resolve, reject ) => {
		const socket = connect( port, '127.0.0.1' ).setNoDelay( true ).setEncoding( 'latin1' );
		let answer = '';
		const send = () => {
			const request = requests[ next++ ];
			answer = '';
			if ( request === undefined ) {
				socket.destroy();
				resolve();
			} else {
				socket.write( request );
			}
		};
		socket.on( 'connect', send );
		socket.on( 'error', reject );
		socket.on( 'data', ( piece ) => {
			answer += piece;
			if ( isWhole( answer ) && accepted( answer ) === jobs ) {
				send();
			} else if ( isWhole( answer ) ) {
				reject( new Error( answer ) );
			}
		} );
	} ) ) );
}

function isWhole( answer: string ): boolean {
	const body = answer.indexOf( '\r\n\r\n' ) + 4;
	const length = Number( /content-length: (\d+)/i.exec( answer.slice( 0, body ) )?.[ 1 ] ?? NaN );
	return body > 4 && answer.length >= body + length;
}

/** One job is answered by the status, several by a status for each. */
function accepted( answer: string ): number {
	return answer.startsWith( 'HTTP/1.1 202' ) ? 1 : answer.split( '"status":202' ).length - 1;
}
