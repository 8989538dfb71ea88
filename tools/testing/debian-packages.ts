import { existsSync } from 'node:fs';
import { isThere, lastLines, run } from '../command.ts';

const APT_TIMEOUT_MS = 15 * 60_000;
let isIndexFresh = false;

/** Whether system packages may be installed without asking anybody: on Debian and its children, as root. */
export function mayInstall(): boolean {
	return process.platform === 'linux' && process.getuid?.() === 0 && existsSync( '/etc/debian_version' ) && isThere( 'apt-get' );
}

/** Installs packages without a question; the reason when it did not work, else null. */
export async function installPackages( names: readonly string[] ): Promise< string | null > {
	if ( names.length === 0 ) {
		return null;
	}
	const apt = ( ...args: string[] ): ReturnType< typeof run > => run( 'apt-get', args, {
		env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
		timeoutMs: APT_TIMEOUT_MS,
	} );
	if ( ! isIndexFresh ) {
		await apt( '-qq', 'update' );
		isIndexFresh = true;
	}
	const install = (): ReturnType< typeof run > => apt( '-y', '-qq', '--no-install-recommends', 'install', ...names );
	let { code, output } = await install();
	if ( code !== 0 ) {
		// What an interrupted installation left half done stops every later one.
		await run( 'dpkg', [ '--configure', '-a' ], { timeoutMs: APT_TIMEOUT_MS } );
		await apt( '-y', '-qq', '-f', 'install' );
		( { code, output } = await install() );
	}
	return code === 0 ? null : `apt-get could not install ${ names.join( ', ' ) }: ${ lastLines( output, 3 ) }`;
}
