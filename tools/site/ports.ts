import { createServer } from 'node:net';
import { PlainError } from '../plain-error.ts';

export const LOOPBACK = '127.0.0.1';
const LAST_PORT = 65_535;

/** A port asked for by its number must be free; `preferred` gives way to any free one. */
export async function freePort( what: string, choice: { asked?: string | undefined; preferred?: number | undefined } ): Promise< number > {
	if ( choice.asked !== undefined && choice.asked !== '' ) {
		const asked = Number( choice.asked );
		if ( ! Number.isInteger( asked ) || asked < 1 || asked > LAST_PORT ) {
			throw new PlainError( `The port for ${ what } must be a number from 1 to ${ LAST_PORT }; "${ choice.asked }" is none.` );
		}
		if ( ( await claim( asked ) ) === null ) {
			throw new PlainError( `Port ${ asked }, asked for ${ what }, is taken by another program: stop that one or choose another port.` );
		}
		return asked;
	}
	const port = ( choice.preferred === undefined ? null : await claim( choice.preferred ) ) ?? ( await claim( 0 ) );
	if ( port === null ) {
		throw new PlainError( `No free port was found for ${ what }.` );
	}
	return port;
}

/** Listens for a moment; the port it got, or null when it is taken. */
function claim( port: number ): Promise< number | null > {
	return new Promise( ( done ) => {
		const server = createServer();
		server.once( 'error', () => done( null ) );
		server.listen( port, LOOPBACK, () => {
			const address = server.address();
			const got = typeof address === 'object' && address !== null ? address.port : null;
			server.close( () => done( got ) );
		} );
	} );
}
