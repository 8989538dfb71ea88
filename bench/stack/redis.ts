import { join } from 'node:path';
import { ownFolder } from './ownership.ts';
import { Service } from './processes.ts';
import type { Programs } from './programs.ts';
import { accepts } from './sockets.ts';
import type { State } from './state.ts';

export const redisSocket = ( state: State ): string => join( state.run, 'redis', 'sock' );

/** Nothing that Redis has acknowledged is lost, and nothing is thrown out: what a queue needs. */
export function redis( state: State, programs: Programs ): Service {
	return new Service( state, {
		name: 'redis',
		account: 'www-data',
		command: [
			programs.redis, '--port', '0', '--unixsocket', redisSocket( state ), '--unixsocketperm', '700', '--dir', join( state.folder, 'redis' ),
			'--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction', '--save', '', '--daemonize', 'no',
		],
		isReady: () => accepts( { path: redisSocket( state ) } ),
	} );
}

export function configureRedis( state: State ): void {
	ownFolder( join( state.folder, 'redis' ), 'www-data' );
	ownFolder( join( state.run, 'redis' ), 'www-data' );
}
