import { Server } from 'node:net';
import { LOOPBACK } from './ports.ts';

/**
 * Playground's server listens on every interface and has no option for it, while the site logs in whoever asks.
 * Until the returned function is called, every server of this process that names no host listens on loopback only.
 */
export function bindLoopback(): () => void {
	const original = Server.prototype.listen;
	Server.prototype.listen = function( this: Server, ...args: unknown[] ): Server {
		const [ port, ...rest ] = args;
		const bound = typeof port === 'number' && typeof rest[ 0 ] !== 'string' ? [ port, LOOPBACK, ...rest ] : args;
		return ( original as ( ...all: unknown[] ) => Server ).apply( this, bound );
	} as typeof original;
	return () => {
		Server.prototype.listen = original;
	};
}
