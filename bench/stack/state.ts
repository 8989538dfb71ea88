import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PlainError } from '../../tools/plain-error.ts';
import { fromRoot } from '../../tools/project.ts';
import { keysIn, type SiteKeys } from '../../tools/site/keys.ts';
import { freePort, LOOPBACK } from '../../tools/site/ports.ts';

/** A socket's path has at most 107 characters; the longest name in run/ takes 16. */
const MAX_FOLDER_CHARACTERS = 90;

export type Ports = { wp: number; gateway: number; provider: number };

/** Everything that one stack is made of: its folders, ports and keys. */
export type State = {
	folder: string; run: string; logs: string; wordPress: string;
	ports: Ports; keys: SiteKeys;
	wpUrl: string; gatewayUrl: string; providerUrl: string;
};

export const stateFolder = (): string => resolve( process.env.BENCH_STATE || fromRoot( '.state/bench' ) );

/** The state in the folder, made on its first use. Ports are kept where they are still free or already ours. */
export async function openState( areOurs: ( ports: Ports ) => boolean ): Promise< State > {
	const folder = stateFolder();
	if ( folder.length > MAX_FOLDER_CHARACTERS ) {
		throw new PlainError( `The path ${ folder } is too long for sockets; set BENCH_STATE to one of at most ${ MAX_FOLDER_CHARACTERS } characters.` );
	}
	for ( const name of [ 'run', 'logs' ] ) {
		mkdirSync( join( folder, name ), { recursive: true } );
	}
	const file = join( folder, 'ports.json' );
	const kept = existsSync( file ) ? ( JSON.parse( readFileSync( file, 'utf8' ) ) as Ports ) : undefined;
	const ports = kept !== undefined && areOurs( kept ) ? kept : {
		wp: await freePort( 'nginx', { preferred: kept?.wp } ),
		gateway: await freePort( 'the gateway', { preferred: kept?.gateway } ),
		provider: await freePort( 'the provider', { preferred: kept?.provider } ),
	};
	writeFileSync( file, JSON.stringify( ports ) );
	return stateOf( folder, ports );
}

/** The state of a stack that is up. */
export function existingState(): State {
	const folder = stateFolder();
	const file = join( folder, 'ports.json' );
	if ( ! existsSync( file ) ) {
		throw new PlainError( 'There is no stack yet: run `node tools/run.mjs bench/stack.ts up` first.' );
	}
	return stateOf( folder, JSON.parse( readFileSync( file, 'utf8' ) ) as Ports );
}

function stateOf( folder: string, ports: Ports ): State {
	return {
		folder,
		run: join( folder, 'run' ),
		logs: join( folder, 'logs' ),
		wordPress: join( folder, 'wordpress' ),
		ports,
		keys: keysIn( join( folder, 'keys.json' ) ),
		wpUrl: `http://${ LOOPBACK }:${ ports.wp }`,
		gatewayUrl: `http://${ LOOPBACK }:${ ports.gateway }`,
		providerUrl: `http://${ LOOPBACK }:${ ports.provider }/v1`,
	};
}
