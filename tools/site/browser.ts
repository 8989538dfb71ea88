import { spawn } from 'node:child_process';

/** Whether there is a person at this terminal for whom a window would be opened. */
export function mayOpenBrowser( env: NodeJS.ProcessEnv = process.env, isTty = process.stdout.isTTY === true ): boolean {
	return isTty && env.CI === undefined && env.DRAFTKEEPER_NO_BROWSER === undefined;
}

/** Opens an address in the person's own browser; where there is none, the printed address has to do. */
export function openBrowser( address: string ): void {
	const [ program, args ] = opener( address );
	const child = spawn( program, args, { stdio: 'ignore', detached: true } );
	child.once( 'error', () => {} );
	child.unref();
}

function opener( address: string ): [ string, string[] ] {
	switch ( process.platform ) {
		case 'darwin':
			return [ 'open', [ address ] ];
		case 'win32':
			// `start` would read the & of an address as the end of its command.
			return [ 'rundll32', [ 'url.dll,FileProtocolHandler', address ] ];
		default:
			return [ 'xdg-open', [ address ] ];
	}
}
