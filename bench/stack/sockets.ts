import { connect, type NetConnectOpts } from 'node:net';

const TIMEOUT_MS = 1_000;

/** Whether somebody accepts connections there. */
export function accepts( target: NetConnectOpts ): Promise< boolean > {
	return attempt( target, 'connect' );
}

/** Whether somebody there speaks first, as MariaDB does. */
export function greets( target: NetConnectOpts ): Promise< boolean > {
	return attempt( target, 'data' );
}

function attempt( target: NetConnectOpts, sign: 'connect' | 'data' ): Promise< boolean > {
	return new Promise( ( done ) => {
		const connection = connect( { ...target, timeout: TIMEOUT_MS } as NetConnectOpts );
		const end = ( isThere: boolean ) => () => {
			connection.destroy();
			done( isThere );
		};
		connection.once( sign, end( true ) );
		connection.once( 'error', end( false ) );
		connection.once( 'timeout', end( false ) );
		connection.once( 'close', end( false ) );
	} );
}
